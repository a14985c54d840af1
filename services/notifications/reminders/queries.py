"""Reads of the reminder plan."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notifications.reminders.models import Reminder


async def page(
    session: AsyncSession, *, milestone: str | None, state: str | None, after: tuple[date, int] | None, limit: int
) -> Sequence[Reminder]:
    """By day and id; `after` are those of the last row of the page before. One more than `limit`, if there is."""
    query = select(Reminder).order_by(col(Reminder.due_on), col(Reminder.id)).limit(limit + 1)
    if milestone:
        query = query.where(col(Reminder.milestone) == milestone)
    if state:
        query = query.where(col(Reminder.state) == state)
    if after:
        query = query.where(tuple_(col(Reminder.due_on), col(Reminder.id)) > after)
    return (await session.scalars(query)).all()
