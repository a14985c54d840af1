"""People: oneself, the administrators' register, and contacts that nobody else sees."""

import asyncio
import json
from typing import Any

import pytest

from tests.support.api import Service, once
from tests.support.entities import ADMIN, REVIEWER, STAFF, add_entity, faults, give, made, register
from tests.support.tokens import bearer

AMINA = bearer("amina")
JSON = {"Content-Type": "application/json"}
CONTACT = {"name": "Amina", "address": "amina@demo.invalid", "language": "fr", "time_zone": "Africa/Nairobi"}


async def test_who_am_i(pledges: Service) -> None:
    await add_entity(pledges)
    await give(pledges, "noor", "viewer")
    await register(pledges, "noor", desk=True)
    answer = await pledges.client.get("/me", headers=STAFF)
    assert answer.headers["etag"] == '"1"'
    assert answer.json() == {
        "person_id": "noor",
        "roles": ["network_staff"],
        "memberships": [{"entity_id": "veridia", "entity_name": "Veridia", "role": "viewer", "until": None}],
        "contact": {
            "name": "Noor",
            "address": "noor@demo.invalid",
            "language": "en",
            "time_zone": "Africa/Nairobi",
        },
    }


async def test_my_contact_is_mine_to_give_and_change(pledges: Service) -> None:
    nothing = await pledges.client.get("/me", headers=AMINA)
    assert (nothing.json()["contact"], nothing.headers["etag"]) == (None, '"0"')
    for revision, changed in enumerate((CONTACT, CONTACT | {"language": "ar"})):
        headers = AMINA | {"If-Match": f'"{revision}"'}
        answer = await pledges.client.put("/me/contact", json=changed, headers=headers)
        assert (answer.status_code, answer.headers["etag"]) == (200, f'"{revision + 1}"')
        assert (await pledges.client.get("/me", headers=AMINA)).json()["contact"] == changed
    assert await pledges.outbox() == []


async def test_my_contact_does_not_put_me_on_duty(pledges: Service) -> None:
    body = CONTACT | {"desk": True}
    answer = await pledges.client.put("/me/contact", json=body, headers=AMINA | {"If-Match": '"0"'})
    assert (answer.status_code, set(faults(answer))) == (422, {"desk"})
    await register(pledges, "noor", desk=True)
    await pledges.client.put("/me/contact", json=CONTACT, headers=STAFF | {"If-Match": '"1"'})
    assert (await made(pledges.client.get("/people/noor", headers=ADMIN)))["desk"] is True


@pytest.mark.parametrize(("seen", "status"), [({}, 428), ({"If-Match": '"3"'}, 412), ({"If-Match": "*"}, 400)])
async def test_a_contact_is_changed_by_who_saw_it(pledges: Service, seen: dict[str, str], status: int) -> None:
    await register(pledges, "amina")
    answers = [
        await pledges.client.put("/me/contact", json=CONTACT, headers=AMINA | seen),
        await pledges.client.put("/people/amina", json=CONTACT, headers=ADMIN | seen),
        await pledges.client.put("/me/contact", json=CONTACT, headers=bearer("new") | seen),
    ]
    assert [answer.status_code for answer in answers] == [status] * 3


async def test_first_contacts_at_the_same_time(pledges: Service) -> None:
    headers = AMINA | {"If-Match": '"0"'}
    answers = await asyncio.gather(
        *(pledges.client.put("/me/contact", json=CONTACT, headers=headers) for _ in range(4))
    )
    assert {answer.status_code for answer in answers} <= {200, 409, 412}
    assert [answer.status_code for answer in answers].count(200) == 1


async def test_an_administrator_registers_reads_and_changes(pledges: Service) -> None:
    body = CONTACT | {"person_id": "amina", "desk": False}
    answer = await pledges.client.post("/people", json=body, headers=once(ADMIN))
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    assert answer.json() == {"person_id": "amina"}
    changed = CONTACT | {"desk": True, "time_zone": "Asia/Bangkok"}
    put = await pledges.client.put("/people/amina", json=changed, headers=ADMIN | {"If-Match": '"1"'})
    assert (put.status_code, put.headers["etag"]) == (200, '"2"')
    read = await pledges.client.get("/people/amina", headers=ADMIN)
    assert read.json() == {**changed, "person_id": "amina", "revision": 2}
    assert read.headers["etag"] == '"2"'


