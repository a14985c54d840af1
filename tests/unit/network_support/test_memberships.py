"""The question for whom a caller may act: kept briefly, asked once, never guessed."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from services.network_support import memberships
from services.network_support.memberships import KEPT, Acting, Membership, Memberships
from shared.errors import Forbidden, NotFound, Unauthenticated, Unavailable
from shared.web.auth import Actor

NOW = datetime(2024, 9, 2, 9, 0, tzinfo=UTC)
AMINA = Actor("amina", token="amina's token")
JOHN = Actor("john", token="john's token")
FOCAL_POINT = {"entity_id": "veridia", "role": "focal_point", "until": None}


class Pledges:
    """The other service: answers what the test says, and counts."""

    def __init__(self) -> None:
        self.answer: Callable[[], httpx.Response] = lambda: _answer(FOCAL_POINT)
        self.asked: list[httpx.Request] = []
        self.arrived, self.wait = asyncio.Event(), asyncio.Event()
        self.wait.set()
        self.time = 1000.0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        self.arrived.set()
        await self.wait.wait()
        return self.answer()

    def memberships(self) -> Memberships:
        http = httpx.AsyncClient(transport=httpx.MockTransport(self))
        return Memberships("http://pledges.test/", http, now=lambda: self.time)


def _answer(*found: dict[str, Any]) -> httpx.Response:
    return httpx.Response(200, json={"person_id": "amina", "memberships": found, "added": "in a later version"})


@pytest.fixture
def pledges() -> Pledges:
    return Pledges()


async def test_the_callers_own_token_asks(pledges: Pledges) -> None:
    acting = await pledges.memberships().of(AMINA)
    assert acting.entities(NOW) == {"veridia"}
    [request] = pledges.asked
    assert (str(request.url), request.headers["authorization"]) == (
        "http://pledges.test/me/memberships",
        "Bearer amina's token",
    )


async def test_an_ended_membership_is_refused_within_a_minute(pledges: Pledges) -> None:
    known = pledges.memberships()
    assert KEPT < 60
    await known.of(AMINA)
    pledges.answer = _answer
    pledges.time += KEPT - 0.1
    assert (await known.of(AMINA)).entities(NOW) == {"veridia"}
    pledges.time += 0.1
    assert (await known.of(AMINA)).entities(NOW) == set()
    assert len(pledges.asked) == 2


async def test_the_time_that_the_question_took_counts(pledges: Pledges) -> None:
    known = pledges.memberships()
    pledges.wait.clear()
    asking = asyncio.create_task(known.of(AMINA))
    await pledges.arrived.wait()
    pledges.time += 2
    pledges.wait.set()
    await asking
    pledges.time += KEPT - 2
    await known.of(AMINA)
    assert len(pledges.asked) == 2


async def test_a_kept_answer_does_not_outlive_the_memberships_own_end(pledges: Pledges) -> None:
    pledges.answer = lambda: _answer({**FOCAL_POINT, "until": "2024-09-02T09:00:10Z"})
    acting = await pledges.memberships().of(AMINA)
    acting.require_write("veridia", NOW)
    with pytest.raises(Forbidden):
        acting.require_write("veridia", NOW + timedelta(seconds=10))


async def test_nobody_gets_the_answer_of_another(pledges: Pledges) -> None:
    known = pledges.memberships()
    await known.of(AMINA)
    pledges.answer = _answer
    assert (await known.of(JOHN)).entities(NOW) == set()


async def test_callers_at_the_same_time_ask_once(pledges: Pledges) -> None:
    known = pledges.memberships()
    pledges.wait.clear()
    asking = [asyncio.create_task(known.of(AMINA)) for _ in range(20)]
    await pledges.arrived.wait()
    pledges.wait.set()
    assert {acting.entities(NOW) for acting in await asyncio.gather(*asking)} == {frozenset({"veridia"})}
    assert len(pledges.asked) == 1


async def test_a_caller_that_hangs_up_does_not_take_the_answer_away(pledges: Pledges) -> None:
    known = pledges.memberships()
    pledges.wait.clear()
    first, second = asyncio.create_task(known.of(AMINA)), asyncio.create_task(known.of(AMINA))
    await pledges.arrived.wait()
    first.cancel()
    pledges.wait.set()
    assert (await second).entities(NOW) == {"veridia"}
    assert len(pledges.asked) == 1


def _unreachable() -> httpx.Response:
    raise httpx.ConnectError("refused")


@pytest.mark.parametrize(
    "answer",
    [
        _unreachable,
        lambda: httpx.Response(500),
        lambda: httpx.Response(404),
        lambda: httpx.Response(302, headers={"Location": "/"}),
        lambda: httpx.Response(200, text="<html>"),
        lambda: httpx.Response(200, json={"memberships": [{"entity_id": "veridia", "role": "emperor"}]}),
    ],
)
async def test_who_cannot_be_asked_leaves_the_caller_unknown(
    pledges: Pledges, answer: Callable[[], httpx.Response]
) -> None:
    known = pledges.memberships()
    pledges.answer = answer
    with pytest.raises(Unavailable, match="nothing was written"):
        await known.of(AMINA)
    pledges.answer = lambda: _answer(FOCAL_POINT)
    assert (await known.of(AMINA)).entities(NOW) == {"veridia"}  # a failure is not kept


async def test_an_answer_that_has_grown_old_does_not_serve_in_an_outage(pledges: Pledges) -> None:
    known = pledges.memberships()
    await known.of(AMINA)
    pledges.answer = _unreachable
    pledges.time += KEPT
    with pytest.raises(Unavailable):
        await known.of(AMINA)


async def test_an_outage_fails_all_who_wait_at_once(pledges: Pledges) -> None:
    known = pledges.memberships()
    pledges.answer = _unreachable
    failed = await asyncio.gather(*(known.of(AMINA) for _ in range(5)), return_exceptions=True)
    assert [type(error) for error in failed] == [Unavailable] * 5
    assert len(pledges.asked) == 1


async def test_a_service_that_hangs_is_given_up(pledges: Pledges, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memberships, "PATIENCE", 0.01)
    pledges.wait.clear()
    with pytest.raises(Unavailable):
        await pledges.memberships().of(AMINA)


async def test_a_refused_token_is_the_callers_problem(pledges: Pledges) -> None:
    pledges.answer = lambda: httpx.Response(401)
    with pytest.raises(Unauthenticated):
        await pledges.memberships().of(AMINA)


async def test_no_more_answers_are_kept_than_fit(pledges: Pledges, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memberships, "MOST_KEPT", 2)
    known = pledges.memberships()
    for name in ("one", "two", "three", "three", "two", "one"):
        await known.of(Actor(name, token=name))
    assert [request.headers["authorization"][7:] for request in pledges.asked] == ["one", "two", "three", "one"]


def test_viewers_read_and_do_not_write() -> None:
    acting = Acting((Membership(entity_id="veridia", role="viewer"), Membership(entity_id="sorvenia", role="delegate")))
    acting.require_read("veridia", NOW)
    acting.require_write("sorvenia", NOW)
    with pytest.raises(Forbidden, match="Only focal points and delegates of veridia may do this"):
        acting.require_write("veridia", NOW)


def test_to_others_a_request_does_not_exist() -> None:
    with pytest.raises(NotFound):
        Acting(()).require_read("veridia", NOW)
