"""Handing over: a focal point's place goes to a successor, from a date on.

The work needs no moving, for it is the entity's. What was the former's alone ends with their membership, which is asked
at each use: action links that were not used, and invitations that nobody has accepted.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from uuid_utils.compat import uuid7

from services.pledges.entities import memberships
from services.pledges.entities.authority import FOCAL_POINT, Standing, standing, valid
from services.pledges.entities.commands import record
from services.pledges.entities.models import Handover, Membership
from services.pledges.entities.schemas import HandoverOut, MembershipOut, NewHandover, NewMembership
from services.pledges.people.models import Person
from shared.authors import staff_or_entity
from shared.clock import Moment
from shared.errors import Conflict, FieldProblem, Forbidden, Invalid
from shared.events.people import HandedOver
from shared.messaging import outbox
from shared.web.auth import Actor


async def hand_over(
    session: AsyncSession, actor: Actor, entity_id: str, wish: NewHandover, moment: Moment
) -> HandoverOut:
    """By the focal point, or by Network staff for one. Both are told by mail, which follows from the event.

    Raises NotFound, Forbidden, Conflict when it was handed over or the successor has the role already, and Invalid for
    a time outside of the membership that is left, or a successor whom nobody has registered.
    """
    revision = await memberships.lock(session, entity_id)
    who = await standing(session, actor, entity_id, moment.business)
    who.require_manager("viewer")
    former = await _former(session, actor, who, wish.membership_id, moment.business)
    await _refuse_twice(session, former)
    since = wish.since or moment.business
    _require_time(former, since, moment.business)
    await _require_successor(session, former, wish.successor)
    ended = former.model_copy(update={"until": since})
    await memberships.set_end(session, ended)
    author = staff_or_entity(actor)
    new = NewMembership(person_id=wish.successor, role="focal_point", since=since)
    given = await memberships.add(session, author, entity_id, revision, new, moment)
    made = HandoverOut(
        handover_id=uuid7(), entity_id=entity_id, since=since, former=ended, successor=given, by=author.by
    )
    await session.execute(insert(Handover), _row(made))
    await record(session, author, entity_id, revision, "handed_over", made.model_dump(mode="json"), moment)
    told = HandedOver(handover_id=made.handover_id, entity_id=entity_id)
    await outbox.add(session, "membership.handed_over.v1", entity_id, told, moment.system)
    return made


async def _former(
    session: AsyncSession, actor: Actor, who: Standing, membership_id: UUID | None, now: datetime
) -> MembershipOut:
    if membership_id is None:
        return await _own(session, actor, who, now)
    found = await memberships.membership(session, who.entity.entity_id, membership_id)
    if not who.is_staff and found.person_id != actor.person:
        raise Forbidden("You may hand over your own place only; for another's, write to the Network's staff.")
    if found.role != FOCAL_POINT:
        raise _wrong("membership_id", "is no focal point's", "name one of a focal point; end others and give new ones")
    if found.until and found.until <= now:
        raise Conflict(f"This membership ended at {found.until.isoformat()}; give the successor a new one.")
    return found


async def _own(session: AsyncSession, actor: Actor, who: Standing, now: datetime) -> MembershipOut:
    chosen = select(Membership).where(
        col(Membership.entity_id) == who.entity.entity_id,
        col(Membership.person_id) == actor.person,
        col(Membership.role) == FOCAL_POINT,
        valid(now),
    )
    found = await session.scalar(chosen)
    if found is None:
        remedy = "give the membership of the focal point who hands over"
        raise _wrong("membership_id", "is missing, and you are no focal point of this entity", remedy)
    return MembershipOut.model_validate(found.model_dump())


def _require_time(former: MembershipOut, since: datetime, now: datetime) -> None:
    if since < now:
        raise _wrong("since", "has passed", "give a later time, or none: from now on")
    if since < former.since or (former.until and since >= former.until):
        raise _wrong("since", "is outside of the membership that is handed over", "give a time within it")


async def _require_successor(session: AsyncSession, former: MembershipOut, successor: str) -> None:
    if successor == former.person_id:
        raise _wrong("successor", "is the one who hands over", "name somebody else")
    if await session.get(Person, successor) is None:
        remedy = "invite the person first, or have an administrator register them"
        raise _wrong("successor", "is nobody who is registered here", remedy)


async def _refuse_twice(session: AsyncSession, former: MembershipOut) -> None:
    chosen = select(col(Handover.handover_id)).where(
        col(Handover.former_membership) == former.membership_id, col(Handover.withdrawn_at).is_(None)
    )
    if await session.scalar(chosen):
        raise Conflict("This place is handed over already; until that happens it can be withdrawn.")


def _row(made: HandoverOut) -> dict[str, object]:
    return {
        "handover_id": made.handover_id,
        "entity_id": made.entity_id,
        "former": made.former.person_id,
        "former_membership": made.former.membership_id,
        "successor": made.successor.person_id,
        "since": made.since,
    }


def _wrong(field: str, problem: str, remedy: str) -> Invalid:
    return Invalid("This cannot be handed over so; nothing was saved.", [FieldProblem(field, problem, remedy)])
