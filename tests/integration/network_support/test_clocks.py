"""The clocks of requests, as those who may read the request see them. Veridia is answered from Geneva."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from services.network_support.requests import commands
from services.network_support.requests.lifecycle import Decision, State, Step
from shared.authors import Author
from tests.integration.network_support.support import ADMIN, FOCAL_POINT, OTHER, REVIEWER, STAFF, VIEWER, Support
from tests.integration.network_support.test_life import AMINA, go, walk
from tests.support.entities import faults
from tests.support.tokens import bearer

NOOR = Author("noor", "network_staff")
TO_TRIAGE = (("acknowledge", STAFF, None, "acknowledged"), ("triage", STAFF, None, "triage"))


@pytest.fixture
async def submitted(support: Support, pledge: UUID) -> dict[str, Any]:
    await support.hears(pledge)
    return await support.opened(pledge)


def at(support: Support, day: str) -> None:
    """Business time, in UTC: two hours before what Geneva's clocks show in summer."""
    support.service.set_clock(datetime.fromisoformat(f"{day}+00:00"))


async def clocks(support: Support, request: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The newest of each kind."""
    return {clock["kind"]: clock for clock in (await support.read(request))["clocks"]}


async def standing(support: Support, request: dict[str, Any]) -> dict[str, str]:
    found = await clocks(support, request)
    return {kind: one["ended"] or ("paused" if one["paused_since"] else "runs") for kind, one in found.items()}


async def take(support: Support, request: dict[str, Any], step: Step, to: State | None = None) -> None:
    """As the room that owns the step does."""
    async with support.service.database.transaction() as session:
        found = await commands.locked(session, UUID(request["request_id"]))
        decision = Decision(to) if to else None
        await commands.take(session, found, step, NOOR, support.moment, to=decision, reason="Because")


async def test_they_run_from_when_the_request_came(support: Support, submitted: dict[str, Any]) -> None:
    found = await clocks(support, submitted)
    assert {kind: clock["due_at"][:16] for kind, clock in found.items()} == {
        "acknowledge": "2024-09-04T09:00",
        "scoping": "2024-09-17T09:00",  # the Genevan Fast is on 5 September
        "offers": "2024-10-01T09:00",
        "matched": "2024-10-29T10:00",  # eleven o'clock as on all these days, but in winter time
    }
    assert found["offers"] == {
        "kind": "offers",
        "station": "geneva",
        "started_at": submitted["changed_at"],
        "due_at": found["offers"]["due_at"],
        "spent_minutes": 0,
        "left_minutes": 20 * 8 * 60,
        "paused_since": None,
        "ended": None,
        "ended_at": None,
    }


async def test_working_minutes_pass_only_while_geneva_works(support: Support, submitted: dict[str, Any]) -> None:
    at(support, "2024-09-02T10:00")
    assert (await clocks(support, submitted))["acknowledge"]["spent_minutes"] == 59
    for night in ("2024-09-02T16:00", "2024-09-03T06:00"):
        at(support, night)
        found = (await clocks(support, submitted))["acknowledge"]
        assert (found["spent_minutes"], found["left_minutes"]) == (329, 16 * 60 - 329)
    at(support, "2024-09-04T10:00")
    assert (await clocks(support, submitted))["acknowledge"]["left_minutes"] == -59


async def test_asking_the_requester_pauses_them_and_the_answer_starts_them_again(
    support: Support, submitted: dict[str, Any]
) -> None:
    await walk(support, submitted, TO_TRIAGE)
    at(support, "2024-09-03T09:00")
    await go(support, submitted, "ask", STAFF, {"reason": "Which consulates?"})
    for day in ("2024-09-03T12:00", "2024-09-30T12:00"):
        at(support, day)
        found = (await clocks(support, submitted))["scoping"]
        assert (found["due_at"], found["paused_since"][:16]) == (None, "2024-09-03T09:00")
        assert found["spent_minutes"] in {479, 480}  # the clock ticks
    at(support, "2024-10-01T08:00")
    await go(support, submitted, "answer", AMINA, {"reason": "All of them."})
    found = (await clocks(support, submitted))["scoping"]
    assert (found["due_at"][:16], found["paused_since"]) == ("2024-10-14T08:00", None)  # nine days more
    assert await standing(support, submitted) == {
        "acknowledge": "met",
        **dict.fromkeys(("scoping", "offers", "matched"), "runs"),
    }


async def test_what_was_overdue_stays_so_while_it_is_paused(support: Support, submitted: dict[str, Any]) -> None:
    await walk(support, submitted, TO_TRIAGE)
    at(support, "2024-09-18T09:00")
    due = (await clocks(support, submitted))["scoping"]["due_at"]
    for path, who in (("ask", STAFF), ("answer", AMINA), ("ask", STAFF)):
        await go(support, submitted, path, who, {"reason": "More?"})
        at(support, "2024-09-25T09:00")
        assert (await clocks(support, submitted))["scoping"]["due_at"] == due


@pytest.mark.parametrize(
    ("step", "ended"),
    [
        ("accepted", ["met", "met", "runs", "runs"]),
        ("declined", ["met", "met", "cancelled", "cancelled"]),
        ("redirected", ["met", "met", "cancelled", "cancelled"]),
        ("merged", ["met", "cancelled", "cancelled", "cancelled"]),
        ("withdrawn", ["met", "cancelled", "cancelled", "cancelled"]),
    ],
)
async def test_how_they_end(support: Support, submitted: dict[str, Any], step: Step, ended: list[str]) -> None:
    await walk(support, submitted, TO_TRIAGE)
    await take(support, submitted, step)
    assert list((await standing(support, submitted)).values()) == ended
    spent = (await clocks(support, submitted))["scoping"]["spent_minutes"]
    at(support, "2024-12-01T09:00")
    assert (await clocks(support, submitted))["scoping"]["spent_minutes"] == spent


async def test_undoing_a_merge_restores_them_without_the_time_between(
    support: Support, submitted: dict[str, Any]
) -> None:
    await walk(support, submitted, TO_TRIAGE)
    at(support, "2024-09-03T09:00")
    await take(support, submitted, "merged")
    assert await _due_before(support, "2030-01-01T00:00:00Z") == []
    at(support, "2024-09-10T09:00")
    await take(support, submitted, "unmerged", "triage")
    found = (await support.read(submitted))["clocks"]
    assert [(one["kind"], one["due_at"][:16]) for one in found[1:2]] == [("scoping", "2024-09-23T09:00")]
    assert len(found) == 4  # the same ones


async def test_what_is_taken_up_again_has_all_its_time(support: Support, submitted: dict[str, Any]) -> None:
    await walk(support, submitted, TO_TRIAGE)
    await go(support, submitted, "decline", STAFF, {"reason": "Not ours."})
    await take(support, submitted, "closed")
    at(support, "2024-09-16T09:00")
    await go(support, submitted, "reopen", AMINA, {"reason": "It is."})
    found = (await support.read(submitted))["clocks"]
    assert [(one["kind"], one["started_at"][:10], one["ended"]) for one in found] == [
        ("acknowledge", "2024-09-02", "met"),
        ("scoping", "2024-09-02", "met"),
        ("offers", "2024-09-02", "cancelled"),
        ("matched", "2024-09-02", "cancelled"),
        *((kind, "2024-09-16", None) for kind in ("scoping", "offers", "matched")),
    ]


async def test_a_match_that_is_released_has_to_be_made_again(support: Support, submitted: dict[str, Any]) -> None:
    await walk(support, submitted, TO_TRIAGE)
    for step in ("accepted", "matching_begun", "matched"):
        await take(support, submitted, step)
    assert set((await standing(support, submitted)).values()) == {"met"}
    await take(support, submitted, "released")
    assert (await standing(support, submitted))["matched"] == "runs"


async def test_the_time_before_its_pledge_is_known_does_not_count(support: Support, pledge: UUID) -> None:
    waiting = await support.opened(pledge)
    assert waiting["clocks"] == []
    at(support, "2024-09-09T09:00")
    await support.hears(pledge)
    assert (await clocks(support, waiting))["acknowledge"]["due_at"][:16] == "2024-09-11T09:00"


async def test_requests_are_found_by_what_is_due(support: Support, submitted: dict[str, Any]) -> None:
    assert await _due_before(support, "2024-09-04T09:01:00Z") == [submitted["request_id"]]
    assert await _due_before(support, "2024-09-04T11:00:00%2B02:00") == []
    await walk(support, submitted, TO_TRIAGE)
    assert await _due_before(support, "2024-09-17T09:00:00Z") == []
    assert await _due_before(support, "2024-09-17T09:01:00Z") == [submitted["request_id"]]
    mine = await support.get("/me/requests?due_before=2024-09-18T00:00:00Z")
    assert [one["request_id"] for one in mine.json()["items"]] == [submitted["request_id"]]


async def test_its_case_is_due_when_the_first_of_them_is(support: Support, submitted: dict[str, Any]) -> None:
    assert await _case(support) == ("2024-09-04", "acknowledge")
    await walk(support, submitted, TO_TRIAGE)
    assert await _case(support) == ("2024-09-17", "scoping")
    await go(support, submitted, "ask", STAFF, {"reason": "Which consulates?"})
    assert await _case(support) == (None, None)
    at(support, "2024-09-09T09:00")
    await go(support, submitted, "answer", AMINA, {"reason": "All of them."})
    assert await _case(support) == ("2024-09-23", "scoping")
    await take(support, submitted, "accepted")
    assert (await _case(support))[1] == "offers"
    await take(support, submitted, "withdrawn")
    [over] = (await support.get("/cases?which=over&order=newest", STAFF)).json()["items"]
    assert (over["due_at"], over["clock"]) == (None, None)


async def _case(support: Support) -> tuple[str | None, str | None]:
    [case] = (await support.get("/queues/all", STAFF)).json()["items"]
    return case["due_at"] and case["due_at"][:10], case["clock"]


async def _due_before(support: Support, instant: str) -> list[str]:
    answer = await support.get(f"/requests?due_before={instant}", STAFF)
    assert answer.status_code == 200, answer.text
    return [one["request_id"] for one in answer.json()["items"]]


@pytest.mark.parametrize("instant", ["soon", "2024-09-18T00:00:00", "2024-13-01T00:00:00Z"])
async def test_an_instant_without_a_zone_or_sense_is_refused(support: Support, instant: str) -> None:
    answer = await support.get(f"/requests?due_before={instant}", STAFF)
    assert (answer.status_code, list(faults(answer))) == (422, ["due_before"])


async def test_all_who_are_signed_in_may_know_when_the_stations_work(support: Support) -> None:
    for who in (STAFF, REVIEWER, ADMIN, bearer(FOCAL_POINT), bearer(VIEWER), bearer(OTHER)):
        answer = await support.get("/calendars", who)
        assert answer.status_code == 200
    [cairo] = [one for one in answer.json()["items"] if one["station"] == "cairo"]
    assert (cairo["zone"], cairo["holidays"], cairo["working_day_minutes"]) == ("Africa/Cairo", "EG", 480)
    assert cairo["week"]["sun"] == [{"opens": "08:30", "closes": "16:30"}]
    assert cairo["week"]["fri"] == []


async def test_why_days_are_not_worked(support: Support) -> None:
    answer = await support.get("/calendars/geneva/days?from=2024-09-04&until=2024-09-07")
    assert [(one["date"], one["working"], one["why"], one["name"]) for one in answer.json()["items"]] == [
        ("2024-09-04", True, None, None),
        ("2024-09-05", False, "holiday", "Genevan Fast"),
        ("2024-09-06", True, None, None),
        ("2024-09-07", False, "not_a_weekday", None),
    ]
    assert [span["opens"] for span in answer.json()["items"][0]["hours"]] == ["08:30", "13:30"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("geneva/days?from=2024-09-04&until=2024-09-03", 422),
        ("geneva/days?from=2024-09-04&until=2025-09-05", 422),
        ("geneva/days?from=2024-09-04", 422),
        ("geneva/days?from=1850-01-01&until=1850-01-02", 422),
        ("geneva/days?from=9999-12-31&until=9999-12-31", 422),
        ("geneva/days?from=2024-02-30&until=2024-03-01", 422),
        ("atlantis/days?from=2024-09-04&until=2024-09-05", 404),
    ],
)
async def test_days_that_cannot_be_shown(support: Support, path: str, status: int) -> None:
    answer = await support.get(f"/calendars/{path}")
    assert answer.status_code == status
    assert status == 422 or "geneva" in answer.json()["detail"]


async def test_nobody_else_may(support: Support) -> None:
    answer = await support.service.client.get("/calendars")
    assert answer.status_code == 401


async def test_a_request_of_another_station(support: Support) -> None:
    support.people.roles[OTHER] = {"EGY": "focal_point"}
    pledge = uuid7()
    await support.hears(pledge, entity="EGY")
    at(support, "2024-09-05T12:00")  # a Thursday afternoon, at three in Cairo: Friday and Saturday are free
    opened = await support.opened(pledge, bearer(OTHER), entity_id="EGY")
    found = opened["clocks"][0]
    assert (found["station"], found["due_at"][:16]) == ("cairo", "2024-09-09T12:00")
