"""All that the public may know of requests, written afresh."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.network_support.requests.announcements import next_snapshot
from services.network_support.requests.models import SupportRequest
from shared.clock import Moment
from shared.events.common import Change
from shared.messaging.republish import Snapshot

_PUBLIC = (
    select(SupportRequest)
    .where(col(SupportRequest.sequence) > 0)
    .order_by(col(SupportRequest.request_id))
    .with_for_update()
    .execution_options(populate_existing=True)
)


async def snapshots(session: AsyncSession, after: str | None, limit: int, moment: Moment) -> Sequence[Snapshot]:
    """See shared.messaging.republish. Requests that the public never saw are not among them."""
    statement = _PUBLIC.limit(limit)
    if after is not None:
        statement = statement.where(col(SupportRequest.request_id) > UUID(after))
    change = Change(action="republished", at=moment.business, by="system")
    found = (await session.execute(statement)).scalars().all()
    made = [Snapshot(str(r.request_id), "support.republished.v1", next_snapshot(r, change)) for r in found]
    await session.flush()
    return made
