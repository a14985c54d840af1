"""Today's public record of every pledge, written afresh."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.entities.models import Entity
from services.pledges.registry import lifecycle, records
from services.pledges.registry.models import PublicPledge
from shared.clock import Moment
from shared.events.common import Change, EntityRef
from shared.events.pledges import PledgeEvent, PledgeSnapshot
from shared.events.registry import PLEDGES
from shared.messaging.republish import Republisher, Snapshot

# every writer of what is public holds this lock: nobody else raises a sequence meanwhile
_NEXT = (
    select(col(PublicPledge.snapshot), col(Entity.entity_id), col(Entity.name), col(Entity.kind), col(Entity.fictional))
    .join(Entity, col(Entity.entity_id) == col(PublicPledge.entity_id))
    .order_by(col(PublicPledge.pledge_id))
    .with_for_update(of=PublicPledge)
)


async def snapshots(session: AsyncSession, after: str | None, limit: int, moment: Moment) -> Sequence[Snapshot]:
    """The next ones by id, with their entities as they are called now."""
    query = _NEXT.limit(limit)
    if after is not None:
        query = query.where(col(PublicPledge.pledge_id) > UUID(after))
    return [await _renew(session, row, moment) for row in await session.execute(query)]


async def _renew(session: AsyncSession, row: Row[*tuple[Any, ...]], moment: Moment) -> Snapshot:
    entity = EntityRef(entity_id=row.entity_id, name=row.name, kind=row.kind, fictional=row.fictional)
    old = PledgeSnapshot.model_validate_json(row.snapshot)
    snapshot = lifecycle.renewed(old, entity)
    await records.change_public(session, old, snapshot)
    step = Change(action="republished", at=moment.business, by="system")
    return Snapshot(str(snapshot.pledge_id), "pledge.republished.v1", PledgeEvent(pledge=snapshot, change=step))


PUBLIC_PLEDGES = Republisher(PLEDGES, snapshots)
