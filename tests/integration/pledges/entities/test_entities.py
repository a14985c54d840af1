"""Entities over HTTP: finding, reading, adding, changing, and what others hear of it."""

import asyncio
from typing import Any

import pytest

from tests.support.api import Service, once
from tests.support.entities import ADMIN, STAFF, VERIDIA, add_entity, faults, made
from tests.support.tokens import bearer

FIELDS = {name: value for name, value in VERIDIA.items() if name != "entity_id"}


def seen(revision: int) -> dict[str, str]:
    return {**ADMIN, "If-Match": f'"{revision}"'}


async def found(pledges: Service, **query: Any) -> list[str]:
    page = await made(pledges.client.get("/entities", params=query))
    return [entity["entity_id"] for entity in page["items"]]


async def test_an_entity_is_added_read_and_told_of(pledges: Service) -> None:
    answer = await pledges.client.post("/entities", json=VERIDIA, headers=once(ADMIN))
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    read = await pledges.client.get(answer.headers["location"])
    assert read.json() == answer.json()
    assert read.headers["etag"] == '"1"'
    assert read.json() | {"name": "Veridia", "revision": 1} == read.json()
    [told] = await pledges.outbox("gcm.entities")
    assert (told.type, told.key) == ("entity.changed.v1", "veridia")
    assert told.data["entity"] | {"sequence": 1, "names": VERIDIA["names"], "fictional": True} == told.data["entity"]
    assert told.data["entity"]["groups"] == [{"code": "african", "since": "2022-05-20", "until": None}]
    assert told.data["change"] | {"action": "added", "by": "network_staff"} == told.data["change"]
    assert pledges.nudges


async def test_a_change_is_a_revision_with_history_and_event(pledges: Service) -> None:
    await add_entity(pledges)
    body = FIELDS | {"names": {"en": "Véridia", "es": "Veridia"}, "groups": []}
    answer = await pledges.client.put("/entities/veridia", json=body, headers=seen(1))
    assert (answer.status_code, answer.headers["etag"], answer.json()["name"]) == (200, '"2"', "Véridia")
    told = (await pledges.outbox())[-1].data
    assert told["change"]["fields"] == ["names", "groups"]
    assert (told["entity"]["sequence"], told["entity"]["groups"]) == (2, [])
    steps = await pledges.rows(
        "select revision, action, person_id, details->'fields' as fields from entity_history"
        " where entity_id = 'veridia' order by step_id"
    )
    assert [tuple(step.values()) for step in steps] == [
        (1, "added", "ada", []),
        (2, "changed", "ada", ["names", "groups"]),
    ]


async def test_a_change_without_a_difference_writes_nothing(pledges: Service) -> None:
    await add_entity(pledges)
    answer = await pledges.client.put("/entities/veridia", json=FIELDS, headers=seen(1))
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
    assert len(await pledges.outbox()) == 1


async def test_a_code_is_never_used_again(pledges: Service) -> None:
    await add_entity(pledges)
    answer = await pledges.client.post("/entities", json=VERIDIA, headers=once(ADMIN))
    assert answer.status_code == 409
    faults(answer)


async def test_a_repeated_request_is_done_once(pledges: Service) -> None:
    headers = once(ADMIN)
    first = await pledges.client.post("/entities", json=VERIDIA, headers=headers)
    second = await pledges.client.post("/entities", json=VERIDIA, headers=headers)
    assert (second.status_code, second.text, second.headers["etag"]) == (201, first.text, '"1"')
    assert len(await pledges.outbox()) == 1
    other = await pledges.client.post("/entities", json=VERIDIA | {"aliases": []}, headers=headers)
    assert other.status_code == 422
    assert "Idempotency-Key" in faults(other)


