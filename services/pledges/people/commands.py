"""Registering people and keeping their contacts. Contacts have no history: what was erased must be gone."""

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.people.models import Person
from services.pledges.people.schemas import Contact, NewPerson, PersonFields
from shared.errors import Conflict, NotFound
from shared.web import etag

_ADD = insert(Person).on_conflict_do_nothing().returning(col(Person.person_id))


async def register(session: AsyncSession, new: NewPerson) -> None:
    """At revision 1. Raises Conflict when the person is registered already."""
    if (await session.execute(_ADD, {**new.model_dump(), "revision": 1})).first() is None:
        raise Conflict("This person is registered already; change the contact with PUT /people/{person_id}.")


async def register_unless_known(session: AsyncSession, new: NewPerson) -> None:
    """Whoever has a contact keeps it as it is."""
    await session.execute(_ADD, {**new.model_dump(), "revision": 1})


async def change(session: AsyncSession, person_id: str, seen: int, fields: PersonFields) -> int:
    """The new revision. Raises NotFound, and Stale unless `seen` is the present revision."""
    present = await _lock(session, person_id)
    if present is None:
        raise NotFound("Nobody is registered under this id; register the person with POST /people.")
    return await _save(session, person_id, seen, present, fields)


async def change_own(session: AsyncSession, person_id: str, seen: int, contact: Contact) -> int:
    """The new revision of the caller's contact; the first is made by who saw revision 0. Raises Stale."""
    present = await _lock(session, person_id)
    if present is None:
        etag.require(seen, 0)
        await register(session, NewPerson(**contact.model_dump(), person_id=person_id))
        return 1
    return await _save(session, person_id, seen, present, contact)


async def _lock(session: AsyncSession, person_id: str) -> int | None:
    chosen = select(col(Person.revision)).where(col(Person.person_id) == person_id)
    return await session.scalar(chosen.with_for_update())


async def _save(session: AsyncSession, person_id: str, seen: int, present: int, contact: Contact) -> int:
    etag.require(seen, present)
    chosen = update(Person).where(col(Person.person_id) == person_id)
    await session.execute(chosen.values(**contact.model_dump(), revision=present + 1))
    return present + 1
