"""Whom our own services may write to, asked when a mail is planned and again when it is sent."""

from datetime import timedelta
from typing import Any

import pytest

from services.pledges.registry.content import EXAMPLE
from tests.integration.pledges.conftest import AMINA, KOFI, Desk
from tests.support.api import START, Service
from tests.support.entities import ADMIN, MACHINE, REVIEWER, STAFF, add_entity, end, faults, give, made, register
from tests.support.tokens import bearer


async def search(pledges: Service, **wanted: Any) -> dict[str, Any]:
    return await made(pledges.client.post("/contacts/search", json=wanted, headers=MACHINE))


async def resolve(pledges: Service, **wanted: Any) -> dict[str, Any]:
    return await made(pledges.client.post("/contacts/resolve", json=wanted, headers=MACHINE))


def person(name: str, time_zone: str = "Africa/Nairobi") -> dict[str, str]:
    return {"person_id": name, "time_zone": time_zone}


async def test_focal_points_by_entity_and_staff_on_duty(pledges: Service) -> None:
    await add_entity(pledges)
    await add_entity(pledges, entity_id="kalmora", names={"en": "Kalmora"})
    for name, role, entity in (
        ("amina", "focal_point", "veridia"),
        ("bruno", "delegate", "veridia"),
        ("vera", "viewer", "veridia"),
        ("kofi", "focal_point", "kalmora"),
    ):
        await give(pledges, name, role, entity_id=entity)
        await register(pledges, name)
    await register(pledges, "noor", desk=True, time_zone="Europe/Zurich")
    assert await search(pledges, entity_ids=["veridia", "kalmora", "atlantis"], desk=True) == {
        "entities": {"veridia": [person("amina")], "kalmora": [person("kofi")]},
        "desk": [person("noor", "Europe/Zurich")],
    }
    assert await search(pledges, entity_ids=["veridia"], roles=["delegate", "viewer"]) == {
        "entities": {"veridia": [person("bruno"), person("vera")]},
        "desk": [],
    }
    assert await search(pledges) == {"entities": {}, "desk": []}


async def test_only_people_with_a_contact_and_a_membership_now(pledges: Service) -> None:
    await add_entity(pledges)
    await give(pledges, "machine-of-veridia")
    given = await give(pledges, "amina")
    await give(pledges, "bruno", since=(START + timedelta(days=1)).isoformat())
    await register(pledges, "amina")
    await register(pledges, "bruno")
    assert await search(pledges, entity_ids=["veridia"]) == {"entities": {"veridia": [person("amina")]}, "desk": []}
    await end(pledges, given)
    assert (await search(pledges, entity_ids=["veridia"]))["entities"] == {}
    pledges.set_clock(START + timedelta(days=2))
    assert (await search(pledges, entity_ids=["veridia"]))["entities"] == {"veridia": [person("bruno")]}


async def test_who_has_a_role_twice_is_named_once(pledges: Service) -> None:
    await add_entity(pledges)
    await give(pledges, "amina")
    await give(pledges, "amina", "delegate")
    await register(pledges, "amina")
    found = await search(pledges, entity_ids=["veridia"], roles=["focal_point", "delegate"])
    assert found["entities"] == {"veridia": [person("amina")]}


