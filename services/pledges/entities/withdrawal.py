"""Handovers that are planned: reading them, and withdrawing one until it has happened.

What was planned stands in the entity's history: by whom, and until when the former's place would have lasted.
"""

from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.entities import memberships
from services.pledges.entities.authority import standing
from services.pledges.entities.commands import record
from services.pledges.entities.models import EntityHistory, Handover
from services.pledges.entities.schemas import HandoverOut, Handovers, MembershipOut
from shared.authors import SYSTEM, Author, staff_or_entity
from shared.clock import Moment
from shared.errors import Conflict, Forbidden, NotFound
from shared.events.people import HandedOver
from shared.messaging import outbox
from shared.web.auth import Actor


async def planned(session: AsyncSession, actor: Actor, entity_id: str, now: datetime) -> Handovers:
    """Those that have not happened by `now` (business time), the next one first. Raises NotFound, Invalid."""
    (await standing(session, actor, entity_id, now)).require_read()
    ahead = (col(Handover.since) > now, col(Handover.withdrawn_at).is_(None))
    chosen = (
        select(Handover)
        .where(col(Handover.entity_id) == entity_id, *ahead)
        .order_by(col(Handover.since), col(Handover.handover_id))
    )
    found = (await session.scalars(chosen)).all()
    return Handovers(items=[await _shown(session, one, await _plan(session, one)) for one in found])


async def withdraw(
    session: AsyncSession, actor: Actor, entity_id: str, handover_id: UUID, moment: Moment
) -> HandoverOut:
    """By who planned it, or by Network staff. The former's place lasts as long as before, the successor's never begins.

    Both are told by mail, which follows from the event. Raises NotFound, Forbidden, and Conflict once it has happened,
    when it was withdrawn before, or when the former has got another place at some of that time.
    """
    revision = await memberships.lock(session, entity_id)
    who = await standing(session, actor, entity_id, moment.business)
    who.require_read()
    found = await session.get(Handover, handover_id)
    if found is None or found.entity_id != entity_id:
        raise NotFound("This entity has no such handover; see GET /entities/{entity_id}/handovers.")
    plan = await _plan(session, found)
    if not who.is_staff and plan.person_id != actor.person:
        raise Forbidden("Only who planned it and the Network's staff may withdraw it.")
    _require_ahead(found, moment.business)
    await _require_last(session, plan)
    done = await _undo(session, found, plan, revision, staff_or_entity(actor), moment)
    told = HandedOver(handover_id=handover_id, entity_id=entity_id)
    await outbox.add(session, "membership.handover_withdrawn.v1", entity_id, told, moment.system)
    return done


async def lapse(session: AsyncSession, person_id: str, moment: Moment) -> None:
    """What is planned to be handed over to somebody who is erased stays with the former, who finds it in the history.

    To be called before the memberships of the erased go.
    """
    planned_for = col(Handover.successor) == person_id, col(Handover.withdrawn_at).is_(None)
    chosen = select(Handover).where(*planned_for, col(Handover.since) > moment.business)
    for found in (await session.scalars(chosen.order_by(col(Handover.entity_id), col(Handover.since)))).all():
        await _lapse(session, found, moment)


async def _lapse(session: AsyncSession, found: Handover, moment: Moment) -> None:
    """With those that stand on it, the last one first."""
    plan = await _plan(session, found)
    for later in (await session.scalars(_standing_on(plan))).all():
        await _lapse(session, later, moment)
    revision = await memberships.lock(session, found.entity_id)
    with suppress(Conflict):  # the former has another place by then: this one ends as planned
        await _undo(session, found, plan, revision, SYSTEM, moment)


async def _undo(
    session: AsyncSession, found: Handover, plan: EntityHistory, revision: int, author: Author, moment: Moment
) -> HandoverOut:
    await _restore(session, await _shown(session, found, plan))
    of_it = col(Handover.handover_id) == found.handover_id
    await session.execute(update(Handover).where(of_it).values(withdrawn_at=moment.business))
    done = (await _shown(session, found, plan)).model_copy(update={"withdrawn_at": moment.business})
    await record(session, author, found.entity_id, revision, "handover_withdrawn", done.model_dump(mode="json"), moment)
    return done


async def _require_last(session: AsyncSession, plan: EntityHistory) -> None:
    later = await session.scalar(_standing_on(plan))
    if later is not None:
        remedy = f"withdraw that first: {later.handover_id}"
        raise Conflict(f"The successor's place is planned to be handed over in turn; {remedy}.")


def _standing_on(plan: EntityHistory) -> Any:
    """A later handover of the place that the successor of this one gets."""
    successor = UUID(plan.details["successor"]["membership_id"])
    of_it = col(Handover.former_membership) == successor
    return select(Handover).where(of_it, col(Handover.withdrawn_at).is_(None))


def _require_ahead(found: Handover, now: datetime) -> None:
    if found.withdrawn_at is not None:
        raise Conflict("It was withdrawn already.")
    if found.since <= now:
        raise Conflict(f"It has happened, at {found.since.isoformat()}; to change it, staff end and give memberships.")


async def _plan(session: AsyncSession, found: Handover) -> EntityHistory:
    """The step by which it was planned."""
    of_it = col(EntityHistory.details)["handover_id"].astext == str(found.handover_id)
    plan: EntityHistory = (await session.scalars(_steps(found.entity_id, "handed_over").where(of_it))).one()
    return plan


def _steps(entity_id: str, action: str) -> Any:
    return select(EntityHistory).where(col(EntityHistory.entity_id) == entity_id, col(EntityHistory.action) == action)


async def _shown(session: AsyncSession, found: Handover, plan: EntityHistory) -> HandoverOut:
    """With both memberships as they are now."""
    successor = UUID(plan.details["successor"]["membership_id"])
    return HandoverOut(
        handover_id=found.handover_id,
        entity_id=found.entity_id,
        since=found.since,
        former=await memberships.membership(session, found.entity_id, found.former_membership),
        successor=await memberships.membership(session, found.entity_id, successor),
        by=plan.by,
    )


async def _restore(session: AsyncSession, present: HandoverOut) -> None:
    """What somebody ended meanwhile stays ended."""
    former, successor = present.former, present.successor
    if former.until == present.since:
        before = former.model_copy(update={"until": await _lasted_until(session, former)})
        await memberships.refuse_twice(session, before)
        await memberships.set_end(session, before)
    if successor.until is None or successor.until > successor.since:
        await memberships.set_end(session, successor.model_copy(update={"until": successor.since}))


async def _lasted_until(session: AsyncSession, former: MembershipOut) -> datetime | None:
    """As it was given: until when, if an end was set."""
    of_it = col(EntityHistory.details)["membership_id"].astext == str(former.membership_id)
    given = (await session.scalars(_steps(former.entity_id, "membership_given").where(of_it))).one()
    return MembershipOut.model_validate(given.details).until
