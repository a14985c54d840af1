"""How a service's messages stand: what the alerts of docs/operations.md look at. Times are seconds."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import Clock
from shared.db import Database
from shared.messaging import kafka, projections
from shared.messaging.kafka import Lag
from shared.messaging.letters import letters
from shared.messaging.subscriptions import Subscription

# by id, as the relay goes: the index has the unpublished ones in that order
_OLDEST = text("select created_at from outbox where published_at is null order by id limit 1")


@dataclass(frozen=True)
class Standing:
    """`oldest_unpublished` is the age of a row of the outbox; `lags` are by subscription, of all partitions together:
    the records of all, the age of the oldest."""

    oldest_unpublished: float
    lags: Mapping[str, Lag]
    dead_letters: int


async def standing(
    service: str, database: Database, bootstrap: str, subscriptions: Sequence[Subscription], clock: Clock
) -> Standing:
    """Asks database and Kafka; raises what they raise when they are away."""
    async with database.transaction() as session:
        oldest = await _oldest_unpublished(session, clock)
        groups = [projections.group(service, one, await projections.generation(session, one)) for one in subscriptions]
    asked = (kafka.lag(bootstrap, group, one.topic) for one, group in zip(subscriptions, groups, strict=True))
    lags = await asyncio.gather(*asked)
    waiting = [letter for letter in await letters(bootstrap, service) if letter.settled is None]
    together = {one.name: _together(by_partition) for one, by_partition in zip(subscriptions, lags, strict=True)}
    return Standing(oldest, together, len(waiting))


async def _oldest_unpublished(session: AsyncSession, clock: Clock) -> float:
    oldest = await session.scalar(_OLDEST)
    return max(0.0, (clock.system() - oldest).total_seconds()) if oldest else 0.0


def _together(by_partition: Mapping[int, Lag]) -> Lag:
    behind = by_partition.values()
    return Lag(sum(one.records for one in behind), max((one.seconds for one in behind), default=0.0))
