"""Reads of entities: one, a page by name, the members of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, any_, bindparam, false, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
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
_KNOWN = select(col(Entity.entity_id)).where(col(Entity.entity_id) == any_(bindparam("codes", type_=ARRAY(Text))))
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


async def known(session: AsyncSession, codes: list[str]) -> set[str]:
    """Those of the codes that are entities."""
    return {row.entity_id for row in await session.execute(_KNOWN, {"codes": codes})}


@dataclass(frozen=True)
class Wanted:
    """Which entities: `words` stand each in some name, alias or code; `group` is that of the day `on`."""

    kind: str | None
    words: str | None
    group: str | None
    on: date

    def conditions(self) -> list[ColumnElement[bool]]:
        found = [col(Entity.kind) == self.kind] if self.kind else []
        if self.words:
            wanted = names.words(self.words)
            found += [col(Entity.search).contains(word, autoescape=True) for word in wanted] or [false()]
        return [*found, belongs(self.group, self.on)] if self.group else found


def belongs(group: str, on: date) -> ColumnElement[bool]:
    """The condition that an entity is in a region or group on a day; without a date it always was, or still is."""
    return (
        select(col(EntityGroup.group_id))
        .where(
            col(EntityGroup.entity_id) == col(Entity.entity_id),
            col(EntityGroup.code) == group,
            or_(col(EntityGroup.since).is_(None), col(EntityGroup.since) <= on),
            or_(col(EntityGroup.until).is_(None), col(EntityGroup.until) > on),
        )
        .exists()
    )


async def entities(session: AsyncSession, wanted: Wanted, limit: int, cursor: str | None) -> Entities:
    """A page by name, whatever accents and case. Raises Invalid for a cursor of another list."""
    statement = ENTITY.where(*wanted.conditions())
    scope = f"entities {wanted.kind} {wanted.words} {wanted.group}"
    rows, more = await pagination.page(session, statement, _BY_NAME, scope, limit, cursor)
    return Entities(items=[shown(row._asdict()) for row in rows], next=more)


_MEMBER = select(
    *(col(Membership.membership_id), col(Membership.entity_id), col(Membership.person_id), col(Membership.role)),
    *(col(Membership.since), col(Membership.until), col(Membership.machine), col(Person.name)),
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
