"""Who reports "we are stuck" finds a draft; only its people see it and send it."""

from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from services.network_support.handlers import draft_from_report
from shared.events.envelope import Event
from shared.events.pledges import Progress, Stuck
from tests.integration.network_support.support import FOCAL_POINT, OTHER, REVIEWER, STAFF, Support, pledge_event
from tests.support.tokens import bearer

AMINA = bearer(FOCAL_POINT)
REPORTED = "pledge.reported.v1"


async def reports(support: Support, pledge: UUID, number: int = 1, **changed: Any) -> None:
    """The effect hears of a report; `stuck`: what it says of that, None for nothing."""
    stuck = changed.pop("stuck", Stuck(number=number, summary="Nobody answers us.", barriers=["resources", "law"]))
    progress = Progress(status="stalled", reports=number, stuck=stuck)
    data = pledge_event(REPORTED, pledge, sequence=number, **{"progress": progress, **changed})
    event = Event(uuid7(), REPORTED, "pledges", str(pledge), support.moment.system, data)
    async with support.service.database.transaction() as session:
        await draft_from_report(session, event, support.moment)


async def drafts(support: Support, who: dict[str, str] = AMINA) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await support.get("/me/requests?state=draft", who)).json()["items"]
    return found


async def test_a_report_that_says_stuck_makes_one_draft(support: Support, pledge: UUID) -> None:
    await support.hears(pledge)
    await reports(support, pledge)
    await reports(support, pledge)
    [draft] = await drafts(support)
    assert (draft["entity_id"], draft["pledge_id"], draft["from_update"]) == ("veridia", str(pledge), 1)
    assert draft["text"] == "Nobody answers us.\n\nLimited resources; Law or regulation"
    [line] = (await support.get(f"/requests/{draft['request_id']}/history")).json()["items"]
    assert (line["step"], line["by"]) == ("drafted", "system")
    await reports(support, pledge, 2)
    assert [one["from_update"] for one in await drafts(support)] == [2, 1]


async def test_its_people_are_told_and_nobody_else_sees_it(support: Support, pledge: UUID) -> None:
    await reports(support, pledge)
    [event] = await support.service.outbox()
    assert (event.type, event.topic) == ("request.drafted.v1", "gcm.support.workflow")
    assert "Nobody answers" not in str(event.data)
    assert await drafts(support, bearer(OTHER)) == []
    for who in (STAFF, REVIEWER):
        assert (await support.get("/requests", who)).json()["items"] == []
        assert (await support.get(f"/requests/{event.key}", who)).status_code == 404


async def test_its_people_send_it(support: Support, pledge: UUID) -> None:
    await support.hears(pledge)
    await reports(support, pledge)
    [draft] = await drafts(support)
    assert (await support.post(f"/requests/{draft['request_id']}/send", headers=STAFF, seen=1)).status_code == 404
    sent = await support.post(f"/requests/{draft['request_id']}/send", seen=1)
    assert (sent.status_code, sent.json()["state"]) == (200, "submitted")
    await reports(support, pledge)  # again, as after a replay
    assert await drafts(support) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"stuck": None},
        {"stuck": Stuck(number=1, partner="sorvenia", summary="A partner is stuck")},
        {"stuck": Stuck(number=1, summary="Said before"), "number": 2},
        {"state": "closed"},
    ],
)
async def test_no_draft_without_a_cause_of_its_own(support: Support, pledge: UUID, changed: dict[str, Any]) -> None:
    await reports(support, pledge, **changed)
    assert await drafts(support) == []


async def test_a_report_without_words_makes_a_blank_draft(support: Support, pledge: UUID) -> None:
    await reports(support, pledge, stuck=Stuck(number=1), language="ar")
    [draft] = await drafts(support)
    assert (draft["text"], draft["language"]) == ("", "ar")
