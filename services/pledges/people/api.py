"""Routes of people: oneself, the administrators' register, and contacts for our own services."""

from enum import Enum
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.pledges.entities import authority
from services.pledges.people import commands, contacts, erasure, queries
from services.pledges.people.schemas import (
    Contact,
    ErasureOut,
    Found,
    HeldMembership,
    Me,
    Memberships,
    Names,
    NewPerson,
    PersonFields,
    PersonOut,
    Registered,
    Resolve,
    Resolved,
    Search,
    Spoken,
    Standing,
    Told,
    Unreachable,
    Whom,
    WhomToTell,
    WhoReported,
    Whose,
    WhoWrote,
)
from services.pledges.progress.api import Sealing
from shared.web.app import Using
from shared.web.auth import ADMINS, SERVICES, SIGNED_IN, STAFF, Actor
from shared.web.etag import SeenRevision, etag
from shared.web.writing import Answer, Once, Writing

router = APIRouter()

Admin = Annotated[Actor, Depends(ADMINS)]
SignedIn = Annotated[Actor, Depends(SIGNED_IN)]
# ids are those of an identity provider: some have a slash in them, which `:path` takes
PersonKey = Annotated[str, Path(min_length=1, max_length=255)]
ADMINISTRATORS = [Depends(ADMINS)]
SERVICE = [Depends(SERVICES)]
ME: list[str | Enum] = ["me"]
PEOPLE: list[str | Enum] = ["people"]
CONTACTS: list[str | Enum] = ["contacts (our own services)"]


async def _held(session: AsyncSession, actor: Actor, parts: Using) -> list[HeldMembership]:
    found = await authority.memberships(session, actor.person, parts.clock.business())
    return [HeldMembership.model_validate(held, from_attributes=True) for held in found]


@router.get("/me", tags=ME, response_model=Me, summary="Who am I, for whom may I act, how can I be reached")
async def me(actor: SignedIn, parts: Using) -> Response:
    """Its ETag is that of your contact, "0" while there is none: send it with PUT /me/contact."""
    async with parts.database.transaction() as session:
        held = await _held(session, actor, parts)
        found = await queries.find(session, actor.person)
    contact = Contact(**found.model_dump(include=set(Contact.model_fields))) if found else None
    answer = Me(person_id=actor.person, roles=sorted(actor.roles), memberships=held, contact=contact)
    return Answer(200, answer.model_dump_json(), {"ETag": etag(found.revision if found else 0)}).response()


@router.get("/me/memberships", tags=ME, summary="For whom may I act now")
async def my_memberships(actor: SignedIn, parts: Using) -> Memberships:
    """Only memberships that are valid at this moment of business time."""
    async with parts.database.transaction() as session:
        return Memberships(person_id=actor.person, memberships=await _held(session, actor, parts))


@router.put("/me/contact", tags=ME, response_model=Contact, summary="Say how I can be reached")
async def change_own(contact: Contact, actor: SignedIn, seen: SeenRevision, writing: Writing) -> Response:
    """Only your own mails go there; no other person and no public page sees it."""

    async def write(session: AsyncSession) -> Answer:
        revision = await commands.change_own(session, actor.person, seen, contact)
        return Answer(200, contact.model_dump_json(), {"ETag": etag(revision)})

    return await writing.run(write)


@router.post("/people", tags=PEOPLE, status_code=201, response_model=Registered, summary="Register a person")
async def register(new: NewPerson, actor: Admin, once: Once) -> Response:
    """For administrators. A person without a registered contact gets no mail."""

    async def write(session: AsyncSession) -> Answer:
        await commands.register(session, new)
        return Answer(201, Registered(person_id=new.person_id).model_dump_json(), {"ETag": etag(1)})

    return await once(actor, write)


@router.post("/people/names", tags=PEOPLE, dependencies=[Depends(STAFF)], summary="What people are called")
async def names(whose: Whose, parts: Using) -> Names:
    """For staff, whose desks name people by id. Changes nothing; the names are to be shown, not kept."""
    async with parts.database.transaction() as session:
        return Names(names=await queries.names(session, whose.person_ids))


# before the shorter address, which would take it for another id
@router.get(
    "/people/{person_id:path}/erasure",
    tags=PEOPLE,
    dependencies=ADMINISTRATORS,
    summary="How far an erasure has come",
)
async def erasure_status(person_id: PersonKey, parts: Using) -> ErasureOut:
    """For administrators: which services have erased what they had of the person."""
    async with parts.database.transaction() as session:
        return await erasure.status(session, person_id)


@router.get(
    "/people/{person_id:path}",
    tags=PEOPLE,
    dependencies=ADMINISTRATORS,
    response_model=PersonOut,
    summary="Read a person's contact",
)
async def read(person_id: PersonKey, parts: Using) -> Response:
    """For administrators. Its ETag goes into If-Match."""
    async with parts.database.transaction() as session:
        found = await queries.person(session, person_id)
    return Answer(200, found.model_dump_json(), {"ETag": etag(found.revision)}).response()


