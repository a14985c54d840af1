"""Rebuilding a projection: cleared and read again from the topic's beginning, while its consumers run.

The generation in the table `projection` is part of the consumer group's name. A rebuild clears the rows and raises it
in one transaction. Every transaction of a consumer first reads it `for share`: so it either commits before the
clearing, or sees that it is of an old generation, writes nothing, and begins anew in the new group, which has no
offsets yet. That holds for any number of consumers, and needs none of them to be stopped or even there. Until they
have caught up, readers see less than there was. What a projection caused once (docs/adr/0005) it does not cause again,
so no mail is sent and no work item opened. What was erased stays noted: the tombstone may be gone from the topic while
a dead letter still has the older record.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.messaging.subscriptions import Projection, Subscription

_BEGIN = text("insert into projection (consumer, generation) values (:consumer, 1) on conflict do nothing")
_SHARE = text("select generation from projection where consumer = :consumer for share")
_LOOK = text("select generation from projection where consumer = :consumer")
_RAISE = text("update projection set generation = generation + 1 where consumer = :consumer")


class Rebuilt(Exception):
    """The projection was cleared: leave this group and begin anew in that of the new generation."""


def group(service: str, subscription: Subscription, generation: int) -> str:
    """The name of the consumer group: "pledges.support_status", after its first rebuild "pledges.support_status.2"."""
    name = f"{service}.{subscription.name}"
    return name if generation == 1 else f"{name}.{generation}"


async def generation(session: AsyncSession, subscription: Subscription) -> int:
    """That of an effect never changes."""
    if not isinstance(subscription, Projection):
        return 1
    row = {"consumer": subscription.name}
    await session.execute(_BEGIN, row)
    found: int = await session.scalar(_LOOK, row)
    return found


async def hold(session: AsyncSession, subscription: Subscription, mine: int) -> None:
    """No rebuild from here to the transaction's end. Raises Rebuilt when there was one."""
    if isinstance(subscription, Projection):
        found = await session.scalar(_SHARE, {"consumer": subscription.name})
        if found != mine:
            raise Rebuilt


async def rebuild(session: AsyncSession, projection: Projection) -> None:
    """In the caller's transaction: clears it and sends its consumers back to the topic's beginning."""
    row = {"consumer": projection.name}
    await session.execute(_BEGIN, row)
    await session.execute(_RAISE, row)
    await projection.clear(session)
