"""Reads of entities: one, a page by name, the members of one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, false, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.entities import names
from services.pledges.entities.authority import valid
from services.pledges.entities.models import Entity, EntityGroup, Membership
from services.pledges.entities.schemas import Entities, EntityOut, Member, Members
from services.pledges.people.models import Person
from shared.errors import NotFound
from shared.web import pagination

_GROUP = func.jsonb_build_object(
    *("code", col(EntityGroup.code), "since", col(EntityGroup.since), "until", col(EntityGroup.until))
)
_GROUPS = (
    select(func.jsonb_agg(aggregate_order_by(_GROUP, col(EntityGroup.code), col(EntityGroup.since))))
    .where(col(EntityGroup.entity_id) == col(Entity.entity_id))
    .scalar_subquery()
)
ENTITY = select(
    *(col(Entity.entity_id), col(Entity.name), col(Entity.kind), col(Entity.names), col(Entity.aliases)),
    *(col(Entity.country), col(Entity.fictional), col(Entity.revision), col(Entity.sort_name)),
    _GROUPS.label("groups"),
)
_ONE = ENTITY.where(col(Entity.entity_id) == bindparam("entity_id"))
_BY_NAME = pagination.Order({col(Entity.sort_name): pagination.word, col(Entity.entity_id): pagination.word})


def shown(row: Mapping[Any, Any]) -> EntityOut:
    """A row of ENTITY as the API gives it."""
    values = {name: row[name] for name in EntityOut.model_fields}
    return EntityOut.model_validate({**values, "groups": row["groups"] or []})


async def entity(session: AsyncSession, entity_id: str) -> EntityOut:
    """Raises NotFound."""
    row = (await session.execute(_ONE, {"entity_id": entity_id})).mappings().first()
    if row is None:
        raise NotFound("There is no entity with this code; look it up: GET /entities?q=…")
    return shown(row)


def _matching(kind: str | None, query: str | None) -> list[ColumnElement[bool]]:
    conditions = [col(Entity.kind) == kind] if kind else []
    if query:
        wanted = names.words(query)
        conditions += [col(Entity.search).contains(word, autoescape=True) for word in wanted] or [false()]
    return conditions


async def entities(
    session: AsyncSession, kind: str | None, query: str | None, limit: int, cursor: str | None
) -> Entities:
    """A page by name. `query` finds each of its words in any name, alias or code, whatever accents and case.

    Raises Invalid for a cursor of another list.
    """
    statement = ENTITY.where(*_matching(kind, query))
    rows, more = await pagination.page(session, statement, _BY_NAME, f"entities {kind} {query}", limit, cursor)
    return Entities(items=[shown(row._asdict()) for row in rows], next=more)


_MEMBER = select(
    *(col(Membership.membership_id), col(Membership.entity_id), col(Membership.person_id), col(Membership.role)),
    *(col(Membership.since), col(Membership.until), col(Person.name)),
).outerjoin(Person, col(Person.person_id) == col(Membership.person_id))
_BY_BEGINNING = pagination.Order({col(Membership.since): pagination.timestamp, col(Membership.membership_id): UUID})


async def members(
    session: AsyncSession, entity_id: str, now: datetime | None, limit: int, cursor: str | None
) -> Members:
    """A page by beginning: those valid at `now` (business time), or with None all there ever were."""
    scope = f"members {entity_id} {now is None}"
    statement = _MEMBER.where(col(Membership.entity_id) == entity_id)
    if now is not None:
        statement = statement.where(valid(now))
    rows, more = await pagination.page(session, statement, _BY_BEGINNING, scope, limit, cursor)
    return Members(items=[Member.model_validate(row._asdict()) for row in rows], next=more)
