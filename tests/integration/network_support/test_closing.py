"""The end of a request: closed by staff or by policy, reopened while the policy lets it, and what others learn."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.network_support.requests.policy import policy
from services.network_support.requests.tidying import Tidying, close_quiet
from tests.integration.network_support.support import OTHER, REVIEWER, STAFF, VIEWER, Support
from tests.integration.network_support.test_life import AMINA, WAY, delivered, go, history, walk
from tests.support.tokens import bearer

START = datetime(2024, 9, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
async def submitted(support: Support, pledge: UUID) -> dict[str, Any]:
    await support.hears(pledge)
    return await support.opened(pledge)


async def after(support: Support, days: int) -> int:
    """How many were closed by the policy so many days after the start."""
    support.service.set_clock(START + timedelta(days=days, minutes=1))  # the clock ticks meanwhile
    async with support.service.database.transaction() as session:
        return await close_quiet(session, policy(), support.moment)


async def state(support: Support, request: dict[str, Any]) -> str:
    return str((await support.read(request))["state"])


async def test_what_nobody_confirms_is_closed_by_the_policy(support: Support, submitted: dict[str, Any]) -> None:
    await delivered(support, submitted)
    assert (await after(support, 29), await state(support, submitted)) == (0, "delivered")
    assert (await after(support, 30), await state(support, submitted)) == (1, "closed")
    [*_, line] = await history(support, submitted)
    assert (line["step"], line["by"], line["facts"]) == ("closed", "system", {"quiet_in": "delivered"})
    assert [event.type for event in await support.service.outbox()][-1] == "request.closed.v1"
    assert await after(support, 300) == 0


@pytest.mark.parametrize(
    ("way", "days"),
    [
        (WAY[:3], 60),
        ((*WAY[:2], ("decline", STAFF, "Not ours", "declined")), 30),
        ((*WAY[:2], ("redirect", STAFF, "Ask IOM", "redirected")), 30),
    ],
)
async def test_so_is_what_nobody_answers_and_what_was_said_no_to(
    support: Support, submitted: dict[str, Any], way: Any, days: int
) -> None:
    await walk(support, submitted, way)
    assert (await after(support, days - 1), await after(support, days)) == (0, 1)


async def test_what_is_worked_on_is_never_closed(support: Support, submitted: dict[str, Any]) -> None:
    await walk(support, submitted, WAY)
    assert await after(support, 3000) == 0


async def test_two_processes_close_each_once_and_wake_the_relay(support: Support, submitted: dict[str, Any]) -> None:
    await delivered(support, submitted)
    support.service.set_clock(START + timedelta(days=40))
    nudges: list[None] = []
    tidying = Tidying(support.service.database, support.service.clock, policy(), lambda: nudges.append(None))
    assert (await tidying.once(), await tidying.once(), len(nudges)) == (False, False, 1)
    assert await state(support, submitted) == "closed"


@pytest.mark.parametrize(("who", "by"), [(AMINA, "entity"), (STAFF, "network_staff")])
async def test_either_side_reopens_within_the_policy(
    support: Support, submitted: dict[str, Any], who: dict[str, str], by: str
) -> None:
    await delivered(support, submitted)
    await go(support, submitted, "close", STAFF, {})
    support.service.set_clock(START + timedelta(days=90))
    answer = await go(support, submitted, "reopen", who, {"reason": "One workshop is missing"})
    assert (answer.status_code, answer.json()["state"]) == (200, "triage"), answer.text
    [*_, line] = await history(support, submitted)
    assert (line["by"], line["reason"]) == (by, "One workshop is missing")
    [*_, public] = await support.service.outbox("gcm.support")
    assert (public.data["support"]["status"], public.data["change"]["action"]) == ("requested", "reopened")


async def test_and_no_longer(support: Support, submitted: dict[str, Any]) -> None:
    await delivered(support, submitted)
    await go(support, submitted, "close", STAFF, {})
    support.service.set_clock(START + timedelta(days=90, minutes=1))
    answer = await go(support, submitted, "reopen", AMINA, {"reason": "Late"})
    assert (answer.status_code, "until 2024-12-01" in answer.json()["detail"]) == (409, True)
    assert await state(support, submitted) == "closed"


@pytest.mark.parametrize(
    ("who", "status"), [(bearer(VIEWER), 403), (bearer(OTHER), 404), (REVIEWER, 404), (bearer("x", "service"), 404)]
)
async def test_nobody_else_reopens(
    support: Support, submitted: dict[str, Any], who: dict[str, str], status: int
) -> None:
    await delivered(support, submitted)
    await go(support, submitted, "close", STAFF, {})
    assert (await go(support, submitted, "reopen", who, {"reason": "x"})).status_code == status


async def test_what_others_could_learn_is_a_draft_that_nobody_is_sent(
    support: Support, submitted: dict[str, Any]
) -> None:
    path = f"/requests/{submitted['request_id']}/practice-draft"
    assert (await support.get(path)).status_code == 409
    await delivered(support, submitted)
    await go(support, submitted, "confirm", AMINA, {"rating": 4, "lessons": "Begin with one consulate."})
    before = await support.events()
    await go(support, submitted, "close", STAFF, {"lessons": "Two workshops are enough."})
    for who in (AMINA, bearer(VIEWER), STAFF, REVIEWER):
        answer = await support.get(path, who)
        assert answer.status_code == 200
    made = answer.json()
    assert (made["needed"], made["done"]) == (submitted["text"], "Two workshops")
    assert [(one["by"], one["text"]) for one in made["lessons"]] == [
        ("entity", "Begin with one consulate."),
        ("network_staff", "Two workshops are enough."),
    ]
    assert made["objectives"]
    assert "rating" not in made
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert (await support.get(path, bearer(OTHER))).status_code == 404
    assert await support.events() == [*before, "request.closed.v1"]
