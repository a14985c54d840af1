"""A service of the tests' own, as small as one can be: things that change, a copy of them, and a mail for each change.

Its event types join the registry only where `declare` is called.
"""

import asyncio
import os
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import Moment
from shared.errors import Permanent
from shared.events.envelope import Data, Event
from shared.events.messaging import DeadLetterBuried
from shared.events.registry import TYPES, EventType
from shared.messaging.republish import Republisher, Snapshot
from shared.messaging.subscriptions import Effect, Projection, Subscription

TOPIC = os.environ.get("TEST_TOPIC", "test.things")
SLOW = float(os.environ.get("TEST_HANDLER_SECONDS", "0"))

TABLES = """
create table thing (key text primary key, sequence integer not null, text text not null);
-- the projection, and a line for each time that its handler ran and was committed
create table copy (key text primary key, sequence integer not null, text text not null);
create table handled (
    id bigint generated always as identity, event_id uuid not null, key text not null, sequence integer not null,
    process integer not null
);
-- the effect: one mail for each change of a thing
create table mail (
    id bigint generated always as identity, key text not null, sequence integer not null, unique (key, sequence)
);
grant select, insert, update, delete on thing, copy, handled, mail to things;
"""


class Thing(Data):
    sequence: int
    text: str


CHANGED = "thing.changed.v1"
REPUBLISHED = "thing.republished.v1"
CHANGED_V2 = "thing.changed.v2"  # only processes with TEST_UNDERSTANDS_V2 know it
UNHEARD = "thing.polished.v1"  # known, and nobody listens


def declare(topic: str, *, v2: bool = False) -> None:
    names = [CHANGED, REPUBLISHED, UNHEARD, *([CHANGED_V2] if v2 else [])]
    TYPES.update({name: EventType(name, topic, Thing, "A thing changed") for name in names})


def telling_of_letters(service: str) -> EventType:
    """What the registry needs so that the service tells of its dead letters."""
    name = f"dead_letter.buried_by_{service}.v1"
    return EventType(name, "test.letters", DeadLetterBuried, "A dead letter waits for a decision")


def undeclare() -> None:
    for name in (CHANGED, REPUBLISHED, UNHEARD, CHANGED_V2):
        TYPES.pop(name, None)


_COPY = text("""
insert into copy values (:key, :sequence, :text) on conflict (key)
do update set sequence = excluded.sequence, text = excluded.text where copy.sequence < excluded.sequence
""")
_HANDLED = text("insert into handled (event_id, key, sequence, process) values (:id, :key, :sequence, :process)")
_MAIL = text("insert into mail (key, sequence) values (:key, :sequence) on conflict do nothing")


async def copy(session: AsyncSession, event: Event[Any], _: Moment) -> None:
    thing: Thing = event.data
    await asyncio.sleep(SLOW)
    await session.execute(_COPY, {"key": event.key, "sequence": thing.sequence, "text": thing.text})
    await session.execute(_HANDLED, _line(event.id, event.key, thing.sequence))


def _line(event_id: UUID, key: str, sequence: int) -> dict[str, object]:
    return {"id": event_id, "key": key, "sequence": sequence, "process": os.getpid()}


async def forget(session: AsyncSession, key: str) -> None:
    await session.execute(text("delete from copy where key = :key"), {"key": key})


async def clear(session: AsyncSession) -> None:
    await session.execute(text("delete from copy"))


async def mail(session: AsyncSession, event: Event[Any], _: Moment) -> None:
    thing: Thing = event.data
    if thing.text == "refused" and not os.environ.get("TEST_REFUSES_NOTHING"):
        raise Permanent("a thing of this text gets no mail")
    await session.execute(_MAIL, {"key": event.key, "sequence": thing.sequence})


COPY = Projection("copy", TOPIC, {CHANGED: copy, REPUBLISHED: copy, CHANGED_V2: copy}, forget, clear)
MAIL = Effect("mail", TOPIC, {CHANGED: mail})
SUBSCRIPTIONS: list[Subscription] = [COPY, MAIL]

_NEXT = text("""
with next as (
    select key from thing where key > coalesce(:after, '') order by key limit :limit for update
)
update thing set sequence = sequence + 1 from next where thing.key = next.key
returning thing.key, thing.sequence, thing.text
""")


async def snapshots(session: AsyncSession, after: str | None, limit: int, _: Moment) -> list[Snapshot]:
    rows = (await session.execute(_NEXT, {"after": after, "limit": limit})).all()
    return [Snapshot(row.key, REPUBLISHED, Thing(sequence=row.sequence, text=row.text)) for row in sorted(rows)]


REPUBLISHERS = [Republisher(TOPIC, snapshots)]
