"""Today's public record of every pledge, written afresh."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.registry import lifecycle, records
from services.pledges.registry.models import Pledge, PublicPledge
from shared.events.common import Change
from shared.events.pledges import PledgeEvent, PledgeSnapshot
from shared.events.registry import PLEDGES
from shared.messaging.republish import Republisher, Snapshot
from shared.messaging.subscriptions import Moment


async def snapshots(session: AsyncSession, after: str | None, limit: int, moment: Moment) -> Sequence[Snapshot]:
    """The next ones by id. The lock on the working copy is the one that every writer of a pledge takes."""
    query = (
        select(col(PublicPledge.snapshot))
        .join(Pledge, col(Pledge.pledge_id) == col(PublicPledge.pledge_id))
        .order_by(col(PublicPledge.pledge_id))
        .limit(limit)
        .with_for_update()
    )
    if after is not None:
        query = query.where(col(PublicPledge.pledge_id) > UUID(after))
    found = [PledgeSnapshot.model_validate_json(text) for text in await session.scalars(query)]
    return [await _renew(session, snapshot, moment) for snapshot in found]


async def _renew(session: AsyncSession, last: PledgeSnapshot, moment: Moment) -> Snapshot:
    snapshot = lifecycle.renewed(last)
    await records.change_public(session, snapshot)
    step = Change(action="republished", at=moment.business, by="system")
    return Snapshot(str(snapshot.pledge_id), "pledge.republished.v1", PledgeEvent(pledge=snapshot, change=step))


PUBLIC_PLEDGES = Republisher(PLEDGES, snapshots)
