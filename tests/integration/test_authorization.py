"""Every route of every service, called by everybody who should not: taken from the applications themselves."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.pledges.registry.content import EXAMPLE
from shared.web.auth import Guarded, guarded
from tests.support.api import Service, Services, once
from tests.support.files import PDF
from tests.support.openapi import example
from tests.support.tokens import bearer

SECRET = "zanzibar-lantern"  # stands in all that is unpublished
ADDRESS = "amina.secret@demo.invalid"
CALLERS: dict[str, dict[str, str]] = {
    "nobody": {},
    "another State": bearer("kofi"),
    "viewer": bearer("vera"),
    "reviewer": bearer("rosa", "reviewer"),
    "staff": bearer("noor", "network_staff"),
    "administrator": bearer("ada", "admin"),
    "service": bearer("machine", "service"),
}
ROLES = {"reviewer": "reviewer", "staff": "network_staff", "administrator": "admin", "service": "service"}
# who may read what Veridia has not published; contacts are for our own services and administrators only
INSIDERS = {"viewer", "reviewer", "staff", "administrator"}
MAY_SEE_CONTACTS = {"administrator", "service"}
MAY_CHANGE = {"staff", "administrator", "service"}
OF_ONESELF = {("DELETE", "/me")}  # erases whoever calls, whom the walk still needs; see test_erasure.py
ENDLESS = "/board/events"  # its own tests listen to it
OWN = {"person", "idempotency", "mail_preference", "mail_rhythm"}  # what anybody may write of their own


@dataclass
class World:
    """Two States, one of them with secrets."""

    services: dict[str, Service]
    ids: dict[str, str]

    async def fingerprint(self) -> dict[str, str]:
        """Of every table of every service, but for what is the callers' own."""
        found = {}
        for name, service in self.services.items():
            tables = await service.rows("select tablename from pg_tables where schemaname = 'public'")
            for table in sorted({row["tablename"] for row in tables} - OWN):
                query = f"select md5(string_agg(t::text, '|' order by t::text)) as mark from {table} t"  # noqa: S608
                found[f"{name}.{table}"] = str((await service.rows(query))[0]["mark"])
        return found


async def _set_up(pledges: Service) -> dict[str, str]:
    admin, amina = bearer("ada", "admin"), bearer("amina")
    for entity in ("veridia", "kalmora"):
        body = {"entity_id": entity, "kind": "member_state", "names": {"en": entity.title()}, "fictional": True}
        await _made(pledges.client.post("/entities", json=body, headers=once(admin)))
    ids = {}
    for person, entity, role in (
        ("amina", "veridia", "focal_point"),
        ("vera", "veridia", "viewer"),
        ("kofi", "kalmora", "focal_point"),
    ):
        contact = {
            "person_id": person,
            "name": SECRET if person == "amina" else person,
            "address": ADDRESS if person == "amina" else f"{person}@demo.invalid",
        }
        await _made(
            pledges.client.post(
                "/people", json=contact | {"language": "en", "time_zone": "Africa/Nairobi"}, headers=once(admin)
            )
        )
        body = {"person_id": person, "role": role}
        membership = await _made(pledges.client.post(f"/entities/{entity}/memberships", json=body, headers=once(admin)))
        ids[f"{person}'s membership"] = membership["membership_id"]
    secret = EXAMPLE | {"entity_id": "veridia", "title": SECRET, "description": SECRET, "submit": True}
    pledge = await _made(pledges.client.post("/pledges", json=secret, headers=once(amina)))
    named = once(amina) | {"Content-Disposition": f'attachment; filename="{SECRET}.pdf"'}
    file = await _made(pledges.client.post(f"/pledges/{pledge['pledge_id']}/attachments", content=PDF, headers=named))
    wish = {"role": "viewer", "address": ADDRESS}
    invitation = await _made(pledges.client.post("/entities/veridia/invitations", json=wish, headers=once(amina)))
    plan = {"successor": "vera", "since": "2030-01-01T00:00:00Z"}
    handover = await _made(pledges.client.post("/entities/veridia/handover", json=plan, headers=once(amina)))
    sheet = {"name": f"{SECRET}.csv", "size": 10, "entity_id": "veridia"}
    sent = await _made(pledges.client.post("/imports", json=sheet, headers=once(amina)))
    return {
        "import_id": sent["import_id"],
        "shape": "sheet",
        "format": "csv",
        "pledge_id": pledge["pledge_id"],
        "attachment_id": file["attachment_id"],
        "entity_id": "veridia",
        "membership_id": ids["amina's membership"],
        "invitation_id": invitation["invitation_id"],
        "handover_id": handover["handover_id"],
    }


