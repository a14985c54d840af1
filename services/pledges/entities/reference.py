"""Member and observer States from the reference data, into the table of entities."""

from typing import Any

from sqlalchemy import RowMapping, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.entities import commands, groups, queries
from services.pledges.entities.models import Entity
from services.pledges.entities.schemas import EntityFields, NewEntity
from services.pledges.reloading import merged
from shared.authors import SYSTEM
from shared.clock import Moment
from shared.reference import catalogue
from shared.reference.entries import State

REFERENCED = {"kind", "names", "aliases", "country", "groups"}  # the rest is nobody's but the administrators'
EARLIER: dict[str, Any] = {"aliases": []}  # what loads said of which the reference data then had nothing


async def load_states(session: AsyncSession, moment: Moment) -> int:
    """How many were added or changed."""
    there = await _present(session)
    states = [_entity(state) for state in catalogue.STATES.values()]
    return sum([await _load(session, there.get(state.entity_id), state, moment) for state in states])


async def _present(session: AsyncSession) -> dict[str, RowMapping]:
    statement = queries.ENTITY.add_columns(col(Entity.sequence), col(Entity.reference))
    chosen = statement.where(col(Entity.entity_id).in_(catalogue.STATES)).with_for_update(of=Entity)
    return {row["entity_id"]: row for row in (await session.execute(chosen)).mappings()}


def _entity(state: State) -> NewEntity:
    return NewEntity.model_validate(
        {
            "entity_id": state.code,
            "kind": state.kind,
            "names": state.labels,
            "aliases": list(state.other_names),
            "country": state.code,
            "groups": [group.model_dump() for group in groups.of_state(state)],
        }
    )


async def _load(session: AsyncSession, row: RowMapping | None, wanted: NewEntity, moment: Moment) -> bool:
    reference = wanted.model_dump(mode="json", include=REFERENCED)
    if row is None:
        await commands.add(session, SYSTEM, wanted, moment, reference)
        return True
    if row["reference"] == reference:
        return False
    return await _merge(session, row, reference, moment)


def _last(row: RowMapping) -> dict[str, Any] | None:
    """None: no load has made it."""
    return EARLIER | row["reference"] if row["reference"] is not None else None


async def _merge(session: AsyncSession, row: RowMapping, reference: dict[str, Any], moment: Moment) -> bool:
    present = queries.shown(row)
    plain = present.model_dump(mode="json", include=set(EntityFields.model_fields))
    fields = EntityFields.model_validate(plain | merged(_last(row), plain, reference))
    after = await commands.replace(session, SYSTEM, present, row["sequence"], fields, moment)
    chosen = update(Entity).where(col(Entity.entity_id) == present.entity_id)
    await session.execute(chosen.values(reference=reference))
    return after.revision > present.revision
