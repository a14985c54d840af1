"""Reads of what people turned off, and of when they want the rest."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.preferences.categories import Category
from services.notifications.preferences.models import ErasedPerson
from services.notifications.preferences.timing import WEEKDAYS, Choices, Quiet

_OFF = text("""
select max(off_since) from mail_preference
where person_id = :person_id and category = any(cast(:categories as text[])) and off_since is not null
having count(*) = cardinality(cast(:categories as text[]))
""")

_ALL_OFF = text("""
select category from mail_preference where person_id = :person_id and off_since is not null order by category
""")

# one row, whatever there is of the two
_CHOICES = text("""
select off_since, rhythm, weekday, quiet_from, quiet_until
from (select cast(:person_id as text) as person_id) asked
left join mail_preference on mail_preference.person_id = asked.person_id and category = :category
left join mail_rhythm on mail_rhythm.person_id = asked.person_id
""")


async def off_since(session: AsyncSession, person_id: str, categories: Sequence[Category]) -> datetime | None:
    """Since when (system time) this person wants no mail of any of these kinds; None when they do of one."""
    found = await session.execute(_OFF, {"person_id": person_id, "categories": list(categories)})
    since: datetime | None = found.scalar_one_or_none()
    return since


async def off(session: AsyncSession, person_id: str) -> list[Category]:
    """All that this person turned off."""
    return list(await session.scalars(_ALL_OFF, {"person_id": person_id}))


async def choices(session: AsyncSession, person_id: str, category: Category | None = None) -> Choices:
    """When this person wants mail, and since when none of the category."""
    found = await session.execute(_CHOICES, {"person_id": person_id, "category": category})
    return chosen(found.mappings().one())


def chosen(row: RowMapping | Mapping[str, Any]) -> Choices:
    if row["rhythm"] is None:
        return Choices(row["off_since"])
    weekday = WEEKDAYS[row["weekday"] - 1] if row["weekday"] else None
    quiet = Quiet(row["quiet_from"], row["quiet_until"]) if row["quiet_from"] is not None else None
    return Choices(row["off_since"], row["rhythm"], weekday, quiet)


async def erased(session: AsyncSession, person_id: str) -> bool:
    return await session.get(ErasedPerson, person_id) is not None
