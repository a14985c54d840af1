"""Entities written afresh to their public topic."""

from collections.abc import Sequence

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.entities import commands, queries
from services.pledges.entities.models import Entity
from shared.clock import Moment
from shared.events.common import Change
from shared.events.entities import EntityEvent
from shared.events.registry import ENTITIES
from shared.messaging.republish import Republisher, Snapshot


async def snapshots(session: AsyncSession, after: str | None, limit: int, moment: Moment) -> Sequence[Snapshot]:
    """The next entities by code, locked, with their sequences raised."""
    by_code = col(Entity.entity_id)
    chosen = queries.ENTITY.add_columns(col(Entity.sequence)).order_by(by_code).limit(limit).with_for_update(of=Entity)
    rows = (await session.execute(chosen if after is None else chosen.where(by_code > after))).mappings().all()
    raised = update(Entity).where(by_code.in_([row["entity_id"] for row in rows]))
    await session.execute(raised.values(sequence=col(Entity.sequence) + 1))
    change = Change(action="republished", at=moment.business, by="system")
    public = [commands.snapshot(queries.shown(row), row["sequence"] + 1) for row in rows]
    return [
        Snapshot(entity.entity_id, "entity.republished.v1", EntityEvent(entity=entity, change=change))
        for entity in public
    ]


PUBLIC_ENTITIES = Republisher(ENTITIES, snapshots)