async def test_a_person_is_registered_once(pledges: Service) -> None:
    await register(pledges, "amina")
    body = CONTACT | {"person_id": "amina"}
    assert (await pledges.client.post("/people", json=body, headers=once(ADMIN))).status_code == 409
    assert (await pledges.client.get("/people/nobody", headers=ADMIN)).status_code == 404
    put = await pledges.client.put("/people/nobody", json=CONTACT, headers=ADMIN | {"If-Match": '"1"'})
    assert put.status_code == 404


@pytest.mark.parametrize("other", [{}, AMINA, STAFF, REVIEWER, bearer("machine", "service")])
async def test_contacts_are_for_administrators_only(pledges: Service, other: dict[str, str]) -> None:
    await register(pledges, "bruno")
    answers = [
        await pledges.client.get("/people/bruno", headers=other),
        await pledges.client.post("/people", json=CONTACT | {"person_id": "x"}, headers=once(other)),
        await pledges.client.put("/people/bruno", json=CONTACT, headers=other | {"If-Match": '"1"'}),
    ]
    assert {answer.status_code for answer in answers} == ({403} if other else {401})
    assert all("bruno@" not in answer.text for answer in answers)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"address": "no address"}, "address"),
        ({"address": "a@example.org\r\nBcc: b@example.org"}, "address"),
        ({"address": "a@example.org\x00"}, "address"),
        ({"address": "a\x1b[31m@example.org"}, "address"),
        ({"address": "a\ud800@example.org"}, "address"),
        ({"address": "\u202egro.elpmaxe@example.org"}, "address"),
        ({"address": "=?utf-8?q?a=0D=0ABcc:_b=40example.org?=@example.org"}, "address"),
        ({"address": "a@b\uff20example.org"}, "address"),
        ({"address": "a" * 65 + "@example.org"}, "address"),
        ({"address": "a@" + "é" * 64 + ".org"}, "address"),
        ({"name": "Amina\r\nBcc: b@example.org"}, "name"),
        ({"name": "Amina\x1b[31m"}, "name"),
        ({"name": "Amina\x85Bcc: b@example.org"}, "name"),
        ({"name": "Amina\ud83d"}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "a" * 501}, "name"),
        ({"name": ""}, "name"),
        ({"language": "de"}, "language"),
        ({"time_zone": "Nairobi"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"name": "NUL \x00"}, "name"),
    ],
)
async def test_a_wrong_field_is_named(pledges: Service, changed: dict[str, Any], field: str) -> None:
    # as ASCII, so that a lone surrogate can be sent
    own, registered = json.dumps(CONTACT | changed), json.dumps(CONTACT | changed | {"person_id": "amina"})
    for answer in (
        await pledges.client.put("/me/contact", content=own, headers=AMINA | JSON | {"If-Match": '"0"'}),
        await pledges.client.post("/people", content=registered, headers=once(ADMIN) | JSON),
    ):
        assert (answer.status_code, set(faults(answer))) == (422, {field})
        assert "passwd" not in answer.text
        assert "Bcc" not in answer.text
    assert await pledges.rows("select * from person") == []


async def test_no_contact_is_kept_with_the_answers_to_repeated_requests(pledges: Service) -> None:
    await register(pledges, "amina")
    [kept] = await pledges.rows("select * from idempotency")
    assert "@" not in str(kept)


async def test_staff_ask_what_people_are_called_and_nobody_else_does(pledges: Service) -> None:
    await register(pledges, "noor", desk=True)
    asked = {"person_ids": ["noor", "nobody"]}
    answer = await pledges.client.post("/people/names", json=asked, headers=STAFF)
    assert (answer.status_code, answer.json()) == (200, {"names": {"noor": "Noor"}})
    for headers, status in ((AMINA, 403), (REVIEWER, 403), (bearer("machine", "service"), 403), ({}, 401)):
        assert (await pledges.client.post("/people/names", json=asked, headers=headers)).status_code == status
    refused: list[dict[str, Any]] = [{"person_ids": []}, {"person_ids": ["x"] * 201}, {}, asked | {"address": True}]
    for bad in refused:
        assert (await pledges.client.post("/people/names", json=bad, headers=STAFF)).status_code == 422
