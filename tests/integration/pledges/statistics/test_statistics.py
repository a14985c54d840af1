"""Statistics, coverage and profiles as anybody reads them."""

import csv
from typing import Any

import pytest
from sqlalchemy import text

from services.pledges.statistics.facts import DIMENSIONS, OF_ENTITY
from services.pledges.statistics.kept import LARGEST, MOST, Kept
from shared.reference import catalogue
from tests.integration.pledges.conftest import Desk
from tests.support.api import START, once
from tests.support.entities import ADMIN, STAFF, faults, made


@pytest.fixture
async def three(desk: Desk) -> list[str]:
    """Two pledges of Veridia, of which one is reported on, and one of Kalmora."""
    first = await desk.published(objectives=["objective-4", "objective-14"], main_objectives=[])
    second = await desk.published(objectives=["objective-4"], main_objectives=[], partners=["IOM", "ILO"])
    said = {"entity_id": "kalmora", "title": "A law", "objectives": ["objective-2"], "sources": [{"title": "Said"}]}
    third = await made(desk.service.client.post("/statements", json=said, headers=once(STAFF)))
    done = await desk.post(f"/pledges/{first}/updates", {"status": "delayed", "summary": "It takes longer."})
    assert done.status_code == 201, done.text
    return [first, second, third["pledge_id"]]


async def table(desk: Desk, **asked: str) -> dict[str, Any]:
    return await made(desk.service.client.get("/statistics", params=asked))


def cells(found: dict[str, Any]) -> dict[tuple[str, str], int]:
    return {(cell["row"], cell["column"]): cell["pledges"] for cell in found["cells"]}


def counts(axis: dict[str, Any]) -> dict[str, int]:
    return {value["code"]: value["pledges"] for value in axis["values"] if value["pledges"]}


async def close(desk: Desk, pledge_id: str, reason: str) -> None:
    copy = await desk.get(f"/pledges/{pledge_id}/working-copy", STAFF)
    done = await desk.post(f"/pledges/{pledge_id}/close", {"reason": reason}, STAFF, copy.headers["etag"])
    assert done.status_code == 200, done.text


async def test_two_dimensions_with_the_denominator(desk: Desk, three: list[str]) -> None:
    found = await table(desk, **{"by": "objective", "and": "status"})
    assert found["pledges"] == len(three)
    assert cells(found) == {
        ("objective-4", "delayed"): 1,
        ("objective-14", "delayed"): 1,
        ("objective-4", "none"): 1,
        ("objective-2", "none"): 1,
    }
    assert counts(found["rows"]) == {"objective-4": 2, "objective-14": 1, "objective-2": 1}
    assert counts(found["columns"]) == {"delayed": 1, "none": 2}
    assert (found["rows"]["several"], found["columns"]["several"]) == (True, False)
    assert "once for each objective" in found["says"]
    assert "each pledge once" in found["says"]


@pytest.mark.usefixtures("three")
async def test_what_nobody_pledged_for_is_listed_with_nought(desk: Desk) -> None:
    found = await table(desk, by="objective")
    assert (len(found["rows"]["values"]), found["columns"], found["cells"]) == (23, None, [])
    first = found["rows"]["values"][0]
    assert (first["code"], first["pledges"]) == ("objective-1", 0)
    assert first["name"] == catalogue.objective("objective-1").label("en")


@pytest.mark.usefixtures("three")
async def test_regions_and_groups_are_those_of_a_day(desk: Desk) -> None:
    """Veridia is African since 20 May 2022; Kalmora says the same."""
    now = await table(desk, **{"by": "group", "and": "state"})
    assert cells(now) == {("african", "published"): 3}
    assert now["on"] == f"{START:%Y-%m-%d}"
    before = await table(desk, **{"by": "group", "and": "state", "on": "2022-05-19"})
    assert cells(before) == {("none", "published"): 3}
    assert counts(before["rows"]) == {"none": 3}
    turned = await table(desk, **{"by": "state", "and": "entity_kind"})
    assert cells(turned) == {("published", "member_state"): 3}
    both = await table(desk, **{"by": "entity", "and": "group"})
    assert cells(both) == {("veridia", "african"): 2, ("kalmora", "african"): 1}
    assert {value["name"] for value in both["rows"]["values"]} == {"Veridia", "Kalmora"}
    assert cells(await table(desk, **{"by": "group", "and": "entity_kind"})) == {("african", "member_state"): 3}


@pytest.mark.parametrize("one", [*DIMENSIONS, *OF_ENTITY])
async def test_any_two_dimensions_go_together_and_each_accounts_for_every_pledge(
    desk: Desk, three: list[str], one: str
) -> None:
    for other in {*DIMENSIONS, *OF_ENTITY} - {one}:
        found = await table(desk, **{"by": one, "and": other})
        assert found["pledges"] == len(three)
        for axis in (found["rows"], found["columns"]):
            total = sum(counts(axis).values())
            assert total >= len(three) if axis["several"] else total == len(three), axis
        for row, number in counts(found["rows"]).items():
            across = [n for (place, _), n in cells(found).items() if place == row]
            assert sum(across) >= number if found["columns"]["several"] else sum(across) == number


async def test_an_amendment_a_closing_and_a_withdrawal_are_seen_at_once(desk: Desk, three: list[str]) -> None:
    await close(desk, three[1], "fulfilled")
    assert counts((await table(desk, by="state"))["rows"]) == {"published": 2, "fulfilled": 1}
    await close(desk, three[2], "withdrawn")
    found = await table(desk, by="state")
    assert (found["pledges"], counts(found["rows"])) == (2, {"published": 1, "fulfilled": 1})


