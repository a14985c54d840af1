"""Entities and people as tests need them, made through the API of the pledges service by its administrator."""

from collections.abc import Awaitable
from typing import Any

import httpx

from tests.support.api import Service, once
from tests.support.tokens import bearer

ADMIN = bearer("ada", "admin")
STAFF = bearer("noor", "network_staff")
REVIEWER = bearer("rosa", "reviewer")
MACHINE = bearer("machine", "service")

VERIDIA: dict[str, Any] = {
    "entity_id": "veridia",
    "kind": "member_state",
    "names": {"en": "Veridia", "fr": "Véridie"},
    "aliases": ["Republic of Veridia"],
    "fictional": True,
    "groups": [{"code": "african", "since": "2022-05-20"}],
}


async def add_entity(pledges: Service, **changed: Any) -> dict[str, Any]:
    """Veridia, or with other fields another one."""
    return await made(pledges.client.post("/entities", json=VERIDIA | changed, headers=once(ADMIN)))


async def give(pledges: Service, person: str, role: str = "focal_point", **changed: Any) -> dict[str, Any]:
    """A membership, of Veridia unless `entity_id` says otherwise."""
    entity_id = changed.pop("entity_id", "veridia")
    body = {"person_id": person, "role": role, **changed}
    return await made(pledges.client.post(f"/entities/{entity_id}/memberships", json=body, headers=once(ADMIN)))


async def end(pledges: Service, membership: dict[str, Any]) -> dict[str, Any]:
    path = f"/entities/{membership['entity_id']}/memberships/{membership['membership_id']}/end"
    return await made(pledges.client.post(path, headers=once(ADMIN)))


async def register(pledges: Service, person: str, **changed: Any) -> None:
    contact = {"name": person.title(), "address": f"{person}@demo.invalid", "time_zone": "Africa/Nairobi"}
    body = {"person_id": person, **contact, **changed}
    await made(pledges.client.post("/people", json=body, headers=once(ADMIN)))


async def made(request: Awaitable[httpx.Response]) -> dict[str, Any]:
    """The answer's JSON; an AssertionError that shows the problem document unless it was a success."""
    answer = await request
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found


def faults(answer: httpx.Response) -> dict[str, str]:
    """What a problem document says of each field, with the remedy. Fails when it is none."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["detail"]
    assert all(fault["remedy"] for fault in problem.get("errors", []))
    return {fault["field"]: fault["problem"] for fault in problem.get("errors", [])}


async def held(pledges: Service, person: str) -> list[str]:
    """The memberships of a person, each as its entity and its role."""
    answer = await made(pledges.client.get("/me/memberships", headers=bearer(person)))
    assert answer["person_id"] == person
    return [f"{membership['entity_id']} {membership['role']}" for membership in answer["memberships"]]
