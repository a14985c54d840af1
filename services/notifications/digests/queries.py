"""Reads of what comes together."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.deliveries.commands import Claimed
from services.notifications.deliveries.lifecycle import IN_DIGEST

# as the sender has a mail of its own; the lease is that of the digest
_ITEMS = text("""
select item.id, digest.lease_token, digest.lease_until, item.cause, item.person_id, item.template, item.entity_id,
    item.pledge_id, item.facts, item.not_before, item.attempts, item.created_at, item.message_id, item.reason
from digest_item
join delivery item on item.id = digest_item.delivery_id
join delivery digest on digest.id = digest_item.digest_id
where digest_id = :digest and item.state = 'deferred' and item.reason = :waits and not exists (
    select from mail_pause where ended_at is null and (templates is null or item.template = any(templates))
)
order by item.created_at, item.id
""").columns(facts=JSONB)


async def items(session: AsyncSession, digest_id: UUID) -> Sequence[Claimed]:
    """What waits for this digest and is not paused, the oldest first."""
    rows = await session.execute(_ITEMS, {"digest": digest_id, "waits": IN_DIGEST})
    return [Claimed(*row) for row in rows]
