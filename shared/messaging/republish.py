"""Every public snapshot written afresh through the outbox, in today's schema: `gcm republish`."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.envelope import Data
from shared.messaging.subscriptions import Moment


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
