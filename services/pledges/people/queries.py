"""Reads of people."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.people.models import Person
from services.pledges.people.schemas import PersonOut
from shared.errors import NotFound


async def find(session: AsyncSession, person_id: str) -> PersonOut | None:
    found = await session.get(Person, person_id)
    return PersonOut.model_validate(found.model_dump()) if found else None


async def person(session: AsyncSession, person_id: str) -> PersonOut:
    """Raises NotFound."""
    if found := await find(session, person_id):
        return found
    raise NotFound("Nobody is registered under this id; register the person with POST /people.")


async def names(session: AsyncSession, person_ids: Sequence[str]) -> dict[str, str]:
    """By id, of those who are registered."""
    chosen = select(col(Person.person_id), col(Person.name)).where(col(Person.person_id).in_(person_ids))
    return {row.person_id: row.name for row in await session.execute(chosen)}
