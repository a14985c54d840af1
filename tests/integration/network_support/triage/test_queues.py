"""Queues: saved filters over one table, page by page, with counts that have an end."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from tests.integration.network_support.support import REVIEWER, STAFF
from tests.integration.network_support.triage.desk import AS_OMAR, NORA, Desk
from tests.support.tokens import bearer


async def test_a_request_is_on_the_desk_from_submission_until_it_is_over(desk: Desk, pledge: UUID) -> None:
    waiting = await desk.support.opened(pledge)  # for a pledge that is not known yet
    assert await desk.ids("/queues/new") == []
    await desk.support.hears(pledge)
    [item] = (await desk.get("/queues/new"))["items"]
    assert (item["case_id"], item["stage"], item["kind"]) == (waiting["request_id"], "submitted", "request")
    assert (item["excerpt"], item["language"], item["priority"]) == (waiting["text"], "en", "normal")
    assert (item["officer"], item["clock"], item["revision"]) == (None, "acknowledge", 1)
    await desk.support.post(f"/requests/{waiting['request_id']}/acknowledge", headers=STAFF, seen=2)
    assert await desk.ids("/queues/new") == []
    assert await desk.ids("/queues/all") == [waiting["request_id"]]
    await desk.support.post(f"/requests/{waiting['request_id']}/withdraw", seen=3)
    assert await desk.ids("/queues/all") == []
    assert await desk.ids("/cases?which=over") == [waiting["request_id"]]


async def test_a_draft_and_one_that_was_refused_are_nobodys_work(desk: Desk, pledge: UUID) -> None:
    await desk.support.opened(pledge)
    await desk.support.hears(pledge, entity="sorvenia")
    assert await desk.ids("/cases?which=any") == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("stage=submitted", "ab"),
        ("stage=acknowledged&stage=submitted", "abc"),
        ("language=fr", "b"),
        ("language=fr&language=ar", "bc"),
        ("type=fund_proposal&language=ar", "c"),
        ("type=fund_proposal&language=fr", ""),
        ("officer=me", "a"),
        ("officer=nobody", "bc"),
        ("officer=nobody&officer=nora", "abc"),
        ("entity=veridia", "abc"),
        ("entity=kalmora", ""),
        ("objective=objective-4", "abc"),
        ("objective=objective-23", ""),
        ("priority=high", "b"),
        ("priority=high&priority=normal", "abc"),
        ("kind=request", "abc"),
        ("kind=contact_lost&kind=dead_letter", ""),
        ("due=soon", ""),
        ("region=region_africa", ""),
        ("region=none", "abc"),
        ("text=questions", "b"),
    ],
)
async def test_every_filter_narrows(desk: Desk, query: str, found: str) -> None:
    names = await _three(desk)
    assert "".join(sorted(names[one] for one in await desk.ids(f"/cases?{query}"))) == found


async def _three(desk: Desk) -> dict[str, str]:
    """a is Nora's, b is urgent and French, c is acknowledged and Arabic."""
    pledge = uuid7()
    await desk.support.hears(pledge, objectives=["objective-4"])
    a = await desk.support.opened(pledge)
    b = await desk.support.opened(pledge, language="fr", text="Une question")
    c = await desk.support.opened(pledge, language="ar", text="سؤال", type="fund_proposal")
    assert (await desk.does("assign", a, officer="me")).status_code == 200
    assert (await desk.does("prioritise", b, priority="high", reason="the vote is next week")).status_code == 200
    await desk.support.post(f"/requests/{c['request_id']}/acknowledge", headers=STAFF, seen=1)
    return {one["request_id"]: name for one, name in ((a, "a"), (b, "b"), (c, "c"))}


@pytest.mark.parametrize("order", ["due", "priority", "newest", "oldest"])
async def test_pages_show_each_case_once_in_every_order(desk: Desk, pledge: UUID, order: str) -> None:
    await desk.support.hears(pledge)
    made = [(await desk.support.opened(pledge))["request_id"] for _ in range(5)]
    seen, cursor = list[str](), ""
    while cursor is not None:
        page = await desk.get(f"/cases?order={order}&limit=2{f'&cursor={cursor}' if cursor else ''}")
        seen += [item["case_id"] for item in page["items"]]
        cursor = page["next"]
    assert sorted(seen) == sorted(made)
    assert seen == (sorted(made, reverse=True) if order == "newest" else sorted(made))


async def test_the_next_page_is_in_the_link_header(desk: Desk, pledge: UUID) -> None:
    await desk.support.hears(pledge)
    made = [(await desk.support.opened(pledge))["request_id"] for _ in range(2)]
    answer = await desk.support.get("/queues/all?limit=1", STAFF)
    link = answer.headers["link"].removeprefix("<http://test").partition(">")[0]
    assert await desk.ids(link) == [made[1]]
    other = await desk.support.get(link.replace("/all", "/new"), STAFF)
    assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "cursor")


async def test_counts_end_at_ninety_nine(desk: Desk, pledge: UUID) -> None:
    await desk.support.hears(pledge)
    await desk.support.opened(pledge)
    await _copies(desk, 100)
    found = {queue["queue"]: (queue["count"], queue["more"]) for queue in (await desk.get("/queues"))["items"]}
    assert (found["all"], found["mine"], found["new"]) == ((99, True), (0, False), (99, True))
    assert (found["unassigned_none"], found["unassigned_africa"]) == ((99, True), (0, False))


async def _copies(desk: Desk, count: int) -> None:
    columns = "kind, stage, is_open, entity_id, pledge_id, opened_at, changed_at"
    query = f"insert into triage_case (case_id, {columns}) select gen_random_uuid(), {columns}"
    async with desk.support.service.owner.transaction() as session:
        connection = await session.connection()
        await connection.exec_driver_sql(f"{query} from triage_case, generate_series(1, {count})")


