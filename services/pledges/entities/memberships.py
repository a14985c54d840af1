"""Giving and ending memberships. An entity's row is locked meanwhile, so that none is given twice."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from uuid_utils.compat import uuid7

from services.pledges.entities import commands
from services.pledges.entities.authority import standing
from services.pledges.entities.models import Entity, Membership
from services.pledges.entities.schemas import MembershipOut, NewMembership
from shared.authors import Author, staff_or_entity
from shared.clock import Moment
from shared.errors import Conflict, FieldProblem, Forbidden, Invalid, NotFound
from shared.web.auth import Actor


async def give(
    session: AsyncSession, actor: Actor, entity_id: str, new: NewMembership, moment: Moment
) -> MembershipOut:
    """By the Network's staff, or by a focal point to delegates and viewers. Raises Forbidden, and what `add` raises."""
    revision = await lock(session, entity_id)
    who = await standing(session, actor, entity_id, moment.business)
    who.require_manager(new.role)
    if new.machine and not who.is_staff:
        raise Forbidden("Only the Network's staff may let a machine act for an entity; write to them.")
    return await add(session, staff_or_entity(actor), entity_id, revision, new, moment)


async def add(
    session: AsyncSession, author: Author, entity_id: str, revision: int, new: NewMembership, moment: Moment
) -> MembershipOut:
    """From now on, unless it says otherwise. `revision` is that of the entity, which is locked.

    Raises Invalid when it would end before now, Conflict when the person has the same role at some of the same time,
    or is a machine and acts for another entity then.
    """
    since = new.since or moment.business
    if new.until and new.until <= since:
        fault = FieldProblem("until", "has passed", "give a later time, or none")
        raise Invalid("The membership would end before it begins; nothing was saved.", [fault])
    given = MembershipOut(**new.model_dump(exclude={"since"}), since=since, membership_id=uuid7(), entity_id=entity_id)
    await refuse_twice(session, given)
    await _refuse_two_entities(session, given)
    await session.execute(insert(Membership), given.model_dump())
    details = given.model_dump(mode="json")
    await commands.record(session, author, entity_id, revision, "membership_given", details, moment)
    return given


async def end(
    session: AsyncSession, actor: Actor, entity_id: str, membership_id: UUID, moment: Moment
) -> MembershipOut:
    """Ends it now; one that has not begun never begins. By whoever may give it.

    Raises NotFound, Forbidden, and Conflict when it has ended already.
    """
    revision = await lock(session, entity_id)
    who = await standing(session, actor, entity_id, moment.business)
    if not who.is_staff:
        who.require_manager("viewer")  # to others, no membership must even seem to exist
    present = await membership(session, entity_id, membership_id)
    who.require_manager(present.role)
    if present.until and present.until <= moment.business:
        raise Conflict(f"It ended at {present.until.isoformat()} already.")
    ended = present.model_copy(update={"until": max(present.since, moment.business)})
    await set_end(session, ended)
    details = ended.model_dump(mode="json")
    await commands.record(session, staff_or_entity(actor), entity_id, revision, "membership_ended", details, moment)
    return ended


async def lock(session: AsyncSession, entity_id: str) -> int:
    """The entity's revision. Raises NotFound."""
    chosen = select(col(Entity.revision)).where(col(Entity.entity_id) == entity_id)
    # pledges refer to the entity: a weaker lock lets them be written meanwhile
    revision = await session.scalar(chosen.with_for_update(key_share=True))
    if revision is None:
        raise NotFound("There is no entity with this code; look it up: GET /entities?q=…")
    return revision


async def membership(session: AsyncSession, entity_id: str, membership_id: UUID) -> MembershipOut:
    """One of this entity. Raises NotFound."""
    found = await session.get(Membership, membership_id)
    if found is None or found.entity_id != entity_id:
        raise NotFound("This entity has no such membership; see GET /entities/{entity_id}/memberships.")
    return MembershipOut.model_validate(found.model_dump())


async def set_end(session: AsyncSession, ended: MembershipOut) -> None:
    chosen = update(Membership).where(col(Membership.membership_id) == ended.membership_id)
    await session.execute(chosen.values(until=ended.until))


def _at_the_same_time(given: MembershipOut) -> ColumnElement[bool]:
    ends_later = or_(col(Membership.until).is_(None), col(Membership.until) > given.since)
    same_person = col(Membership.person_id) == given.person_id
    begins_before = [col(Membership.since) < given.until] if given.until else []
    return and_(same_person, ends_later, *begins_before)


async def refuse_twice(session: AsyncSession, given: MembershipOut) -> None:
    """Raises Conflict when the person has the same role by another membership at some of the same time."""
    same = select(col(Membership.membership_id)).where(
        _at_the_same_time(given),
        col(Membership.entity_id) == given.entity_id,
        col(Membership.role) == given.role,
        col(Membership.membership_id) != given.membership_id,
    )
    if found := await session.scalar(same.limit(1)):
        raise Conflict(f"The person has this role at some of this time already: membership {found}.")


async def _refuse_two_entities(session: AsyncSession, given: MembershipOut) -> None:
    """Of a machine. One membership of a person at a time, for two entities know nothing of each other."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(given.person_id, 0))))
    elsewhere = select(col(Membership.membership_id)).where(
        _at_the_same_time(given),
        col(Membership.entity_id) != given.entity_id,
        or_(col(Membership.machine), literal(given.machine)),
    )
    if await session.scalar(elsewhere.limit(1)):
        raise Conflict(
            "A machine acts for one entity only, and this one acts for another at some of this time; "
            "give each entity's system a client of its own."
        )
