"""Presenting a pledge at a milestone: an entity asks, staff grant, and the entity may withdraw at any time."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, insert, select
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from uuid_utils.compat import uuid7

from services.pledges.entities.authority import Standing, require_reader, require_writer, standing
from services.pledges.entities.models import Entity
from services.pledges.registry.models import PublicPledge
from services.pledges.reviews import queries
from services.pledges.reviews.models import Milestone, Presentation, PresentationHistory
from services.pledges.reviews.wishes import PresentationOut, Presentations, PresentationState, Wish
from services.pledges.tables import core
from shared.clock import Moment
from shared.errors import Conflict, FieldProblem, Forbidden, Invalid, NotFound
from shared.events.common import EntityRef
from shared.web import etag, pagination
from shared.web.auth import ADMIN, NETWORK_STAFF, REVIEWER, Actor

_ADD = insert_or(Presentation).on_conflict_do_nothing().returning(Presentation)
_IN_ORDER = pagination.Order({col(Presentation.number): pagination.number})
_SHOWN = (
    select(core(Presentation), col(PublicPledge.title), col(Entity.name), col(Entity.kind), col(Entity.fictional))
    .join(PublicPledge, col(PublicPledge.pledge_id) == col(Presentation.pledge_id))
    .join(Entity, col(Entity.entity_id) == col(Presentation.entity_id))
)


async def ask(session: AsyncSession, actor: Actor, code: str, wish: Wish, moment: Moment) -> PresentationOut:
    """For a member who may write for the pledge's entity.

    Raises NotFound, Forbidden, Invalid for a pledge that is not public, and Conflict when the milestone is over or
    the pledge is asked for already.
    """
    milestone = await queries.milestone(session, code)
    _require_open(milestone, moment.business)
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
    return await one(session, found.presentation_id)


def _require_open(milestone: Milestone, now: datetime) -> None:
    if queries.end(milestone) <= now:
        raise Conflict("This milestone is over.")


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
    return await one(session, presentation_id)


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


async def one(session: AsyncSession, presentation_id: UUID) -> PresentationOut:
    """Raises NoResultFound."""
    return _shown((await session.execute(_SHOWN.where(col(Presentation.presentation_id) == presentation_id))).one())


async def granted(session: AsyncSession, code: str, limit: int, cursor: str | None) -> Presentations:
    """What the public sees: a wish is nobody's promise. Raises NotFound."""
    await queries.milestone(session, code)
    query = _SHOWN.where(col(Presentation.milestone) == code, col(Presentation.state) == "granted")
    return await _page(session, query, f"granted {code}", limit, cursor)


async def wishes(
    session: AsyncSession,
    actor: Actor,
    now: datetime,
    *,
    milestone: str | None,
    entity: str | None,
    limit: int,
    cursor: str | None,
) -> Presentations:
    """All of them for staff and reviewers, those of an entity for its members. Raises Forbidden, NotFound, Invalid."""
    if entity:
        (await standing(session, actor, entity, now)).require_read()
    elif not actor.is_any(NETWORK_STAFF, ADMIN, REVIEWER):
        raise Forbidden("Name your entity: ?entity=… All wishes are for the Network's staff and reviewers.")
    query = _SHOWN
    for column, value in ((Presentation.milestone, milestone), (Presentation.entity_id, entity)):
        query = query.where(col(column) == value) if value else query
    return await _page(session, query, f"wishes {milestone} {entity}", limit, cursor)


async def _page(
    session: AsyncSession, query: Select[*tuple[Any, ...]], scope: str, limit: int, cursor: str | None
) -> Presentations:
    rows, more = await pagination.page(session, query, _IN_ORDER, scope, limit, cursor)
    return Presentations(items=[_shown(row) for row in rows], next=more)


def _shown(row: Row[*tuple[Any, ...]]) -> PresentationOut:
    values = row._asdict()
    entity = EntityRef(**{name: values[name] for name in EntityRef.model_fields})
    return PresentationOut.model_validate(values | {"entity": entity})
