"""Presenting a pledge at a milestone: an entity asks, staff grant, and the entity may withdraw at any time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from uuid_utils.compat import uuid7

from services.pledges.entities.authority import Standing, require_reader, require_writer
from services.pledges.presentations import queries
from services.pledges.presentations.models import Presentation, PresentationHistory
from services.pledges.presentations.schemas import PresentationOut, PresentationState, Wish
from services.pledges.registry.models import PublicPledge
from services.pledges.reviews.models import Milestone
from services.pledges.reviews.queries import end, milestone
from shared.clock import Moment
from shared.errors import Conflict, FieldProblem, Forbidden, Invalid, NotFound
from shared.web import etag
from shared.web.auth import Actor

_ADD = insert_or(Presentation).on_conflict_do_nothing().returning(Presentation)


async def ask(session: AsyncSession, actor: Actor, code: str, wish: Wish, moment: Moment) -> PresentationOut:
    """For a member who may write for the pledge's entity.

    Raises NotFound, Forbidden, Invalid for a pledge that is not public, and Conflict when the milestone is over or
    the pledge is asked for already.
    """
    _require_open(await milestone(session, code), moment.business)
    pledge = await session.get(PublicPledge, wish.pledge_id)
    if pledge is None or pledge.closed_reason in {"withdrawn", "superseded"}:
        fault = FieldProblem("pledge_id", "names no pledge that can be presented", "name a published one of yours")
        raise Invalid("Only published pledges that were not withdrawn or superseded can be presented.", [fault])
    await require_writer(session, actor, pledge.entity_id, moment.business)
    made = {"presentation_id": uuid7(), "milestone": code, "entity_id": pledge.entity_id, "state": "asked"}
    made |= {"asked_at": moment.business, "changed_at": moment.business, "revision": 1, **wish.model_dump()}
    found = await session.scalar(_ADD.values(made))
    if found is None:
        raise Conflict("This pledge is asked for at this milestone already.")
    await _remember(session, found, actor, "entity", moment)
    return await queries.one(session, found.presentation_id)


def _require_open(found: Milestone, now: datetime) -> None:
    if end(found) <= now:
        raise Conflict("This milestone is over.")
    if found.cancelled:
        raise Conflict("This milestone is cancelled.")


async def settle(
    session: AsyncSession, actor: Actor, presentation_id: UUID, seen: int, state: PresentationState, moment: Moment
) -> PresentationOut:
    """Granted by staff; withdrawn by the entity. Raises NotFound, Forbidden, Stale, Conflict."""
    query = select(Presentation).where(col(Presentation.presentation_id) == presentation_id).with_for_update()
    found = await session.scalar(query)
    if found is None:
        raise NotFound("There is no such wish to present.")
    who = await require_reader(session, actor, found.entity_id, moment.business)
    by = _by(who, state)
    etag.require(seen, found.revision)
    if found.state in {"withdrawn", state}:
        raise Conflict(f"It is {found.state} already.")
    found.state, found.changed_at, found.revision = state, moment.business, found.revision + 1
    await session.flush()
    await _remember(session, found, actor, by, moment)
    return await queries.one(session, presentation_id)


def _by(who: Standing, state: PresentationState) -> str:
    if state == "granted":
        if not who.is_staff:
            raise Forbidden("Slots are granted by the Network's staff.")
        return "network_staff"
    who.require_writer()
    return "entity"


async def _remember(session: AsyncSession, found: Presentation, actor: Actor, by: str, moment: Moment) -> None:
    row = {"presentation_id": found.presentation_id, "revision": found.revision, "state": found.state, "by": by}
    row |= {"at": moment.business, "recorded_at": moment.system, "person_id": actor.person}
    await session.execute(insert(PresentationHistory), row)
