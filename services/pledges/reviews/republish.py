"""Milestones written afresh to their public topic."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.reviews import commands
from services.pledges.reviews.models import Milestone
from shared.clock import Moment
from shared.events.common import Change
from shared.events.registry import REVIEWS
from shared.events.reviews import MilestoneEvent
from shared.messaging.republish import Republisher, Snapshot


async def snapshots(session: AsyncSession, after: str | None, limit: int, moment: Moment) -> Sequence[Snapshot]:
    """The next milestones by code, locked, with their sequences raised."""
    chosen = select(Milestone).order_by(col(Milestone.code)).limit(limit).with_for_update()
    if after is not None:
        chosen = chosen.where(col(Milestone.code) > after)
    return [await _afresh(session, found, moment) for found in await session.scalars(chosen)]


async def _afresh(session: AsyncSession, found: Milestone, moment: Moment) -> Snapshot:
    found.sequence += 1
    await session.flush()
    change = Change(action="republished", at=moment.business, by="system")
    event = MilestoneEvent(milestone=await commands.snapshot(session, found), change=change)
    return Snapshot(found.code, "milestone.republished.v1", event)


PUBLIC_MILESTONES = Republisher(REVIEWS, snapshots)