async def test_of_two_changes_at_once_one_is_stale(pledges: Service) -> None:
    await add_entity(pledges)
    bodies = [FIELDS | {"aliases": [alias]} for alias in ("one", "two")]
    put = pledges.client.put
    answers = await asyncio.gather(*(put("/entities/veridia", json=body, headers=seen(1)) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    assert len(await pledges.outbox()) == 2


@pytest.mark.parametrize(("headers", "status"), [({}, 428), ({"If-Match": '"7"'}, 412), ({"If-Match": "seven"}, 400)])
async def test_a_change_says_which_revision_it_saw(pledges: Service, headers: dict[str, str], status: int) -> None:
    await add_entity(pledges)
    answer = await pledges.client.put("/entities/veridia", json=FIELDS, headers=ADMIN | headers)
    assert answer.status_code == status
    faults(answer)


async def test_an_unknown_entity_is_not_found(pledges: Service) -> None:
    answers = [
        await pledges.client.get("/entities/atlantis"),
        await pledges.client.put("/entities/atlantis", json=FIELDS, headers=seen(1)),
        await pledges.client.get("/entities/%F0%9F%8F%9D%ED%A0%80"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]


@pytest.mark.parametrize(("headers", "status"), [({}, 401), (bearer("amina"), 403), (STAFF, 403)])
async def test_only_administrators_change_entities(pledges: Service, headers: dict[str, str], status: int) -> None:
    await add_entity(pledges)
    answers = [
        await pledges.client.post("/entities", json=VERIDIA, headers=once(headers)),
        await pledges.client.put("/entities/veridia", json=FIELDS, headers=headers | {"If-Match": '"1"'}),
    ]
    assert [answer.status_code for answer in answers] == [status, status]


@pytest.mark.parametrize("query", ["Montreal", "MONTRÉAL", "ville montreal", "city-of-montreal", "  montréal! "])
async def test_entities_are_found_whatever_accents_and_case(pledges: Service, query: str) -> None:
    city = {"entity_id": "city-of-montreal", "kind": "local_government", "country": "CAN", "fictional": False}
    await add_entity(pledges, **city, names={"en": "City of Montréal"}, aliases=["Ville de Montréal"], groups=[])
    assert await found(pledges, q=query) == ["city-of-montreal"]


async def test_the_states_are_there_and_found_in_any_language(pledges: Service) -> None:
    assert await found(pledges, q="cote d'ivoire") == ["CIV"]
    assert await found(pledges, q="Alemania") == ["DEU"]
    assert await found(pledges, q="ألمانيا") == ["DEU"]
    assert await found(pledges, q="德国") == ["DEU"]
    assert await found(pledges, kind="observer_state") == ["VAT", "PSE"]


@pytest.mark.parametrize(
    "query", ["Turkey/Türkiye", "turkey", "TÜRKIYE", "Turkiye", "Турция", "土耳其", "تركيا", "Turquía"]
)
async def test_a_state_is_found_by_its_former_names_too(pledges: Service, query: str) -> None:
    assert await found(pledges, q=query) == ["TUR"]


@pytest.mark.parametrize("query", ["KCCA", "kcca", "Kampala", "Kampala/KCCA", "capital authority"])
async def test_a_city_is_found_by_its_short_name(pledges: Service, query: str) -> None:
    names = {"en": "Kampala Capital City Authority"}
    await add_entity(pledges, entity_id="kampala", kind="local_government", names=names, aliases=["KCCA"])
    assert await found(pledges, q=query) == ["kampala"]


async def test_who_is_in_a_group_depends_on_the_day(pledges: Service) -> None:
    await add_entity(pledges, groups=[{"code": "ldc", "since": "2022-01-01", "until": "2024-09-03"}])
    for day, there in (("2021-12-31", False), ("2022-01-01", True), ("2024-09-02", True), ("2024-09-03", False)):
        assert ("veridia" in await found(pledges, q="veridia", group="ldc", on=day)) is there
    assert await found(pledges, q="veridia", group="ldc") == ["veridia"]  # today, by business time
    assert await found(pledges, q="veridia", group="sids") == []
    body = FIELDS | {"groups": [{"code": "ldc", "since": "2022-01-01", "until": "2024-01-01"}]}
    await made(pledges.client.put("/entities/veridia", json=body, headers=seen(1)))
    assert await found(pledges, q="veridia", group="ldc") == []
    assert await found(pledges, q="veridia", group="ldc", on="2023-01-01") == ["veridia"]


@pytest.mark.parametrize("query", ["!?", "%", "atlantis", "_____"])
async def test_what_is_nobodys_name_finds_nobody(pledges: Service, query: str) -> None:
    assert await found(pledges, q=query) == []


async def test_all_pages_together_are_all_entities_by_name(pledges: Service) -> None:
    names: list[str] = []
    address: str | None = "/entities?kind=member_state&limit=60"
    while address:
        page = await pledges.client.get(address)
        names += [entity["name"] for entity in page.json()["items"]]
        address = page.links.get("next", {}).get("url")
        assert (page.json()["next"] is None) == (address is None)
    assert len(names) == len(set(names)) == 193
    assert names[:2] == ["Afghanistan", "Albania"]


async def test_a_page_may_end_the_list_exactly(pledges: Service) -> None:
    page = await made(pledges.client.get("/entities", params={"kind": "observer_state", "limit": 2}))
    assert (len(page["items"]), page["next"]) == (2, None)


async def test_a_cursor_is_good_only_for_its_own_list(pledges: Service) -> None:
    cursor = (await made(pledges.client.get("/entities", params={"limit": 1})))["next"]
    tampered = ("A" if cursor[0] != "A" else "B") + cursor[1:]
    wrong: list[dict[str, Any]] = [
        {"cursor": tampered},
        {"cursor": cursor, "kind": "member_state"},
        {"cursor": cursor, "q": "a"},
        {"cursor": "no cursor"},
        {"cursor": "x" * 501},
    ]
    for query in wrong:
        answer = await pledges.client.get("/entities", params=query)
        assert (answer.status_code, set(faults(answer))) == (422, {"cursor"})


@pytest.mark.parametrize(
    ("query", "field"),
    [
        *(({"limit": 0}, "limit"), ({"limit": "many"}, "limit"), ({"kind": "kingdom"}, "kind")),
        *(({"group": "kingdoms"}, "group"), ({"on": "0001-01-01"}, "on"), ({"on": "yesterday"}, "on")),
    ],
)
async def test_a_wrong_filter_is_named(pledges: Service, query: dict[str, Any], field: str) -> None:
    answer = await pledges.client.get("/entities", params=query)
    assert (answer.status_code, set(faults(answer))) == (422, {field})


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31", "10000-01-01", 0, 1e300, "0"])
@pytest.mark.parametrize("end", ["since", "until"])
async def test_a_day_at_the_ends_of_the_calendar_is_refused(pledges: Service, end: str, day: object) -> None:
    """PostgreSQL and its driver take the last day for infinity, which no calendar shows."""
    body = VERIDIA | {"groups": [{"code": "african", end: day}]}
    answer = await pledges.client.post("/entities", json=body, headers=once(ADMIN))
    assert (answer.status_code, set(faults(answer))) == (422, {f"groups.0.{end}"})


async def test_the_first_and_the_last_day_can_be_given_and_read(pledges: Service) -> None:
    group = {"code": "african", "since": "1900-01-01", "until": "2200-12-31"}
    await add_entity(pledges, groups=[group])
    assert (await made(pledges.client.get("/entities/veridia")))["groups"] == [group]
