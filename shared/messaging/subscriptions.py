"""What a service listens to. A subscription is a projection or an effect, and says so."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import Moment
from shared.events.envelope import Event

# Handlers write through the session and never commit: the consumer commits them together with its own mark.
Handler: TypeAlias = Callable[[AsyncSession, Event[Any], Moment], Awaitable[None]]
Forget: TypeAlias = Callable[[AsyncSession, str], Awaitable[None]]  # by key, for a tombstone
Clear: TypeAlias = Callable[[AsyncSession], Awaitable[None]]


@dataclass(frozen=True)
class Projection:
    """A local copy of what others publish. Its upserts are guarded by the snapshot's sequence.

    It may be cleared and read again from the topic's beginning at any time, so handlers cause nothing else. The one
    exception decides what waits for the record, once, behind a mark that survives clearing: network_support, which says
    there why an effect could not (docs/adr/0005).
    """

    name: str  # consumer group is "<service>.<name>"
    topic: str
    handlers: Mapping[str, Handler]  # by event type; types that are not named are passed over
    forget: Forget
    clear: Clear


@dataclass(frozen=True)
class Effect:
    """Something that happens once for an event: a mail, a work item, a decision.

    Handled once per event id (inbox), and every row it writes has a permanent unique key of its own besides.
    Events from before the service's start mark are passed over.
    """

    name: str
    topic: str
    handlers: Mapping[str, Handler]


Subscription: TypeAlias = Projection | Effect
