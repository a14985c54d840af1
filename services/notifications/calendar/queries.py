"""The milestones that concern an entity: of the cycles in which it has published pledges. All of it is public."""

from collections.abc import Collection

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.calendar.entries import Entry, in_calendars

_COLUMNS = "entry.code, names, starts, ends, time_zone, tentative, cancelled, entry.sequence, told_at"
_OF_ENTITY = text(f"""
select {_COLUMNS} from calendar_entry entry
where cycle in (select review_cycle from known_pledge where entity_id = :entity_id and state = 'published')
order by starts, code
""")  # noqa: S608 - our own columns
_SOME = text(f"select {_COLUMNS} from calendar_entry entry where code = any(:codes) order by starts, code")  # noqa: S608


async def of_entity(session: AsyncSession, entity_id: str) -> list[Entry]:
    """Empty for an entity that has published nothing, and for one that there is not."""
    found = [Entry(*row) for row in await session.execute(_OF_ENTITY, {"entity_id": entity_id})]
    return [entry for entry in found if in_calendars(entry)]


async def some(session: AsyncSession, codes: Collection[str]) -> list[Entry]:
    """Those of these milestones that are known."""
    found = [Entry(*row) for row in await session.execute(_SOME, {"codes": list(codes)})]
    return [entry for entry in found if in_calendars(entry)]
