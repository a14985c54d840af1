"""Every public snapshot written afresh through the outbox, in today's schema: `gcm republish`."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import Clock, Moment
from shared.db import Database
from shared.events.envelope import Data
from shared.messaging import outbox

BATCH = 100  # aggregates in one transaction: so long their writers wait at most


@dataclass(frozen=True)
class Snapshot:
    """One aggregate as the public may see it now, with its next sequence."""

    key: str
    type: str  # "pledge.republished.v1"
    data: Data


# (session, after, limit, moment) -> the next at most `limit` public aggregates whose key follows `after` (None at the
# beginning), in ascending order of key, none at the end. The aggregates' rows are locked (`for update`) and their
# sequence is raised by one in the same transaction, so that a change made meanwhile comes before or after, never mixed.
Snapshots: TypeAlias = Callable[[AsyncSession, str | None, int, Moment], Awaitable[Sequence[Snapshot]]]


@dataclass(frozen=True)
class Republisher:
    """What a service offers for one of its public topics, as the list REPUBLISHERS in `services/<name>/handlers.py`."""

    topic: str
    snapshots: Snapshots


async def republish(republisher: Republisher, database: Database, clock: Clock) -> AsyncIterator[int]:
    """Writes all snapshots of one topic to the outbox; after each batch, how many there are so far.

    May be cut off and begun again: what was written is a snapshot like any other. The relay finds it by itself.
    """
    after, number = None, 0
    while True:
        async with database.transaction() as session:
            snapshots = await _batch(session, republisher, after, clock)
        if not snapshots:
            return
        after, number = snapshots[-1].key, number + len(snapshots)
        yield number


async def _batch(
    session: AsyncSession, republisher: Republisher, after: str | None, clock: Clock
) -> Sequence[Snapshot]:
    moment = clock.moment()
    snapshots = await republisher.snapshots(session, after, BATCH, moment)
    for snapshot in snapshots:
        await outbox.add(session, snapshot.type, snapshot.key, snapshot.data, moment.system)
    return snapshots
