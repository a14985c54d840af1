"""gcm.support written afresh."""

from uuid import UUID

from uuid_utils.compat import uuid7

from services.network_support.handlers import REPUBLISHERS
from shared.events.registry import SUPPORT
from shared.events.support import SupportEvent
from shared.messaging.republish import Snapshot
from tests.integration.network_support.support import OTHER, Support
from tests.support.tokens import bearer


async def _page(support: Support, after: str | None, limit: int = 2) -> list[Snapshot]:
    [republisher] = REPUBLISHERS
    assert republisher.topic == SUPPORT
    async with support.service.database.transaction() as session:
        return list(await republisher.snapshots(session, after, limit, support.moment))


async def test_every_public_request_comes_once_with_its_next_sequence(support: Support, pledge: UUID) -> None:
    await support.hears(pledge)
    made = [(await support.opened(pledge))["request_id"] for _ in range(3)]
    await support.post(f"/requests/{made[1]}/withdraw", seen=1)
    first = await _page(support, None)
    second = await _page(support, first[-1].key)
    assert await _page(support, second[-1].key) == []
    assert [snapshot.key for snapshot in first + second] == made
    assert {snapshot.type for snapshot in first + second} == {"support.republished.v1"}
    seen = [snapshot.data.support for snapshot in first + second if isinstance(snapshot.data, SupportEvent)]
    assert [(one.status, one.sequence) for one in seen] == [("requested", 2), ("withdrawn", 3), ("requested", 2)]


async def test_what_came_after_has_a_higher_sequence_and_no_revision_is_spent(support: Support, pledge: UUID) -> None:
    await support.hears(pledge)
    request = (await support.opened(pledge))["request_id"]
    await _page(support, None)
    assert (await support.post(f"/requests/{request}/withdraw", seen=1)).status_code == 200
    [withdrawn] = [row for row in await support.service.outbox(SUPPORT) if row.type == "support.withdrawn.v1"]
    assert withdrawn.data["support"]["sequence"] == 3


async def test_what_the_public_never_saw_stays_unseen(support: Support, pledge: UUID) -> None:
    await support.opened(uuid7())  # waits
    await support.opened(pledge, bearer(OTHER), entity_id="sorvenia")
    await support.hears(pledge)  # and so that one is refused
    taken_back = (await support.opened(uuid7()))["request_id"]
    await support.post(f"/requests/{taken_back}/withdraw", seen=1)
    assert await _page(support, None) == []
