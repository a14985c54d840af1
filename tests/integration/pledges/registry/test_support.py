"""What the pledges service learns of requests for support: shown beside the pledge, and never a change of it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.pledges.registry import support
from shared.clock import Moment
from shared.events.common import Change
from shared.events.envelope import Event
from shared.events.support import SupportEvent, SupportSnapshot
from tests.integration.pledges.conftest import Desk, revision

AT = datetime(2024, 9, 2, 9, 0, tzinfo=UTC)
REQUEST = UUID("01922f00-0000-7000-8000-000000000002")


async def hear(desk: Desk, pledge_id: str, status: Any, sequence: int, request_id: UUID = REQUEST) -> None:
    snapshot = SupportSnapshot(request_id=request_id, sequence=sequence, pledge_id=UUID(pledge_id), status=status)
    change = Change(action=status, at=AT, by="entity")
    event = Event(
        uuid4(),
        f"support.{status}.v1",
        "network_support",
        str(request_id),
        AT,
        SupportEvent(support=snapshot, change=change),
    )
    async with desk.service.database.transaction() as session:
        await support.SUPPORT_OF_PLEDGES.handlers["support.requested.v1"](session, event, Moment(AT, AT))


async def shown(desk: Desk, pledge_id: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = (await desk.get(f"/pledges/{pledge_id}")).json()["support"]
    return found


async def test_support_shows_and_the_revision_stays(desk: Desk) -> None:
    pledge_id, other = await desk.published(), await desk.published()
    before = await desk.get(f"/pledges/{pledge_id}")
    await hear(desk, pledge_id, "requested", 1)
    after = await desk.get(f"/pledges/{pledge_id}")
    assert after.json()["support"] == [{"request_id": str(REQUEST), "status": "requested"}]
    assert revision(after) == revision(before)
    assert after.headers["etag"] != before.headers["etag"]  # what was read before is no longer true
    assert after.json() | {"support": []} == before.json()
    assert await shown(desk, other) == []


async def test_only_what_is_newer_changes_anything(desk: Desk) -> None:
    pledge_id = await desk.published()
    await hear(desk, pledge_id, "matched", 3)
    for status, sequence in (("requested", 1), ("delivered", 3)):
        await hear(desk, pledge_id, status, sequence)
        assert await shown(desk, pledge_id) == [{"request_id": str(REQUEST), "status": "matched"}]


async def test_the_public_does_not_see_what_was_withdrawn(desk: Desk) -> None:
    pledge_id = await desk.published()
    await hear(desk, pledge_id, "requested", 1)
    await hear(desk, pledge_id, "withdrawn", 2)
    assert await shown(desk, pledge_id) == []
    await hear(desk, pledge_id, "requested", 1)
    assert await shown(desk, pledge_id) == []


@pytest.mark.parametrize("all_of_them", [False, True])
async def test_a_tombstone_and_a_rebuild_forget(desk: Desk, all_of_them: bool) -> None:
    pledge_id, second = await desk.published(), uuid4()
    await hear(desk, pledge_id, "requested", 1)
    await hear(desk, pledge_id, "requested", 1, second)
    async with desk.service.database.transaction() as session:
        if all_of_them:
            await support.SUPPORT_OF_PLEDGES.clear(session)
        else:
            await support.SUPPORT_OF_PLEDGES.forget(session, str(REQUEST))
    assert [one["request_id"] for one in await shown(desk, pledge_id)] == ([] if all_of_them else [str(second)])