async def test_what_is_due_soon_comes_first_and_what_has_no_clock_last(desk: Desk, pledge: UUID) -> None:
    await desk.support.hears(pledge)
    one, two, three = [(await desk.support.opened(pledge))["request_id"] for _ in range(3)]
    now = desk.support.moment.business
    for case_id, due in ((two, now + timedelta(hours=23)), (one, now + timedelta(hours=25)), (three, None)):
        await _due(desk, case_id, due)
    assert await desk.ids("/queues/overdue_soon") == [two]
    assert await desk.ids("/queues/all") == [two, one, three]
    await _due(desk, three, now - timedelta(minutes=1))
    assert await desk.ids("/queues/overdue_soon") == [three, two]
    assert await desk.ids("/cases?due=overdue") == [three]


async def _due(desk: Desk, case_id: str, due: object) -> None:
    async with desk.support.service.owner.transaction() as session:
        connection = await session.connection()
        value = "'9999-12-31 00:00:00+00'" if due is None else f"'{due}'"
        await connection.exec_driver_sql(f"update triage_case set due_at = {value} where case_id = '{case_id}'")  # noqa: S608


FILTERS: dict[str, Any] = {"language": ["ar"], "officer": ["nobody"], "text": "سؤال"}


class TestOwn:
    async def test_an_officer_keeps_a_filter_and_others_do_not_see_it(self, desk: Desk) -> None:
        names = await _three(desk)
        answer = await desk.support.post("/queues", {"name": "Arabic", "filters": FILTERS}, STAFF)
        assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
        place = answer.headers["location"]
        assert [names[one] for one in await desk.ids(place)] == ["c"]
        mine = (await desk.get("/queues"))["items"][-1]
        assert (mine["name"], mine["count"], mine["filters"]["language"]) == ("Arabic", 1, ["ar"])
        assert (await desk.support.get(place, AS_OMAR)).status_code == 404
        assert all(queue["name"] is None for queue in (await desk.get("/queues", AS_OMAR))["items"])
        assert (await desk.put(place, {"name": "No"}, AS_OMAR, seen=1)).status_code == 404
        assert (await desk.delete(place, AS_OMAR)).status_code == 404

    async def test_it_is_changed_over_the_revision_that_was_seen_and_removed(self, desk: Desk) -> None:
        place = (await desk.support.post("/queues", {"name": "One"}, STAFF)).headers["location"]
        changed = await desk.put(place, {"name": "Two", "order": "newest"}, seen=1)
        assert (changed.status_code, changed.json()["order"], changed.headers["etag"]) == (200, "newest", '"2"')
        assert (await desk.put(place, {"name": "Three"}, seen=1)).status_code == 412
        assert (await desk.delete(place)).json()["name"] == "Two"
        assert (await desk.support.get(place, STAFF)).status_code == 404

    async def test_two_of_one_name_are_a_conflict(self, desk: Desk) -> None:
        await desk.support.post("/queues", {"name": "One"}, STAFF)
        answer = await desk.support.post("/queues", {"name": "One"}, STAFF)
        assert (answer.status_code, "another name" in answer.json()["detail"]) == (409, True)

    async def test_more_than_anybody_can_look_through_are_refused(self, desk: Desk) -> None:
        for number in range(50):
            assert (await desk.support.post("/queues", {"name": f"Q{number}"}, STAFF)).status_code == 201
        assert (await desk.support.post("/queues", {"name": "one more"}, STAFF)).status_code == 409


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("stage=asleep", "stage.0"),
        ("stage=submitted&stage=asleep", "stage.1"),
        ("region=region_atlantis", "region.0"),
        ("objective=objective-24", "objective.0"),
        ("language=klingon!", "language.0"),
        ("officer=", "officer.0"),
        ("priority=0", "priority.0"),
        ("due=yesterday", "due"),
        ("which=all", "which"),
        ("order=random()", "order"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("nonsense=1", "nonsense"),
        ("text=", "text"),
        ("cursor=abc", "cursor"),
        ("&".join(["language=ar"] * 21), "language"),
    ],
)
async def test_a_filter_of_nonsense_is_refused_by_name(desk: Desk, query: str, field: str) -> None:
    answer = await desk.support.get(f"/cases?{query}", STAFF)
    assert answer.status_code == 422, answer.text
    assert field in [fault["field"].removeprefix("query.") for fault in answer.json()["errors"]]


@pytest.mark.parametrize(
    "filters",
    [
        {"stage": "submitted"},
        {"stage": ["asleep"]},
        {"nonsense": 1},
        {"due": 5},
        {"text": "x" * 201},
        {"officer": [""]},
    ],
)
async def test_a_queue_of_nonsense_is_not_saved(desk: Desk, filters: dict[str, Any]) -> None:
    answer = await desk.support.post("/queues", {"name": "No", "filters": filters}, STAFF)
    assert (answer.status_code, answer.json()["errors"][0]["field"].split(".")[0]) == (422, "filters")


@pytest.mark.parametrize("headers", [bearer("amina"), REVIEWER, bearer("machine", "service")])
@pytest.mark.parametrize("path", ["/queues", "/queues/all", "/cases", "/officers", "/replies"])
async def test_the_desk_is_for_staff_alone(desk: Desk, path: str, headers: dict[str, str]) -> None:
    assert (await desk.support.get(path, headers)).status_code == 403


async def test_there_is_no_queue_of_any_other_name(desk: Desk) -> None:
    for name in ("nonsense", str(uuid7()), NORA):
        assert (await desk.support.get(f"/queues/{name}", STAFF)).status_code == 404
