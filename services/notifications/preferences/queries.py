"""Reads of what people turned off."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.preferences.categories import Category

_OFF = text("select off_since from mail_preference where person_id = :person_id and category = :category")


async def off_since(session: AsyncSession, person_id: str, category: Category) -> datetime | None:
    """Since when (system time) this person wants no mail of the kind; None when they do."""
    found = await session.execute(_OFF, {"person_id": person_id, "category": category})
    since: datetime | None = found.scalar_one_or_none()
    return since
