"""Writes of what people turn off. The caller commits."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.preferences.categories import Category

_OFF = text("""
insert into mail_preference (person_id, category, off_since) values (:person_id, :category, :at)
on conflict (person_id, category) do update set off_since = coalesce(mail_preference.off_since, :at)
returning off_since
""")

_FORGET = text("delete from mail_preference where person_id = :person_id")


async def turn_off(session: AsyncSession, person_id: str, category: Category, at: datetime) -> datetime:
    """Since when it is off: the first time counts. `at` is system time."""
    off = await session.execute(_OFF, {"person_id": person_id, "category": category, "at": at})
    since: datetime = off.scalar_one()
    return since


async def forget(session: AsyncSession, person_id: str) -> None:
    """Of somebody who was erased."""
    await session.execute(_FORGET, {"person_id": person_id})