async def _made(sending: Any) -> dict[str, Any]:
    answer = await sending
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


@pytest.fixture
async def world(service: Services) -> World:
    pledges = await service("pledges")
    ids = await _set_up(pledges)
    asking = httpx.AsyncClient(transport=httpx.ASGITransport(pledges.app))
    support = await service("network_support", http=asking)
    wish = {
        "entity_id": "veridia",
        "pledge_id": ids["pledge_id"],
        "type": "knowledge_exchange",
        "text": SECRET,
        "language": "en",
    }
    request = await _made(support.client.post("/requests", json=wish, headers=once(bearer("amina"))))
    help_ = dict(example(support.app.openapi(), "POST", "/offers")) | {"title": SECRET, "text": SECRET}
    offer = await _made(
        support.client.post("/offers", json=help_ | {"entity_id": "veridia"}, headers=once(bearer("amina")))
    )
    ids |= {
        "offer_id": offer["offer_id"],
        "match_id": str(uuid4()),
        "request_id": request["request_id"],
        "case_id": request["request_id"],
        "queue": "all",
        "reply_id": str(uuid4()),
        "item_id": str(uuid4()),
        "person_id": "amina",
        "code": "plenary-2024",
        "milestone": "plenary-2024",
        "number": "1",
        "presentation_id": str(uuid4()),
        "rehearsal_id": str(uuid4()),
        "pause_id": str(uuid4()),
        "template": "reminder",
        "language": "en",
        "suppression_id": str(uuid4()),
        "station": "geneva",
    }
    return World({"pledges": pledges, "network_support": support, "notifications": await service("notifications")}, ids)


async def _call(world: World, name: str, route: Guarded, method: str, caller: str) -> httpx.Response:
    service = world.services[name]
    body = example(service.app.openapi(), method, route.path)
    if "entity_id" in body:
        body["entity_id"] = "veridia"
    headers = CALLERS[caller] | {"If-Match": '"1"', "Idempotency-Key": str(uuid4())}
    return await service.client.request(method, route.path.format(**world.ids), json=body or None, headers=headers)


def _expected(route: Guarded, caller: str) -> Callable[[int], bool]:
    rule = route.rule
    assert rule is not None, f"{route.path} declares no rule"
    if caller == "nobody" and not rule.anyone:
        return lambda status: status == 401
    if rule.roles is not None and ROLES.get(caller) not in rule.roles:
        return lambda status: status == 403
    return lambda status: status not in {401, 500}


async def _walk(world: World, callers: set[str]) -> list[str]:
    """Every route by each of the callers; what was wrong, in words."""
    faults = []
    for name, service in world.services.items():
        for route in guarded(service.app):
            for method in sorted(route.methods):
                for caller in sorted(callers):
                    if (method, route.path) in OF_ONESELF or (route.path == ENDLESS and caller in MAY_CHANGE):
                        continue
                    answer = await _call(world, name, route, method, caller)
                    where = f"{caller}: {method} {name}{route.path} → {answer.status_code}"
                    if not _expected(route, caller)(answer.status_code):
                        faults.append(f"{where}, not as its rule says: {answer.text[:200]}")
                    faults += [f"{where} shows {leak}" for leak in _leaks(world, caller, route, answer)]
    return faults


def _leaks(world: World, caller: str, route: Guarded, answer: httpx.Response) -> list[str]:
    seen = answer.text + str(dict(answer.headers))
    secret = [] if caller in INSIDERS else [SECRET, world.ids["request_id"], world.ids["membership_id"]]
    # an address that names an id may repeat it; any other answer may not even know it
    secret += [] if caller in INSIDERS or "{pledge_id}" in route.path else [world.ids["pledge_id"]]
    secret += [] if caller in MAY_SEE_CONTACTS else [ADDRESS]
    if "{request_id}" in route.path or "{membership_id}" in route.path:
        secret = [word for word in secret if word not in {world.ids["request_id"], world.ids["membership_id"]}]
    return [word for word in secret if word in seen]


async def test_those_who_may_not_change_anything_change_nothing_and_see_nothing(world: World) -> None:
    before = await world.fingerprint()
    faults = await _walk(world, set(CALLERS) - MAY_CHANGE)
    assert not faults, "\n".join(faults)
    after = await world.fingerprint()
    assert {table for table in after if after[table] != before[table]} == set()


async def test_those_who_may_change_things_are_let_in_and_see_no_contacts(world: World) -> None:
    faults = await _walk(world, MAY_CHANGE)
    assert not faults, "\n".join(faults)
