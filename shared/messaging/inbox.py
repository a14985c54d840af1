"""One record into the database, in the caller's transaction: through its handler, or past it for a reason."""

from enum import Enum
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import Moment
from shared.db import TIMESTAMPTZ
from shared.errors import Permanent
from shared.events.envelope import Event
from shared.messaging.kafka import Record
from shared.messaging.records import event_of, key_of, type_of
from shared.messaging.subscriptions import Effect, Subscription
from shared.telemetry import known, traceparent


class Outcome(Enum):
    HANDLED = "handled"
    PASSED_OVER = "passed over: not for this subscription"
    BEFORE_START = "passed over: from before the service began to listen"
    REPEATED = "passed over: it was handled before"
    ERASED = "passed over: its key was erased since"


# one statement: whether there is a start mark, whether the event is from after it, and whether it is new
_FIRST_TIME = text("""
with start as (select since from effect_start where consumer = :consumer),
first as (
    insert into inbox (consumer, event_id, handled_at)
    select :consumer, :event_id, :at from start where since <= :time
    on conflict do nothing returning true
)
select since, since <= :time as after_start, exists (select from first) as is_new from start
""").bindparams(bindparam("time", type_=TIMESTAMPTZ), bindparam("at", type_=TIMESTAMPTZ))
_ERASE = text(
    'insert into erased (consumer, key, partition, "offset") values (:consumer, :key, :partition, :offset)'
    ' on conflict (consumer, key) do update set partition = excluded.partition, "offset" = excluded."offset"'
)
_ERASED = text(
    "select true from erased"
    ' where consumer = :consumer and key = :key and partition = :partition and "offset" > :offset'
)


async def receive(
    session: AsyncSession, subscription: Subscription, record: Record, moment: Moment, *, replayed: bool = False
) -> Outcome:
    """A projection follows every record and forgets on a tombstone; an effect happens once per event id.

    The record's place (partition and offset) is that in its own topic, also when it is replayed.
    Raises Permanent and UnknownMajor, and whatever the handler raises.
    """
    if record.value is None:
        return await _forget(session, subscription, record)
    declared = type_of(record)
    if declared is None or declared.name not in subscription.handlers:
        return Outcome.PASSED_OVER
    event = event_of(record, declared)
    traceparent.set(known(event.traceparent))
    reason = None
    if isinstance(subscription, Effect):
        reason = await _not_now(session, subscription, event, moment)
    elif replayed and await session.scalar(_ERASED, _place(subscription, event.key, record)):
        reason = Outcome.ERASED
    if reason is None:
        await subscription.handlers[event.type](session, event, moment)
    return reason or Outcome.HANDLED


async def _forget(session: AsyncSession, subscription: Subscription, record: Record) -> Outcome:
    if isinstance(subscription, Effect):
        return Outcome.PASSED_OVER
    key = key_of(record)
    try:
        await subscription.forget(session, key)
    except ValueError as error:  # the key is no id of what this projection knows
        raise Permanent(f"a tombstone for {key!r}, which is no id here") from error
    await session.execute(_ERASE, _place(subscription, key, record))
    return Outcome.HANDLED


async def _not_now(session: AsyncSession, effect: Effect, event: Event[Any], moment: Moment) -> Outcome | None:
    """Marks the event as handled with the transaction. A second one at the same time waits for the first."""
    values = {"consumer": effect.name, "event_id": event.id, "time": event.time, "at": moment.system}
    found = (await session.execute(_FIRST_TIME, values)).one_or_none()
    if found is None:
        raise RuntimeError(f"the effect {effect.name} has no start mark: run the role migrate")
    if not found.after_start:
        return Outcome.BEFORE_START
    return None if found.is_new else Outcome.REPEATED


def _place(subscription: Subscription, key: str, record: Record) -> dict[str, object]:
    return {
        "consumer": subscription.name,
        "key": key,
        "partition": record.partition,
        "offset": record.offset,
    }
