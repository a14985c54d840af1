"""Unmet demand: what is counted, and that small numbers tell nothing that is not public."""

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from services.network_support.offers import unmet
from services.network_support.offers.unmet import KEPT, Counted, UnmetDemand
from tests.integration.network_support.offering import accepted, hears_of_entity, matched, offered
from tests.integration.network_support.support import STAFF, Support


async def counted(support: Support) -> UnmetDemand:
    async with support.service.database.transaction() as session:
        return await unmet.count(session, support.service.clock)


async def figures(support: Support) -> dict[str, Any]:
    """All of it but the moment."""
    return (await counted(support)).model_dump(exclude={"as_of"})


def pairs(found: UnmetDemand) -> dict[tuple[str, str], tuple[int, int]]:
    return {(cell.objective, cell.region): (cell.unmet, cell.requests) for cell in found.cells}


async def test_anybody_reads_what_still_waits_by_objective_and_region(support: Support) -> None:
    await hears_of_entity(support, "veridia", "region_africa", "region_western_africa", "ldc")
    await accepted(support, objectives=["objective-4", "objective-9"])
    await accepted(support, objectives=["objective-4"])
    await matched(support, await offered(support))
    answer = await support.service.client.get("/unmet-demand")
    assert answer.status_code == 200
    found = UnmetDemand.model_validate_json(answer.content)
    assert (found.all.unmet, found.all.requests) == (2, 3)
    assert pairs(found) == {("objective-4", "region_africa"): (2, 3), ("objective-9", "region_africa"): (1, 1)}
    assert [(one.code, one.unmet, one.requests) for one in found.regions if one.requests] == [("region_africa", 2, 3)]
    assert len(found.objectives) == 23
    assert len(found.regions) == 5
    again = await support.service.client.get("/unmet-demand", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


async def test_an_entity_is_in_the_region_of_its_country_or_in_none(support: Support) -> None:
    await hears_of_entity(support, "veridia", "ldc", country="MLI")
    await accepted(support, objectives=[], main_objectives=[])
    assert pairs(await counted(support)) == {("none", "region_africa"): (1, 1)}
    await support.service.rows("update known_entity set country = null returning true")
    assert pairs(await counted(support)) == {("none", "none"): (1, 1)}
    await support.clears()
    assert (await counted(support)).all.requests == 1


async def test_a_draft_one_that_waits_and_a_refused_one_change_nothing(support: Support) -> None:
    await accepted(support)
    before = await figures(support)
    await support.opened(uuid7())  # its pledge is not known
    others = uuid7()
    await support.opened(others)
    await support.hears(others, entity="sorvenia")  # which refuses it
    draft = {"entity_id": "veridia", "pledge_id": str(uuid7()), "type": "fund_proposal", "text": "", "language": "en"}
    assert (await support.post("/requests/drafts", draft)).status_code == 201
    assert await figures(support) == before


@pytest.mark.parametrize("name", ["decline", "redirect", "ask"])
async def test_what_staff_decide_behind_the_public_state_changes_nothing(support: Support, name: str) -> None:
    pledge = uuid7()
    await support.hears(pledge)
    request = await support.opened(pledge)
    before = await figures(support)
    for step, body in (("acknowledge", None), ("triage", None), (name, {"reason": "It is too early."})):
        path = f"/requests/{request['request_id']}/{step}"
        answer = await support.post(path, body, STAFF, seen=request["revision"])
        assert answer.status_code == 200, answer.text
        request = answer.json()
        assert await figures(support) == before


async def test_a_withdrawn_request_is_no_demand(support: Support) -> None:
    request = await accepted(support)
    await support.post(f"/requests/{request['request_id']}/withdraw", seen=request["revision"])
    assert (await counted(support)).all.requests == 0


async def test_the_figures_are_those_of_the_public_stream(support: Support) -> None:
    """Whoever reads gcm.support alone counts the same: nothing else is in them."""
    await matched(support, await offered(support))
    request = await accepted(support)
    await support.post(f"/requests/{request['request_id']}/withdraw", seen=request["revision"])
    await accepted(support)
    await support.opened(uuid7())
    last: dict[str, str] = {}
    for row in await support.service.outbox("gcm.support"):
        last[row.key] = row.data["support"]["status"]
    public = [status for status in last.values() if status != "withdrawn"]
    found = await counted(support)
    assert (found.all.unmet, found.all.requests) == (public.count("requested"), len(public))


async def test_it_is_counted_once_for_all_who_ask_within_a_minute(support: Support) -> None:
    now = 1000.0
    answers = Counted(lambda: now)
    database, clock = support.service.database, support.service.clock
    first = await answers.json(database, clock)
    await accepted(support)
    assert await answers.json(database, clock) == first
    now += KEPT
    assert await answers.json(database, clock) != first
