"""Reads of the reminder plan."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notifications.reminders.models import Reminder
from services.notifications.reminders.schemas import ReminderPage, ReminderShown
from shared.web import pagination

_BY_DAY = pagination.Order({col(Reminder.due_on): date.fromisoformat, col(Reminder.id): pagination.number})


async def page(
    session: AsyncSession, *, milestone: str | None, state: str | None, limit: int, cursor: str | None
) -> ReminderPage:
    """By day. Raises Invalid for a cursor of another list."""
    query = select(Reminder)
    if milestone:
        query = query.where(col(Reminder.milestone) == milestone)
    if state:
        query = query.where(col(Reminder.state) == state)
    rows, more = await pagination.page(session, query, _BY_DAY, f"reminders {milestone} {state}", limit, cursor)
    return ReminderPage(items=[ReminderShown.model_validate(reminder) for (reminder,) in rows], next=more)
