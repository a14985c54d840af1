"""Memberships: from when to when they hold, and who sees them."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.pledges.registry.content import EXAMPLE
from tests.support.api import START, Service, once
from tests.support.entities import ADMIN, REVIEWER, STAFF, add_entity, end, faults, give, held, made, register
from tests.support.tokens import bearer

DAY = timedelta(days=1)
ENDS_OF_TIME = (
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "1899-12-31T23:59:59Z",
    "2201-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59.999999-14:00",
    "9999-12-31T23:59:59+23:59",
    "10000-01-01T00:00:00Z",
    -62135596800,
    253402300799,
    1e300,
    1725267600,
    "1725267600",
    "Infinity",
)


async def test_a_membership_holds_from_now_on(pledges: Service) -> None:
    await add_entity(pledges)
    given = await give(pledges, "amina")
    assert given["since"].startswith("2024-09-02T09:00:0")
    assert await held(pledges, "amina") == ["veridia focal_point"]
    assert await held(pledges, "bruno") == []


async def test_a_membership_that_ended_is_refused_at_once(pledges: Service) -> None:
    await add_entity(pledges)
    given = await give(pledges, "amina")
    path = "/entities/veridia/memberships"
    assert (await pledges.client.get(path, headers=bearer("amina"))).status_code == 200
    await end(pledges, given)
    assert await held(pledges, "amina") == []
    assert (await pledges.client.get(path, headers=bearer("amina"))).status_code == 403


async def test_who_is_no_longer_a_member_writes_nothing_more(pledges: Service) -> None:
    await add_entity(pledges)
    given = await give(pledges, "amina")
    draft = {"entity_id": "veridia", "title": "Identity documents"}
    pledge = await made(pledges.client.post("/pledges", json=draft, headers=once(bearer("amina"))))
    await end(pledges, given)
    path = f"/pledges/{pledge['pledge_id']}/working-copy"
    assert (await pledges.client.post("/pledges", json=draft, headers=once(bearer("amina")))).status_code == 403
    assert (await pledges.client.get(path, headers=bearer("amina"))).status_code == 404


async def test_who_is_no_longer_a_member_gets_no_earlier_answer_again(pledges: Service) -> None:
    """An Idempotency-Key gives back what is not published, so only to who may still read it."""
    await add_entity(pledges)
    given = await give(pledges, "amina")
    opening = {**EXAMPLE, "entity_id": "veridia", "submit": True}
    create, submit, close = once(bearer("amina")), once(bearer("amina")), once(bearer("amina"))
    first = await pledges.client.post("/pledges", json=opening, headers=create)
    draft = await pledges.client.post("/pledges", json={**opening, "submit": False}, headers=once(bearer("amina")))
    path = f"/pledges/{draft.json()['pledge_id']}"
    submit |= {"If-Match": draft.headers["etag"]}
    assert (await pledges.client.post(f"{path}/submit", headers=submit)).status_code == 200
    published = await made(pledges.client.post(f"{path}/publish", headers={**once(STAFF), "If-Match": f'"{2}"'}))
    close |= {"If-Match": f'"{published["revision"]}"'}
    reason = {"reason": "ended"}
    closed = await pledges.client.post(f"{path}/close", json=reason, headers=close)
    assert closed.status_code == 200
    repeats = (("/pledges", opening, create), (f"{path}/submit", None, submit), (f"{path}/close", reason, close))
    for place, body, headers in repeats:
        assert (await pledges.client.post(place, json=body, headers=headers)).is_success
    await end(pledges, given)
    for (place, body, headers), status in zip(repeats, (403, 404, 404), strict=True):
        refused = await pledges.client.post(place, json=body, headers=headers)
        assert refused.status_code == status
        assert EXAMPLE["title"] not in refused.text
    await give(pledges, "amina")
    again = await pledges.client.post("/pledges", json=opening, headers=create)
    assert (again.status_code, again.text) == (201, first.text)


async def test_who_may_only_read_now_gets_no_earlier_answer_to_a_write(pledges: Service) -> None:
    await add_entity(pledges)
    given = await give(pledges, "amina")
    draft, create = {"entity_id": "veridia", "title": "A thought"}, once(bearer("amina"))
    await made(pledges.client.post("/pledges", json=draft, headers=create))
    await end(pledges, given)
    await give(pledges, "amina", "viewer")
    assert (await pledges.client.post("/pledges", json=draft, headers=create)).status_code == 403


async def test_business_time_decides(pledges: Service) -> None:
    await add_entity(pledges)
    until = START + 30 * DAY
    await give(pledges, "amina", since=(START + DAY).isoformat(), until=until.isoformat())
    assert await held(pledges, "amina") == []
    pledges.set_clock(START + 2 * DAY)
    assert await held(pledges, "amina") == ["veridia focal_point"]
    pledges.set_clock(until)
    assert await held(pledges, "amina") == []


async def test_one_that_has_not_begun_can_be_ended_and_never_begins(pledges: Service) -> None:
    await add_entity(pledges)
    ended = await end(pledges, await give(pledges, "amina", since=(START + DAY).isoformat()))
    assert ended["until"] == ended["since"]
    pledges.set_clock(START + 2 * DAY)
    assert await held(pledges, "amina") == []


async def test_what_has_ended_cannot_end_again(pledges: Service) -> None:
    await add_entity(pledges)
    given = await give(pledges, "amina")
    await end(pledges, given)
    path = f"/entities/veridia/memberships/{given['membership_id']}/end"
    answer = await pledges.client.post(path, headers=once(ADMIN))
    assert answer.status_code == 409
    faults(answer)


async def test_a_focal_point_hands_over(pledges: Service) -> None:
    await add_entity(pledges)
    await end(pledges, await give(pledges, "amina"))
    await give(pledges, "bruno")
    await give(pledges, "amina")  # and may come back
    assert (await held(pledges, "amina"), await held(pledges, "bruno")) == (["veridia focal_point"],) * 2


async def test_nobody_has_the_same_role_twice_at_a_time(pledges: Service) -> None:
    await add_entity(pledges)
    await give(pledges, "amina", since=(START + 10 * DAY).isoformat())
    await give(pledges, "amina", "viewer")
    await give(pledges, "amina", until=(START + 10 * DAY).isoformat())
    for times in ({}, {"since": (START + 20 * DAY).isoformat()}, {"until": (START + 11 * DAY).isoformat()}):
        body = {"person_id": "amina", "role": "focal_point", **times}
        answer = await pledges.client.post("/entities/veridia/memberships", json=body, headers=once(ADMIN))
        assert answer.status_code == 409


async def test_given_twice_at_the_same_time_one_is_refused(pledges: Service) -> None:
    await add_entity(pledges)
    body = {"person_id": "amina", "role": "focal_point"}
    path = "/entities/veridia/memberships"
    answers = await asyncio.gather(*(pledges.client.post(path, json=body, headers=once(ADMIN)) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"role": "king"}, "role"),
        ({"person_id": ""}, "person_id"),
        ({"person_id": "a\nb"}, "person_id"),
        ({"until": (START - DAY).isoformat()}, "until"),
        ({"role": "focal_point", "machine": True}, "machine"),
        ({"since": "yesterday"}, "since"),
        ({"since": "2024-09-02T09:00:00"}, "since"),
        *(({field: at}, field) for field in ("since", "until") for at in ENDS_OF_TIME),
    ],
)
async def test_a_wrong_field_is_named(pledges: Service, body: dict[str, Any], field: str) -> None:
    await add_entity(pledges)
    body = {"person_id": "amina", "role": "viewer", **body}
    answer = await pledges.client.post("/entities/veridia/memberships", json=body, headers=once(ADMIN))
    assert (answer.status_code, set(faults(answer))) == (422, {field})
    assert await pledges.rows("select * from membership") == []


async def test_the_first_and_the_last_time_can_be_given_and_read(pledges: Service) -> None:
    first, last = "1900-01-01T00:00:00+14:00", "2200-12-31T23:59:59-14:00"
    await add_entity(pledges)
    await give(pledges, "amina", since=first, until=last)
    [held] = (await made(pledges.client.get("/entities/veridia/memberships", headers=bearer("amina"))))["items"]
    assert [datetime.fromisoformat(held[name]) for name in ("since", "until")] == [
        datetime.fromisoformat(first), datetime.fromisoformat(last),
    ]  # fmt: skip


async def test_a_membership_is_found_only_at_its_own_entity(pledges: Service) -> None:
    await add_entity(pledges)
    await add_entity(pledges, entity_id="kalmora", names={"en": "Kalmora"})
    given = await give(pledges, "amina")
    for entity, membership in (
        ("kalmora", given["membership_id"]),
        ("veridia", "01922f00-0000-7000-8000-000000000001"),
        ("atlantis", given["membership_id"]),
    ):
        path = f"/entities/{entity}/memberships/{membership}/end"
        assert (await pledges.client.post(path, headers=once(ADMIN))).status_code == 404
    assert await held(pledges, "amina") == ["veridia focal_point"]
    body = {"person_id": "amina", "role": "viewer"}
    assert (
        await pledges.client.post("/entities/atlantis/memberships", json=body, headers=once(ADMIN))
    ).status_code == 404


async def test_a_membership_that_ended_yesterday_lets_nobody_in(pledges: Service) -> None:
    """The token is as good as ever; what it lets one do is asked anew each time."""
    await add_entity(pledges)
    await give(pledges, "amina", until=(START + DAY).isoformat())
    draft, amina = {"entity_id": "veridia", "title": "Identity documents"}, bearer("amina")
    pledge = await made(pledges.client.post("/pledges", json=draft, headers=once(amina)))
    pledges.set_clock(START + 2 * DAY)
    path = f"/pledges/{pledge['pledge_id']}"
    refused = [
        await pledges.client.get(f"{path}/working-copy", headers=amina),
        await pledges.client.put(path, json={"title": "Mine"}, headers=amina | {"If-Match": '"1"'}),
        await pledges.client.post(f"{path}/submit", headers=once(amina) | {"If-Match": '"1"'}),
        await pledges.client.post("/pledges", json=draft, headers=once(amina)),
        await pledges.client.get("/entities/veridia/memberships", headers=amina),
        await pledges.client.post(
            "/entities/veridia/memberships", json={"person_id": "x", "role": "viewer"}, headers=once(amina)
        ),
    ]
    assert [answer.status_code for answer in refused] == [404, 404, 404, 403, 403, 403]
    assert (await made(pledges.client.get("/me/pledges", headers=amina)))["items"] == []


async def test_members_staff_and_reviewers_see_names_and_no_address(pledges: Service) -> None:
    await add_entity(pledges)
    await give(pledges, "amina")
    await give(pledges, "machine-of-veridia", "viewer")
    await register(pledges, "amina")
    for reader in (bearer("amina"), bearer("machine-of-veridia"), STAFF, REVIEWER, ADMIN):
        answer = await pledges.client.get("/entities/veridia/memberships", headers=reader)
        assert [member["name"] for member in answer.json()["items"]] == ["Amina", None]
        assert "@" not in answer.text


async def test_others_do_not_see_who_acts_for_an_entity(pledges: Service) -> None:
    await add_entity(pledges)
    await add_entity(pledges, entity_id="kalmora", names={"en": "Kalmora"})
    await give(pledges, "amina")
    await give(pledges, "kofi", entity_id="kalmora")
    statuses = {}
    for name, headers in {"nobody": {}, "kofi": bearer("kofi"), "service": bearer("machine", "service")}.items():
        answer = await pledges.client.get("/entities/veridia/memberships", headers=headers)
        assert "amina" not in answer.text
        statuses[name] = answer.status_code
    assert statuses == {"nobody": 401, "kofi": 403, "service": 403}
    assert (await pledges.client.get("/entities/atlantis/memberships", headers=STAFF)).status_code == 404


async def test_members_by_page_with_or_without_those_that_ended(pledges: Service) -> None:
    await add_entity(pledges)
    people = [f"person-{number}" for number in range(5)]
    given = [await give(pledges, person, "viewer") for person in people]
    await end(pledges, given[0])
    path = "/entities/veridia/memberships"
    now = await made(pledges.client.get(path, headers=STAFF))
    assert [member["person_id"] for member in now["items"]] == people[1:]
    seen: list[str] = []
    address: str | None = f"{path}?ended=true&limit=2"
    while address:
        page = await pledges.client.get(address, headers=STAFF)
        seen += [member["person_id"] for member in page.json()["items"]]
        address = page.links.get("next", {}).get("url")
    assert seen == people
    stolen = {
        "cursor": (await made(pledges.client.get(path, params={"limit": 1}, headers=STAFF)))["next"],
        "ended": True,
    }
    answer = await pledges.client.get(path, params=stolen, headers=STAFF)
    assert (answer.status_code, set(faults(answer))) == (422, {"cursor"})


async def test_a_membership_is_history_and_no_event(pledges: Service) -> None:
    await add_entity(pledges)
    await end(pledges, await give(pledges, "amina"))
    steps = await pledges.rows(
        "select action, details->>'person_id' as person from entity_history where person_id = 'ada'"
    )
    assert [tuple(step.values()) for step in steps] == [
        ("added", None),
        ("membership_given", "amina"),
        ("membership_ended", "amina"),
    ]
    assert [told.type for told in await pledges.outbox()] == ["entity.changed.v1"]
    assert "amina" not in str(await pledges.outbox())
