"""Giving and ending memberships. An entity's row is locked meanwhile, so that none is given twice."""

from uuid import UUID

from sqlalchemy import insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from uuid_utils.compat import uuid7

from services.pledges.entities import commands
from services.pledges.entities.models import Entity, Membership
from services.pledges.entities.schemas import MembershipOut, NewMembership
from shared.authors import Author
from shared.clock import Moment
from shared.errors import Conflict, FieldProblem, Invalid, NotFound


async def give(
    session: AsyncSession, author: Author, entity_id: str, new: NewMembership, moment: Moment
) -> MembershipOut:
    """From now on, unless it says otherwise.

    Raises NotFound for an unknown entity, Invalid when it would end before now, Conflict when the person has the
    same role at some of the same time.
    """
    revision = await _lock(session, entity_id)
    since = new.since or moment.business
    if new.until and new.until <= since:
        fault = FieldProblem("until", "has passed", "give a later time, or none")
        raise Invalid("The membership would end before it begins; nothing was saved.", [fault])
    given = MembershipOut(**new.model_dump(exclude={"since"}), since=since, membership_id=uuid7(), entity_id=entity_id)
    await _refuse_twice(session, given)
    await session.execute(insert(Membership), given.model_dump())
    details = given.model_dump(mode="json")
    await commands.record(session, author, entity_id, revision, "membership_given", details, moment)
    return given


async def end(
    session: AsyncSession, author: Author, entity_id: str, membership_id: UUID, moment: Moment
) -> MembershipOut:
    """Ends it now; one that has not begun never begins. Raises NotFound, and Conflict when it has ended already."""
    revision = await _lock(session, entity_id)
    present = await _membership(session, entity_id, membership_id)
    if present.until and present.until <= moment.business:
        raise Conflict(f"It ended at {present.until.isoformat()} already.")
    ended = present.model_copy(update={"until": max(present.since, moment.business)})
    chosen = update(Membership).where(col(Membership.membership_id) == membership_id)
    await session.execute(chosen.values(until=ended.until))
    details = ended.model_dump(mode="json")
    await commands.record(session, author, entity_id, revision, "membership_ended", details, moment)
    return ended


async def _lock(session: AsyncSession, entity_id: str) -> int:
    chosen = select(col(Entity.revision)).where(col(Entity.entity_id) == entity_id)
    # pledges refer to the entity: a weaker lock lets them be written meanwhile
    revision = await session.scalar(chosen.with_for_update(key_share=True))
    if revision is None:
        raise NotFound("There is no entity with this code; look it up: GET /entities?q=…")
    return revision


async def _refuse_twice(session: AsyncSession, given: MembershipOut) -> None:
    same = select(col(Membership.membership_id)).where(
        col(Membership.entity_id) == given.entity_id,
        col(Membership.person_id) == given.person_id,
        col(Membership.role) == given.role,
        or_(col(Membership.until).is_(None), col(Membership.until) > given.since),
    )
    if given.until:
        same = same.where(col(Membership.since) < given.until)
    if found := await session.scalar(same.limit(1)):
        raise Conflict(f"The person has this role at some of this time already: membership {found}.")


async def _membership(session: AsyncSession, entity_id: str, membership_id: UUID) -> MembershipOut:
    found = await session.get(Membership, membership_id)
    if found is None or found.entity_id != entity_id:
        raise NotFound("This entity has no such membership; see GET /entities/{entity_id}/memberships.")
    return MembershipOut.model_validate(found.model_dump())