async def test_an_address_is_given_at_the_moment_of_sending(pledges: Service) -> None:
    await add_entity(pledges)
    given = await give(pledges, "amina")
    await register(pledges, "amina", language="fr")
    assert await resolve(pledges, person_id="amina", entity_id="veridia") == {
        "reachable": True,
        "person_id": "amina",
        "address": "amina@demo.invalid",
        "name": "Amina",
        "language": "fr",
        "time_zone": "Africa/Nairobi",
        "entity_name": "Veridia",
        "pledge_title": None,
        "pledge_entity": None,
        "filed_by": None,
        "links": {},
    }
    await end(pledges, given)
    found = await resolve(pledges, person_id="amina", entity_id="veridia")
    assert found == {"reachable": False, "reason": "no_membership"}


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({"person_id": "nobody", "entity_id": "veridia"}, "no_contact"),
        ({"person_id": "amina", "entity_id": "kalmora"}, "no_membership"),
        ({"person_id": "amina", "entity_id": "atlantis"}, "no_membership"),
        ({"person_id": "amina"}, "no_membership"),
        ({"person_id": "bruno", "entity_id": "veridia"}, "no_membership"),  # a delegate receives no mail
        ({"person_id": "amina", "entity_id": "veridia", "desk": True}, "not_on_duty"),
    ],
)
async def test_why_somebody_is_not_written_to(pledges: Service, wanted: dict[str, Any], reason: str) -> None:
    await add_entity(pledges)
    await add_entity(pledges, entity_id="kalmora", names={"en": "Kalmora"})
    await give(pledges, "amina")
    await give(pledges, "bruno", "delegate")
    await register(pledges, "amina")
    await register(pledges, "bruno")
    assert await resolve(pledges, **wanted) == {"reachable": False, "reason": reason}


async def test_a_title_goes_only_to_the_pledges_own_people(pledges: Service) -> None:
    await add_entity(pledges)
    await add_entity(pledges, entity_id="kalmora", names={"en": "Kalmora"})
    for name, entity in (("amina", "veridia"), ("kofi", "kalmora")):
        await give(pledges, name, entity_id=entity)
        await register(pledges, name)
    await register(pledges, "noor", desk=True)
    amina = bearer("amina") | {"Idempotency-Key": "draft"}
    draft = await made(
        pledges.client.post("/pledges", json={"entity_id": "veridia", "title": "Unpublished"}, headers=amina)
    )
    pledge = {"pledge_id": draft["pledge_id"]}
    own = await resolve(pledges, person_id="amina", entity_id="veridia", **pledge)
    desk = await resolve(pledges, person_id="noor", entity_id="veridia", desk=True, **pledge)
    other = await resolve(pledges, person_id="kofi", entity_id="kalmora", **pledge)
    assert (own["pledge_title"], desk["pledge_title"], desk["entity_name"]) == ("Unpublished", "Unpublished", "Veridia")
    assert (other["reachable"], other["pledge_title"], other["pledge_entity"]) == (True, None, None)


async def test_who_filed_a_pledge_reads_its_title_and_a_partner_the_public_one(desk: Desk) -> None:
    for name in ("amina", "kofi"):
        await register(desk.service, name)
    made_ = await desk.post("/pledges", EXAMPLE | {"entity_id": "veridia", "proxy_entity_id": "kalmora"}, KOFI)
    pledge = {"pledge_id": made_.json()["pledge_id"]}
    filer = await resolve(desk.service, person_id="kofi", entity_id="kalmora", **pledge)
    asked = await resolve(desk.service, person_id="amina", entity_id="veridia", **pledge)
    said = (EXAMPLE["title"], "Veridia", "Kalmora")
    assert [(one["pledge_title"], one["pledge_entity"], one["filed_by"]) for one in (filer, asked)] == [said, said]
    public = await desk.published(partner_entities=["kalmora"], title="Public")
    path = f"/pledges/{public}"
    await made(desk.service.client.put(path, json=EXAMPLE, headers=AMINA | {"If-Match": await desk.etag(public)}))
    partner = await resolve(desk.service, person_id="kofi", entity_id="kalmora", pledge_id=public)
    assert (partner["pledge_title"], partner["pledge_entity"], partner["filed_by"]) == ("Public", "Veridia", None)


async def author(pledges: Service, pledge_id: str, number: int = 1) -> dict[str, Any]:
    body = {"pledge_id": pledge_id, "number": number}
    return await made(pledges.client.post("/contacts/author", json=body, headers=MACHINE))


