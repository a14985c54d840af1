"""Reading presentations: what has a slot, for everybody, and all that was asked, for those whom it concerns."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.entities.authority import standing
from services.pledges.entities.models import Entity
from services.pledges.presentations.models import Presentation
from services.pledges.presentations.schemas import PresentationOut, Presentations
from services.pledges.registry.models import PublicPledge
from services.pledges.reviews import queries as reviews
from services.pledges.tables import core
from shared.errors import Forbidden
from shared.events.common import EntityRef
from shared.web import pagination
from shared.web.auth import ADMIN, NETWORK_STAFF, REVIEWER, Actor

_IN_ORDER = pagination.Order({col(Presentation.number): pagination.number})
_SHOWN = (
    select(core(Presentation), col(PublicPledge.title), col(Entity.name), col(Entity.kind), col(Entity.fictional))
    .join(PublicPledge, col(PublicPledge.pledge_id) == col(Presentation.pledge_id))
    .join(Entity, col(Entity.entity_id) == col(Presentation.entity_id))
)


async def one(session: AsyncSession, presentation_id: UUID) -> PresentationOut:
    """Raises NoResultFound."""
    return _shown((await session.execute(_SHOWN.where(col(Presentation.presentation_id) == presentation_id))).one())


async def granted(session: AsyncSession, code: str, limit: int, cursor: str | None) -> Presentations:
    """What the public sees: a wish is nobody's promise. Raises NotFound."""
    await reviews.milestone(session, code)
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
