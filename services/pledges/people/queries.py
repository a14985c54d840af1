"""Reads of people."""

from sqlalchemy.ext.asyncio import AsyncSession

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
