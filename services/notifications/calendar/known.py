"""Milestones as they are heard of. One that is no more stays in calendars for good, as cancelled."""

from datetime import datetime

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notifications.calendar.models import CalendarEntry
from shared.events.reviews import MilestoneSnapshot

_NEWER = insert(CalendarEntry)
_PUT = _NEWER.on_conflict_do_update(
    index_elements=["code"],
    set_={name: value for name, value in _NEWER.excluded.items() if name != "code"},
    where=col(CalendarEntry.sequence) < _NEWER.excluded.sequence,
)
_CANCEL = text("""
update calendar_entry set cancelled = true, sequence = sequence + 1 where code = :code and not cancelled
""")


async def put(session: AsyncSession, milestone: MilestoneSnapshot, at: datetime) -> None:
    """`at`: when it was told."""
    row = {
        "code": milestone.code,
        "cycle": milestone.cycle,
        "names": milestone.names,
        "starts": str(milestone.starts),
        "ends": str(milestone.ends) if milestone.ends else None,
        "time_zone": milestone.time_zone,
        "tentative": milestone.tentative,
        "cancelled": milestone.cancelled,
        "sequence": milestone.sequence,
        "told_at": at,
    }
    await session.execute(_PUT, row)


async def cancel(session: AsyncSession, code: str) -> None:
    await session.execute(_CANCEL, {"code": code})


async def clear(session: AsyncSession) -> None:
    await session.execute(delete(CalendarEntry))
