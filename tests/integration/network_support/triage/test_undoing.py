"""What many were given is taken back with one act, but for those that somebody has changed since."""

from typing import Any
from uuid import UUID

import httpx
from uuid_utils.compat import uuid7

from shared.events.examples import EXAMPLES
from tests.integration.network_support.support import STAFF
from tests.integration.network_support.triage.desk import AS_OMAR, NORA, OMAR, Desk

Cases = list[tuple[str, int]]


async def given(desk: Desk, requests: list[dict[str, Any]], seen: int = 1, officer: str = "me") -> Cases:
    picked = [{"case_id": one["request_id"], "revision": seen} for one in requests]
    done = await desk.support.post("/cases/assign", {"cases": picked, "officer": officer}, STAFF)
    return [(item["case_id"], item["revision"]) for item in done.json()["items"]]


async def undone(desk: Desk, cases: Cases, headers: dict[str, str] = STAFF) -> httpx.Response:
    picked = [{"case_id": case_id, "revision": revision} for case_id, revision in cases]
    return await desk.support.post("/cases/assign/undo", {"cases": picked}, headers)


def outcomes(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["outcome"] for item in answer.json()["items"]]


async def test_each_gets_back_whom_it_had(desk: Desk, pledge: UUID) -> None:
    await desk.officer(AS_OMAR)
    await desk.support.hears(pledge)
    free, hers = [await desk.support.opened(pledge) for _ in range(2)]
    await desk.does("assign", hers, AS_OMAR, officer="me")
    cases = [*await given(desk, [free]), *await given(desk, [hers], seen=2)]
    answer = await undone(desk, cases)
    assert outcomes(answer) == ["undone", "undone"]
    assert answer.json()["undone"] == 2
    assert [(await desk.case(one))["officer"] for one in (free, hers)] == [None, OMAR]
    assert await desk.acts(free) == ["assigned", "handed_back"]
    assert await desk.acts(hers) == ["assigned", "assigned", "assigned"]
    history = (await desk.get(f"/cases/{hers['request_id']}/history"))["items"]
    assert history[-1]["facts"] == {"undoes": 3}


async def test_what_somebody_changed_since_stays_and_is_said(desk: Desk, pledge: UUID) -> None:
    await desk.officer(AS_OMAR)
    await desk.support.hears(pledge)
    good, changed, over = [await desk.support.opened(pledge) for _ in range(3)]
    cases = await given(desk, [good, changed, over])
    await desk.does("prioritise", changed, AS_OMAR, priority="high", reason="so")
    await desk.support.post(f"/requests/{over['request_id']}/withdraw", seen=1)
    answer = await undone(desk, [*cases, cases[0], (str(uuid7()), 1)])
    assert outcomes(answer) == ["undone", "stale", "over", "twice", "not_found"]
    assert (await desk.case(changed))["officer"] == NORA
    assert outcomes(await undone(desk, cases)) == ["stale", "stale", "over"]  # once


async def test_nobody_undoes_what_a_colleague_gave(desk: Desk, pledge: UUID) -> None:
    await desk.officer(AS_OMAR)
    request = await desk.submitted(pledge)
    cases = await given(desk, [request])
    assert outcomes(await undone(desk, cases, AS_OMAR)) == ["not_yours"]
    await desk.does("prioritise", request, priority="high", reason="so")
    assert outcomes(await undone(desk, [(request["request_id"], 3)])) == ["not_yours"]


async def test_a_work_item_that_was_taken_waits_again(desk: Desk) -> None:
    await desk.officer()
    await desk.hears("membership.lead_left.v1", EXAMPLES["membership.lead_left.v1"])
    [item] = await desk.ids("/queues/work_items")
    cases = await given(desk, [{"request_id": item}], seen=(await desk.case(item))["revision"])
    assert (await desk.case(item))["stage"] == "in_hand"
    assert outcomes(await undone(desk, cases)) == ["undone"]
    assert ((case := await desk.case(item))["stage"], case["officer"]) == ("waiting", None)
