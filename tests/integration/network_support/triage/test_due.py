"""Queues show when a request is due: by the clock that is due first, wherever its life and the rules take it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.network_support.clocks import rules
from services.network_support.clocks.recomputing import Recomputing
from tests.integration.network_support.support import FOCAL_POINT, STAFF
from tests.integration.network_support.triage.desk import Desk
from tests.support.tokens import bearer


@pytest.fixture
async def request_(desk: Desk, pledge: UUID) -> dict[str, Any]:
    return await desk.submitted(pledge)


async def agrees(desk: Desk, request: dict[str, Any]) -> tuple[str | None, str | None]:
    """What the queue says of it, which is what its clocks say: which is due first, and when."""
    case = await desk.case(request)
    clocks = (await desk.support.read(request))["clocks"]
    ahead = [(clock["due_at"], clock["kind"]) for clock in clocks if clock["ended"] is None and clock["due_at"]]
    expected = min(ahead, default=(None, None))
    assert (case["due_at"], case["clock"]) == expected
    return case["due_at"], case["clock"]


async def step(desk: Desk, request: dict[str, Any], path: str, who: dict[str, str] = STAFF, **body: Any) -> None:
    seen = (await desk.support.read(request))["revision"]
    answer = await desk.support.post(f"/requests/{request['request_id']}/{path}", body or None, who, seen)
    assert answer.status_code == 200, answer.text


async def test_it_follows_the_life_of_the_request(desk: Desk, request_: dict[str, Any]) -> None:
    assert (await agrees(desk, request_))[1] == "acknowledge"
    await step(desk, request_, "acknowledge")
    assert (await agrees(desk, request_))[1] == "scoping"
    await step(desk, request_, "triage")
    before = await agrees(desk, request_)
    await step(desk, request_, "ask", reason="Which consulates?")
    assert await agrees(desk, request_) == (None, None)
    assert await desk.ids("/queues/waiting_for_requester") == [request_["request_id"]]
    desk.support.service.set_clock(datetime(2024, 9, 10, 9, 0, tzinfo=UTC))
    await step(desk, request_, "answer", bearer(FOCAL_POINT), reason="All of them")
    after = await agrees(desk, request_)
    assert after[1] == before[1]
    assert str(after[0]) > str(before[0])
    await step(desk, request_, "decline", reason="The ministry has it already")
    assert await agrees(desk, request_) == (None, None)


async def test_a_merge_cancels_its_clocks_and_an_undo_brings_them_back(
    desk: Desk, request_: dict[str, Any], pledge: UUID
) -> None:
    other = await desk.support.opened(pledge)
    before = await agrees(desk, request_)
    preview = await desk.get(f"/requests/{request_['request_id']}/merge?into={other['request_id']}")
    assert preview["clocks"] == ["acknowledge", "scoping", "offers", "matched"]
    await step(desk, request_, "merge", into=other["request_id"], reason="sent twice")
    assert await agrees(desk, request_) == (None, None)
    clocks = (await desk.support.read(request_))["clocks"]
    assert {clock["ended"] for clock in clocks} == {"cancelled"}
    await step(desk, request_, "unmerge", reason="they differ")
    due, clock = await agrees(desk, request_)
    assert (clock, due and before[0] and due[:14]) == (before[1], before[0] and before[0][:14])  # the clock ticks


async def test_it_is_overdue_soon_and_then_overdue(desk: Desk, request_: dict[str, Any]) -> None:
    due, _ = await agrees(desk, request_)
    assert due is not None
    at = datetime.fromisoformat(due)
    for moment, soon, over in ((-25, False, False), (-23, True, False), (1, True, True)):
        desk.support.service.set_clock(at + timedelta(hours=moment))
        assert bool(await desk.ids("/queues/overdue_soon")) is soon
        assert bool(await desk.ids("/cases?due=overdue")) is over


async def test_rules_that_changed_move_what_is_due(desk: Desk, request_: dict[str, Any], tmp_path: Path) -> None:
    before, _ = await agrees(desk, request_)
    policy = (rules.FOLDER / rules.POLICY).read_text()
    (tmp_path / rules.POLICY).write_text(policy.replace("acknowledge: 2", "acknowledge: 1"))
    service = desk.support.service
    worker = Recomputing(service.database, service.clock, rules.load(tmp_path))
    await worker.adopt()
    while await worker.once():
        pass
    case = await desk.case(request_)
    assert case["clock"] == "acknowledge"
    assert case["due_at"] < str(before)
