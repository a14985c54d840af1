"""Erasing a person in all services, so that the history stands and its ids lead to nobody.

Here it is done at once; the others hear of it by an event, and say when they have done it.
"""

from functools import partial
from typing import Literal
from uuid import UUID

from sqlalchemy import Executable, delete, func, insert, or_, select
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from uuid_utils.compat import uuid7

from services.pledges.entities import withdrawal
from services.pledges.entities.models import Handover, Membership
from services.pledges.exchange.models import ImportJob
from services.pledges.invitations.models import Invitation
from services.pledges.people.models import Erasure, ErasureDone, Person
from services.pledges.people.schemas import ErasureOut, ServiceErased
from shared.clock import Moment
from shared.errors import NotFound
from shared.events import people as events
from shared.events.envelope import Event
from shared.events.registry import NOTIFICATIONS_WORKFLOW, SUPPORT_WORKFLOW
from shared.messaging import outbox
from shared.messaging.subscriptions import Effect
from shared.web.writing import forget_answers

By = Literal["person", "administrator"]
OWN: Literal["pledges"] = "pledges"
SERVICES = (OWN, "network_support", "notifications")

_DONE = insert_or(ErasureDone).on_conflict_do_nothing()


async def erase(session: AsyncSession, person_id: str, by: By, moment: Moment) -> ErasureOut:
    """Says how far it has come. The other services are always asked, for they may know people of whom nothing is here.

    Only while they have not begun, and nothing has come back here, asking once more is the same erasure.
    """
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(person_id, 0))))
    await withdrawal.lapse(session, person_id, moment)
    if not await _forget(session, person_id) and (under_way := await _not_begun(session, person_id)):
        return under_way
    made = Erasure(erasure_id=uuid7(), person_id=person_id, by=by, at=moment.system)
    await session.execute(insert(Erasure), made.model_dump())
    await _done(session, made.erasure_id, OWN, moment)
    told = events.PersonErased(erasure_id=made.erasure_id, person_id=person_id)
    await outbox.add(session, "person.erased.v1", person_id, told, moment.system)
    return await status(session, person_id)


async def _not_begun(session: AsyncSession, person_id: str) -> ErasureOut | None:
    """An erasure of which no other service has heard yet, as far as is known."""
    found = await _newest(session, person_id)
    return found if found and not any(one.at for one in found.services if one.service != OWN) else None


async def status(session: AsyncSession, person_id: str) -> ErasureOut:
    """Of the newest erasure. Raises NotFound."""
    found = await _newest(session, person_id)
    if found is None:
        raise NotFound("Nobody was erased under this id; DELETE /people/{person_id} erases.")
    return found


async def _newest(session: AsyncSession, person_id: str) -> ErasureOut | None:
    chosen = select(Erasure).where(col(Erasure.person_id) == person_id).order_by(col(Erasure.erasure_id).desc())
    found = await session.scalar(chosen.limit(1))
    if found is None:
        return None
    steps = select(col(ErasureDone.service), col(ErasureDone.at)).where(col(ErasureDone.erasure_id) == found.erasure_id)
    done = {row.service: row.at for row in await session.execute(steps)}
    services = [ServiceErased.model_validate({"service": name, "at": done.get(name)}) for name in SERVICES]
    values = found.model_dump() | {"complete": done.keys() >= set(SERVICES), "services": services}
    return ErasureOut.model_validate(values)


async def _forget(session: AsyncSession, person_id: str) -> int:
    """How many rows were kept of the person."""
    erased = [len((await session.execute(one)).all()) for one in _erasing(person_id)]
    return sum(erased) + await forget_answers(session, person_id)


def _erasing(person_id: str) -> list[Executable]:
    address = select(func.lower(col(Person.address))).where(col(Person.person_id) == person_id).scalar_subquery()
    invitation = or_(col(Invitation.invited_by) == person_id, func.lower(col(Invitation.address)) == address)
    handover = or_(col(Handover.former) == person_id, col(Handover.successor) == person_id)
    return [
        delete(Invitation).where(invitation).returning(col(Invitation.invitation_id)),  # before the address goes
        delete(Handover).where(handover).returning(col(Handover.handover_id)),
        delete(ImportJob).where(col(ImportJob.person_id) == person_id).returning(col(ImportJob.import_id)),
        delete(Membership).where(col(Membership.person_id) == person_id).returning(col(Membership.membership_id)),
        delete(Person).where(col(Person.person_id) == person_id).returning(col(Person.person_id)),
    ]


async def _done(session: AsyncSession, erasure_id: UUID, service: str, moment: Moment) -> None:
    """Once; an erasure that is not known here, after a restore from backup, is passed over."""
    if await session.get(Erasure, erasure_id):
        row = {"erasure_id": erasure_id, "service": service, "at": moment.system}
        await session.execute(_DONE, row)


async def _heard(session: AsyncSession, event: Event[events.ErasureDone], moment: Moment, *, service: str) -> None:
    await _done(session, event.data.erasure_id, service, moment)


ERASURES = [
    Effect(f"erasures_in_{service}", topic, {f"erasure.done_by_{service}.v1": partial(_heard, service=service)})
    for service, topic in (("network_support", SUPPORT_WORKFLOW), ("notifications", NOTIFICATIONS_WORKFLOW))
]
