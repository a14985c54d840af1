"""Who has a case: by hand, by rule, handed back; priority; many at once; who else has it open."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from shared.events.people import PersonErased
from tests.integration.network_support.support import ADMIN, STAFF
from tests.integration.network_support.triage.desk import AS_OMAR, NORA, OMAR, Desk
from tests.support.tokens import bearer


@pytest.fixture
async def request_(desk: Desk, pledge: UUID) -> dict[str, Any]:
    return await desk.submitted(pledge)


async def test_an_officer_takes_a_case_gives_it_to_another_who_hands_it_back(
    desk: Desk, request_: dict[str, Any]
) -> None:
    taken = await desk.does("assign", request_, officer="me")
    assert (taken.status_code, taken.json()["officer"], taken.headers["etag"]) == (200, NORA, '"2"')
    assert await desk.ids("/queues/mine") == [request_["request_id"]]
    await desk.officer(AS_OMAR)
    given = await desk.does("assign", request_, officer=OMAR, reason="he knows the ministry")
    assert given.json()["officer"] == OMAR
    assert await desk.ids("/queues/mine") == []
    assert await desk.ids("/queues/mine", AS_OMAR) == [request_["request_id"]]
    back = await desk.does("hand-back", request_, AS_OMAR, reason="on mission")
    assert (back.json()["officer"], back.json()["revision"]) == (None, 4)
    lines = (await desk.get(f"/cases/{request_['request_id']}/history"))["items"]
    assert [(one["act"], one["officer"], one["person"], one["reason"]) for one in lines] == [
        ("assigned", NORA, NORA, None),
        ("assigned", OMAR, NORA, "he knows the ministry"),
        ("handed_back", None, OMAR, "on mission"),
    ]
    assert lines[2]["facts"] == {"from": OMAR}


async def test_of_two_officers_at_once_one_wins(desk: Desk, request_: dict[str, Any]) -> None:
    await desk.officer(AS_OMAR)
    both = (desk.does("assign", request_, headers, seen=1, officer="me") for headers in (STAFF, AS_OMAR))
    answers = await asyncio.gather(*both)
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    winner = next(answer.json()["officer"] for answer in answers if answer.status_code == 200)
    assert (await desk.case(request_))["officer"] == winner
    assert await desk.acts(request_) == ["assigned"]


@pytest.mark.parametrize("stranger", ["amina", "nobody", "6b1f0a3e-0001-4000-8000-000000000001"])
async def test_nobody_but_staff_is_given_a_case(desk: Desk, request_: dict[str, Any], stranger: str) -> None:
    answer = await desk.does("assign", request_, officer=stranger)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "officer")
    assert (await desk.case(request_))["officer"] is None


async def test_nobody_but_staff_becomes_an_officer(desk: Desk, request_: dict[str, Any]) -> None:
    for headers in (bearer("amina"), bearer("rana", "reviewer"), bearer("machine", "service")):
        assert (await desk.put("/me/officer", {}, headers, seen=0)).status_code == 403
        assert (await desk.does("assign", request_, headers, seen=1, officer="me")).status_code == 403
    assert (await desk.get("/officers"))["items"] == []


async def test_what_cannot_be_done_is_a_conflict(desk: Desk, request_: dict[str, Any]) -> None:
    assert (await desk.does("hand-back", request_, reason="of nobody")).status_code == 409
    await desk.does("assign", request_, officer="me")
    assert (await desk.does("assign", request_, officer="me")).status_code == 409
    await desk.support.post(f"/requests/{request_['request_id']}/withdraw", seen=1)
    bodies: dict[str, dict[str, Any]] = {
        "assign": {"officer": "me"},
        "hand-back": {"reason": "late"},
        "prioritise": {"priority": "low", "reason": "late"},
        "assign-by-rule": {},
    }
    for act, body in bodies.items():
        answer = await desk.does(act, request_, **body)
        assert (answer.status_code, "is over" in answer.json()["detail"]) == (409, True), act


@pytest.mark.parametrize("act", ["assign", "hand-back", "prioritise", "assign-by-rule"])
async def test_the_revision_that_was_seen_is_the_present_one(desk: Desk, request_: dict[str, Any], act: str) -> None:
    body = {"assign": {"officer": "me"}, "assign-by-rule": None}.get(act, {"reason": "so", "priority": "low"})
    if act == "hand-back":
        body = {"reason": "so"}
    path = f"/cases/{request_['request_id']}/{act}"
    assert (await desk.support.post(path, body, STAFF)).status_code == 428
    assert (await desk.support.post(path, body, STAFF, seen=7)).status_code == 412
    assert (
        await desk.support.post(path.replace(request_["request_id"], str(uuid7())), body, STAFF, 1)
    ).status_code == 404


async def test_a_priority_has_a_reason(desk: Desk, request_: dict[str, Any]) -> None:
    for reason in ("", " ", None):
        answer = await desk.does("prioritise", request_, priority="urgent", reason=reason)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "reason")
    answer = await desk.does("prioritise", request_, priority="urgent", reason="a boat is at sea")
    assert (answer.json()["priority"], answer.json()["priority_reason"]) == ("urgent", "a boat is at sea")
    assert await desk.ids("/queues/urgent") == [request_["request_id"]]
    [line] = (await desk.get(f"/cases/{request_['request_id']}/history"))["items"]
    assert (line["act"], line["priority"], line["reason"]) == ("prioritised", "urgent", "a boat is at sea")


class TestByRule:
    async def test_a_new_request_goes_to_whom_the_rules_find_and_says_why(self, desk: Desk, pledge: UUID) -> None:
        await desk.knows("veridia", "region_africa")
        await desk.officer(STAFF, regions=["region_africa"], languages=["en"])
        await desk.officer(AS_OMAR, regions=["region_asia"], languages=["en", "fr"])
        request = await desk.submitted(pledge)
        case = await desk.case(request)
        assert (case["officer"], case["region"], case["stage"]) == (NORA, "region_africa", "submitted")
        [line] = (await desk.get(f"/cases/{request['request_id']}/history"))["items"]
        assert (line["by"], line["person"], line["facts"]["rule"]) == ("system", None, "region and language")
        assert line["facts"]["agrees"] == {"region": ["region_africa"], "language": ["en"]}

    async def test_of_several_the_one_with_fewer_open_cases_gets_it(self, desk: Desk, pledge: UUID) -> None:
        await desk.knows("veridia", "region_africa")
        for headers in (STAFF, AS_OMAR):
            await desk.officer(headers, regions=["region_africa"])
        given = [(await desk.case(await desk.submitted(pledge, language="ar")))["officer"] for _ in range(4)]
        assert sorted(given) == [NORA, NORA, OMAR, OMAR]

    async def test_who_is_away_gets_nothing_by_rule(self, desk: Desk, pledge: UUID) -> None:
        await desk.knows("veridia", "region_africa")
        await desk.officer(STAFF, regions=["region_africa"], away=True)
        request = await desk.submitted(pledge)
        assert (await desk.case(request))["officer"] is None
        assert (await desk.does("assign-by-rule", request)).status_code == 409
        await desk.put("/me/officer", {"regions": ["region_africa"]}, STAFF, seen=1)
        answer = await desk.does("assign-by-rule", request, AS_OMAR)
        assert (answer.status_code, answer.json()["officer"]) == (200, NORA)

    async def test_an_entity_that_is_known_later_is_in_its_regions_queue(self, desk: Desk, pledge: UUID) -> None:
        request = await desk.submitted(pledge)
        assert await desk.ids("/queues/unassigned_none") == [request["request_id"]]
        await desk.knows("veridia", "region_africa")
        assert await desk.ids("/queues/unassigned_africa") == [request["request_id"]]


class TestMany:
    async def test_each_is_looked_at_by_itself(self, desk: Desk, pledge: UUID) -> None:
        await desk.support.hears(pledge)
        good, stale, hers, over = [await desk.support.opened(pledge) for _ in range(4)]
        await desk.does("prioritise", stale, priority="low", reason="so")
        await desk.does("assign", hers, officer="me")
        await desk.support.post(f"/requests/{over['request_id']}/withdraw", seen=1)
        cases = [(one["request_id"], 1) for one in (good, stale, hers, over, good)] + [(str(uuid7()), 1)]
        answer = await _bulk(desk, cases, officer=NORA, reason="a quiet day")
        assert answer.status_code == 200
        outcomes = ["assigned", "stale", "unchanged", "over", "twice", "not_found"]
        assert [item["outcome"] for item in answer.json()["items"]] == outcomes
        assert [item["revision"] for item in answer.json()["items"]] == [2, 2, 2, 1, 2, None]
        assert answer.json()["assigned"] == 1
        assert (await desk.case(good))["officer"] == NORA
        assert await desk.acts(good) == ["assigned"]

    async def test_a_thousand_with_strangers_ids_cost_none_of_the_good_ones(self, desk: Desk, pledge: UUID) -> None:
        request = await desk.submitted(pledge)
        strangers = [(str(uuid7()), 1) for _ in range(999)]
        answer = await _bulk(desk, [*strangers, (request["request_id"], 1)], officer="me")
        assert (answer.status_code, answer.json()["assigned"]) == (200, 1)
        assert (await _bulk(desk, [*strangers, *strangers], officer="me")).status_code == 422
        assert (await _bulk(desk, [], officer="me")).status_code == 422
        assert (await _bulk(desk, [(request["request_id"], 2)], officer="amina")).status_code == 422

    async def test_one_that_another_is_changing_is_left_alone(self, desk: Desk, pledge: UUID) -> None:
        await desk.support.hears(pledge)
        held, free = [await desk.support.opened(pledge) for _ in range(2)]
        async with desk.support.service.owner.transaction() as session:
            connection = await session.connection()
            query = f"select 1 from triage_case where case_id = '{held['request_id']}' for update"  # noqa: S608
            await connection.exec_driver_sql(query)
            answer = await _bulk(desk, [(one["request_id"], 1) for one in (held, free)], officer="me")
        assert [item["outcome"] for item in answer.json()["items"]] == ["busy", "assigned"]


async def _bulk(desk: Desk, cases: list[tuple[str, int]], **body: object) -> Any:
    picked = [{"case_id": case_id, "revision": revision} for case_id, revision in cases]
    return await desk.support.post("/cases/assign", {"cases": picked, **body}, STAFF)


class TestPresence:
    async def test_two_officers_who_open_one_request_notice_each_other(
        self, desk: Desk, request_: dict[str, Any]
    ) -> None:
        path = f"/cases/{request_['request_id']}/presence"
        first = await desk.put(path)
        assert (first.status_code, first.json()) == (200, {"others_here": [], "beat_within": 45})
        second = await desk.put(path, headers=AS_OMAR)
        assert [here["person_id"] for here in second.json()["others_here"]] == [NORA]
        assert [here["person_id"] for here in (await desk.case(request_))["others_here"]] == [OMAR]
        assert [here["person_id"] for here in (await desk.delete(path)).json()["others_here"]] == [OMAR]
        assert (await desk.put(path, headers=AS_OMAR)).json()["others_here"] == []

    async def test_who_is_not_heard_of_is_gone(self, desk: Desk, request_: dict[str, Any]) -> None:
        path = f"/cases/{request_['request_id']}/presence"
        await desk.put(path, headers=AS_OMAR)
        ago = desk.support.moment.system - timedelta(seconds=1)
        async with desk.support.service.owner.transaction() as session:
            connection = await session.connection()
            await connection.exec_driver_sql(f"update case_presence set until = '{ago}'")  # noqa: S608
        assert (await desk.case(request_))["others_here"] == []
        assert (await desk.put(path)).json()["others_here"] == []

    async def test_a_page_without_a_script_counts_for_the_minutes_of_the_policy(
        self, desk: Desk, request_: dict[str, Any]
    ) -> None:
        path = f"/cases/{request_['request_id']}/presence"
        for query, stays in (("?opened=true", timedelta(minutes=5)), ("", timedelta(seconds=45))):
            now = desk.support.moment.system
            await desk.put(path + query)
            [row] = await desk.support.service.rows("select until from case_presence")
            assert stays <= row["until"] - now < stays + timedelta(seconds=10)

    async def test_it_is_for_staff_and_of_what_there_is(self, desk: Desk, request_: dict[str, Any]) -> None:
        path = f"/cases/{request_['request_id']}/presence"
        assert (await desk.put(path, headers=bearer("amina"))).status_code == 403
        assert (await desk.put(f"/cases/{uuid7()}/presence")).status_code == 404


class TestLeaving:
    async def test_what_an_officer_had_goes_back_to_the_desk(self, desk: Desk, request_: dict[str, Any]) -> None:
        await desk.officer(AS_OMAR)
        await desk.does("assign", request_, AS_OMAR, officer="me")
        assert (await desk.delete(f"/officers/{OMAR}", STAFF)).status_code == 403
        answer = await desk.delete(f"/officers/{OMAR}", ADMIN)
        assert (answer.status_code, answer.json()) == (200, {"person_id": OMAR, "handed_back": 1})
        assert (await desk.case(request_))["officer"] is None
        assert (await desk.delete(f"/officers/{OMAR}", ADMIN)).status_code == 404

    async def test_of_who_is_erased_only_an_id_in_histories_stays(self, desk: Desk, request_: dict[str, Any]) -> None:
        await desk.does("assign", request_, AS_OMAR, officer="me")
        await desk.support.post("/queues", {"name": "Omar's"}, AS_OMAR)
        await desk.put(f"/cases/{request_['request_id']}/presence", headers=AS_OMAR)
        await desk.hears("person.erased.v1", PersonErased(erasure_id=uuid7(), person_id=OMAR))
        for table in ("officer", "saved_queue", "case_presence"):
            assert await desk.support.service.rows(f"select 1 from {table}") == []  # noqa: S608
        assert await desk.acts(request_) == ["assigned", "handed_back"]
        assert (await desk.case(request_))["officer"] is None


async def test_a_profile_is_changed_over_the_revision_that_was_seen(desk: Desk) -> None:
    assert (await desk.get("/me/officer"))["revision"] == 0
    wish = {"regions": ["region_africa"], "objectives": ["objective-4"], "duty_station": "nairobi"}
    first = await desk.put("/me/officer", wish, seen=0)
    assert (first.status_code, first.headers["etag"], first.json()["open_cases"]) == (200, '"1"', 0)
    assert (await desk.put("/me/officer", {}, seen=0)).status_code == 412
    for bad in (
        {"regions": ["region_atlantis"]},
        {"objectives": ["objective-99"]},
        {"languages": ["!"]},
        {"name": "N"},
    ):
        assert (await desk.put("/me/officer", bad, seen=1)).status_code == 422
    assert [officer["person_id"] for officer in (await desk.get("/officers"))["items"]] == [NORA]