@router.put(
    "/people/{person_id:path}",
    tags=PEOPLE,
    dependencies=ADMINISTRATORS,
    response_model=Registered,
    summary="Change a person's contact",
)
async def change(person_id: PersonKey, fields: PersonFields, seen: SeenRevision, writing: Writing) -> Response:
    """For administrators. Send all fields: what is left out gets its default."""

    async def write(session: AsyncSession) -> Answer:
        revision = await commands.change(session, person_id, seen, fields)
        return Answer(200, Registered(person_id=person_id).model_dump_json(), {"ETag": etag(revision)})

    return await writing.run(write)


@router.delete(
    "/people/{person_id:path}", tags=PEOPLE, status_code=202, response_model=ErasureOut, summary="Erase a person"
)
async def erase(person_id: PersonKey, actor: Admin, writing: Writing, parts: Using) -> Response:
    """For administrators. Contact, memberships, invitations and stored answers go, here and in the other services.

    Also of somebody whom only those know. Histories stand, with an id that leads to nobody. The account at the identity
    provider is removed there.
    """
    by: erasure.By = "person" if person_id == actor.person else "administrator"
    return await _erase(person_id, by, writing, parts)


@router.delete("/me", tags=ME, status_code=202, response_model=ErasureOut, summary="Erase me")
async def erase_own(actor: SignedIn, writing: Writing, parts: Using) -> Response:
    """All that is kept of you, and your memberships with it; what you did for an entity stays the entity's."""
    return await _erase(actor.person, "person", writing, parts)


async def _erase(person_id: str, by: erasure.By, writing: Writing, parts: Using) -> Response:
    async def write(session: AsyncSession) -> Answer:
        found = await erasure.erase(session, person_id, by, parts.clock.moment())
        return Answer(202, found.model_dump_json(), {"Location": f"/people/{quote(person_id, safe='')}/erasure"})

    return await writing.run(write)


@router.post("/contacts/search", tags=CONTACTS, dependencies=SERVICE, summary="Who is to be written to")
async def search(wanted: Search, parts: Using) -> Found:
    """Ids and time zones of people with a contact, by entity, and of the staff on duty. Changes nothing."""
    async with parts.database.transaction() as session:
        return await contacts.search(session, wanted, parts.clock.business())


@router.post(
    "/contacts/resolve",
    tags=CONTACTS,
    dependencies=SERVICE,
    response_model=Resolved | Unreachable,
    summary="Where to write to one person, now",
)
async def resolve(wanted: Resolve, sealing: Sealing, parts: Using) -> Response:
    """Asked at the moment of sending: a membership that has ended makes the person unreachable. Changes nothing.

    The action links are for this one mail, and kept nowhere.
    """
    async with parts.database.transaction() as session:
        found = await contacts.resolve(session, wanted, sealing, parts.clock.moment())
    return _kept_nowhere(found)


@router.post(
    "/contacts/author",
    tags=CONTACTS,
    dependencies=SERVICE,
    response_model=Resolved | Unreachable,
    summary="Where to write to who made a report, now",
)
async def author(wanted: WhoReported, parts: Using) -> Response:
    """Asked at the moment of sending. Changes nothing."""
    async with parts.database.transaction() as session:
        found = await contacts.author(session, wanted, parts.clock.business())
    return _kept_nowhere(found)


@router.post(
    "/contacts/handover",
    tags=CONTACTS,
    dependencies=SERVICE,
    response_model=Told | Unreachable,
    summary="Where to write to one of the two of a handover, now",
)
async def told(wanted: WhomToTell, parts: Using) -> Response:
    """Asked at the moment of sending. Changes nothing."""
    async with parts.database.transaction() as session:
        found = await contacts.told(session, wanted)
    return _kept_nowhere(found)


@router.post(
    "/contacts/spoken",
    tags=CONTACTS,
    dependencies=SERVICE,
    response_model=Spoken | Unreachable,
    summary="In which language and on which clock a person is written to",
)
async def spoken(whom: Whom, parts: Using) -> Response:
    """For the page on which they choose their mails. Tells no address and no name. Changes nothing."""
    async with parts.database.transaction() as session:
        return _kept_nowhere(await contacts.spoken(session, whom.person_id))


@router.post(
    "/contacts/standing", tags=CONTACTS, dependencies=SERVICE, summary="May who wrote still write for an entity"
)
async def standing(wanted: WhoWrote, parts: Using) -> Standing:
    """Asked when a mail has arrived. Tells no address. Changes nothing."""
    async with parts.database.transaction() as session:
        return await contacts.standing(session, wanted, parts.clock.business())


def _kept_nowhere(found: Resolved | Told | Spoken | Unreachable) -> Response:
    return Response(found.model_dump_json(), media_type="application/json", headers={"Cache-Control": "no-store"})
