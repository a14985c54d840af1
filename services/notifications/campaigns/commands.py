"""Writes of campaigns: reports that are heard, and the measures. The caller commits."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, delete, text
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notifications.campaigns.lifecycle import Offset
from services.notifications.campaigns.models import ReportHeard
from shared.events.pledges import PledgeSnapshot

LEASE = timedelta(minutes=10)  # after which another replica counts what one has left unfinished

_HEARD = insert(ReportHeard).on_conflict_do_nothing()
_CLAIM = text("""
insert into campaign (milestone, next_at) values (:milestone, :until)
on conflict (milestone) do update set next_at = excluded.next_at where campaign.next_at <= :at
returning milestone
""")
_KEEP = text("""
update campaign set starts = :starts, offsets = :offsets, measured_at = :at, business_at = :now, next_at = :next_at
where milestone = :milestone
""").bindparams(bindparam("offsets", type_=JSONB))


async def hear(session: AsyncSession, pledge: PledgeSnapshot) -> None:
    """The newest report that a snapshot knows of; the same one again says nothing new."""
    if at := pledge.progress.last_reported_at:
        await session.execute(_HEARD, {"pledge_id": pledge.pledge_id, "reported_at": at})


async def forget_reports(session: AsyncSession, key: str) -> None:
    await session.execute(delete(ReportHeard).where(col(ReportHeard.pledge_id) == UUID(key)))


async def keep_reports(_: AsyncSession) -> None:
    """A rebuild clears nothing: of older reports the topic keeps no record, and what is read again is known."""


async def claim(session: AsyncSession, milestone: str, at: datetime) -> bool:
    """Whether it is ours to count: its time has come, and nobody else is at it. `at` is system time."""
    values = {"milestone": milestone, "until": at + LEASE, "at": at}
    return (await session.execute(_CLAIM, values)).first() is not None


async def keep(
    session: AsyncSession,
    milestone: str,
    starts: str,
    offsets: Sequence[Offset],
    *,
    now: datetime,
    at: datetime,
    next_at: datetime,
) -> None:
    """In place of what was counted before. Without offsets, as its day was never certain, it is no campaign yet."""
    counted = {"offsets": [one.keep() for one in offsets], "starts": starts, "at": at if offsets else None}
    await session.execute(_KEEP, counted | {"milestone": milestone, "now": now, "next_at": next_at})