async def test_a_draft_is_counted_nowhere(desk: Desk) -> None:
    await desk.create(submit=True)
    assert (await table(desk, by="kind"))["pledges"] == 0


@pytest.mark.usefixtures("three")
async def test_coverage_names_the_gaps(desk: Desk) -> None:
    found = await made(desk.service.client.get("/statistics/coverage"))
    objectives = found["objectives"]
    assert (found["pledges"], objectives["of"], objectives["covered"]) == (3, 23, 3)
    assert set(objectives["gaps"]) | {"objective-2", "objective-4", "objective-14"} == {
        f"objective-{number}" for number in range(1, 24)
    }
    assert {value["code"]: value["pledges"] for value in objectives["values"]}["objective-1"] == 0
    assert (found["principles"]["of"], found["commitments"]["of"]) == (10, 41)
    assert "64" not in found["commitments"]["gaps"]
    assert "51" in found["commitments"]["gaps"]


async def test_a_profile_has_the_silent_ones_by_cycle_with_their_denominator(desk: Desk, three: list[str]) -> None:
    found = await made(desk.service.client.get("/entities/veridia/profile"))
    assert (found["pledges"], found["withdrawn"], found["merged"]) == (2, 0, 0)
    assert found["reviews"] == [{"cycle": "2022", "denominator": 2, "reported": 1, "silent": 1}]
    assert counts({"values": found["statuses"]}) == {"delayed": 1, "none": 1}
    assert [value["code"] for value in found["partners"]] == ["ILO", "IOM"]
    assert (found["partners_named"], found["partner_in"], found["support"]) == (2, 0, {})
    await close(desk, three[1], "withdrawn")
    found = await made(desk.service.client.get("/entities/veridia/profile"))
    assert (found["pledges"], found["withdrawn"]) == (1, 1)
    assert found["reviews"] == [{"cycle": "2022", "denominator": 1, "reported": 1, "silent": 0}]


async def test_an_entity_without_a_pledge_is_not_silent(desk: Desk) -> None:
    found = await made(desk.service.client.get("/entities/kalmora/profile"))
    assert (found["pledges"], found["reviews"], found["statuses"]) == (0, [], [])
    assert "never" not in found["says"]
    assert (await desk.get("/entities/atlantis/profile")).status_code == 404


async def test_who_has_the_present_figures_gets_them_no_more(desk: Desk, three: list[str]) -> None:
    client = desk.service.client
    for path in ("/statistics?by=objective&and=group", "/statistics?by=kind", "/statistics/coverage"):
        first = await client.get(path)
        again = await client.get(path, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    await close(desk, three[0], "ended")
    fresh = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (fresh.status_code, fresh.headers["etag"] != first.headers["etag"]) == (200, True)


@pytest.mark.usefixtures("three")
async def test_another_region_of_an_entity_is_another_answer(desk: Desk) -> None:
    path = "/statistics?by=group&and=kind"
    first = await desk.get(path)
    entity = await desk.get("/entities/kalmora")
    fields = {name: value for name, value in entity.json().items() if name not in {"entity_id", "name", "revision"}}
    body = fields | {"groups": [{"code": "ldc"}]}
    done = await desk.put("/entities/kalmora", body, ADMIN, entity.headers["etag"])
    assert done.status_code == 200, done.text
    changed = await desk.get(path, {"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200, "the groups of an entity changed, and its figures were called the same"
    assert counts(changed.json()["rows"]) == {"african": 2, "ldc": 1}


@pytest.mark.usefixtures("three")
async def test_a_table_for_spreadsheets(desk: Desk) -> None:
    path = "/statistics?by=objective&and=status"
    answer = await desk.get(path, {"Accept": "text/csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    lines = list(csv.reader(answer.text.splitlines()))
    assert lines[0] == ["objective", "status", "pledges", "of"]
    assert ["objective-14", "delayed", "1", "3"] in lines
    assert answer.headers["etag"] != (await desk.get(path)).headers["etag"]
    one = await desk.get("/statistics?by=objective", {"Accept": "text/csv"})
    assert "objective-1,0,3" in one.text.splitlines()


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "by"),
        ({"by": "colour"}, "by"),
        ({"by": "partner"}, "by"),
        ({"by": "kind", "and": "'; drop table pledge"}, "and"),
        ({"by": "kind", "and": "kind"}, "and"),
        ({"by": "region", "on": "yesterday"}, "on"),
    ],
)
async def test_a_wrong_question_is_answered_with_the_field(desk: Desk, asked: dict[str, str], field: str) -> None:
    answer = await desk.service.client.get("/statistics", params=asked)
    assert (answer.status_code, set(faults(answer))) == (422, {field})


async def test_an_answer_is_kept_as_long_as_the_figures_are_the_same(desk: Desk, three: list[str]) -> None:
    path = "/statistics?by=state"
    first = await desk.get(path)
    async with desk.service.owner.transaction() as session:  # behind the service's back: nothing is noted
        await session.execute(text("update statistics_cell set pledges = 0"))
        await session.execute(
            text("update statistics_state set folded = folded + (select count(*) from statistics_delta)")
        )
        await session.execute(text("delete from statistics_delta"))
    assert (await desk.get(path)).text == first.text
    await close(desk, three[0], "ended")
    assert (await desk.get(path)).text != first.text


def test_only_the_last_answers_are_kept_and_no_large_ones() -> None:
    answers = Kept()
    for number in range(MOST + 1):
        answers.put(str(number), "figures")
        answers.get("0")  # asked for again and again
    assert (answers.get("0"), answers.get("1"), answers.get(str(MOST))) == ("figures", None, "figures")
    answers.put("large", "a" * (LARGEST + 1))
    assert answers.get("large") is None