async def test_who_made_a_report_is_written_to_as_long_as_they_are_a_delegate(desk: Desk) -> None:
    pledge_id = await desk.published(partner_entities=["kalmora"])
    dora = await give(desk.service, "dora", "delegate", entity_id="kalmora")
    for name in ("dora", "kofi", "amina"):
        await register(desk.service, name, language="fr")
    for who in (bearer("dora"), KOFI, AMINA):
        assert (await desk.post(f"/pledges/{pledge_id}/updates", {"status": "delayed"}, who)).status_code == 201
    found = await author(desk.service, pledge_id)
    assert (found["address"], found["entity_name"], found["language"]) == ("dora@demo.invalid", "Kalmora", "fr")
    assert (found["pledge_title"], found["links"]) == (EXAMPLE["title"], {})
    focal_point = {"reachable": False, "reason": "focal_point"}
    assert [await author(desk.service, pledge_id, number) for number in (2, 3)] == [focal_point, focal_point]
    assert (await author(desk.service, pledge_id, 4))["reason"] == "no_contact"
    await end(desk.service, dora)
    assert (await author(desk.service, pledge_id))["reason"] == "no_membership"


@pytest.mark.parametrize("other", [{}, bearer("amina"), STAFF, REVIEWER, ADMIN])
async def test_contacts_are_for_our_own_services(pledges: Service, other: dict[str, str]) -> None:
    await add_entity(pledges)
    await give(pledges, "amina")
    await register(pledges, "amina")
    for path, body in (
        ("/contacts/search", {"entity_ids": ["veridia"], "desk": True}),
        ("/contacts/resolve", {"person_id": "amina", "entity_id": "veridia"}),
        ("/contacts/author", {"pledge_id": "01922f00-0000-7000-8000-000000000001", "number": 1}),
    ):
        answer = await pledges.client.post(path, json=body, headers=other)
        assert answer.status_code == (403 if other else 401)
        assert "amina" not in answer.text


async def test_addresses_are_not_to_be_stored_on_the_way(pledges: Service) -> None:
    answer = await pledges.client.post("/contacts/resolve", json={"person_id": "amina"}, headers=MACHINE)
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("search", {"entity_ids": ["veridia"] * 201}, "entity_ids"),
        ("search", {"entity_ids": ["NUL \x00"]}, "entity_ids.0"),
        ("search", {"roles": []}, "roles"),
        ("search", {"roles": ["king"]}, "roles.0"),
        ("resolve", {"person_id": "amina", "pledge_id": "seven"}, "pledge_id"),
        ("resolve", {}, "person_id"),
        ("resolve", {"person_id": "amina", "address": "?"}, "address"),
    ],
)
async def test_a_wrong_field_is_named(pledges: Service, path: str, body: dict[str, Any], field: str) -> None:
    answer = await pledges.client.post(f"/contacts/{path}", json=body, headers=MACHINE)
    assert (answer.status_code, set(faults(answer))) == (422, {field})


async def standing(pledges: Service, **wanted: Any) -> dict[str, Any]:
    return await made(pledges.client.post("/contacts/standing", json=wanted, headers=MACHINE))


async def test_who_wrote_a_mail_is_known_by_role_and_usual_address_only(pledges: Service) -> None:
    await add_entity(pledges)
    given = await give(pledges, "bruno", "delegate")
    await give(pledges, "vera", "viewer")
    await register(pledges, "bruno")
    asked = {"person_id": "bruno", "entity_id": "veridia"}
    for address, own in (("Bruno@Demo.invalid ", True), ("other@demo.invalid", False), ("", False)):
        assert await standing(pledges, **asked, address=address) == {"role": "delegate", "own_address": own}
    assert await standing(pledges, person_id="vera", entity_id="veridia") == {"role": "viewer", "own_address": False}
    for person, entity in (("bruno", "kalmora"), ("nobody", "veridia")):
        assert (await standing(pledges, person_id=person, entity_id=entity))["role"] is None
    await end(pledges, given)
    assert (await standing(pledges, **asked))["role"] is None
    for who in (STAFF, ADMIN, REVIEWER, bearer("bruno")):
        answer = await pledges.client.post("/contacts/standing", json=asked, headers=who)
        assert answer.status_code == 403
