"""The outbox: events are written with the change that they tell of, in its transaction, or not at all."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, MetaData, Table, Text, Uuid
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from shared import inserts
from shared.db import TIMESTAMPTZ
from shared.errors import TooLarge
from shared.events.envelope import Data
from shared.events.registry import TYPES
from shared.telemetry import traceparent

# below Kafka's max.message.bytes: a row that the broker refuses would stop the relay for ever
LARGEST_EVENT = 900_000

outbox = Table(
    "outbox",
    MetaData(),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Uuid, nullable=False),
    Column("topic", Text, nullable=False),
    Column("type", Text),  # null with a null payload: a tombstone
    Column("key", Text, nullable=False),
    Column("payload", Text),
    Column("traceparent", Text),
    Column("created_at", TIMESTAMPTZ, nullable=False),
    Column("published_at", TIMESTAMPTZ),
)


async def add(session: AsyncSession, type_: str, key: str, data: Data, at: datetime) -> UUID:
    """One event into the caller's transaction; `at` is system time. Returns the event's id.

    Per key, events are published in the order of their transactions as long as every writer of that key locks or
    version-guards the same aggregate row. Raises ValueError when the data is of another contract, TooLarge.
    """
    declared = TYPES[type_]
    if type(data) is not declared.data:
        raise ValueError(f"{type_} carries {declared.data.__name__}, not {type(data).__name__}")
    payload = data.model_dump_json()
    if len(payload.encode()) > LARGEST_EVENT:
        raise TooLarge(f"With this, {key} is larger than {LARGEST_EVENT:,} bytes as JSON; shorten its longest texts.")
    return await _put(session, topic=declared.topic, type=type_, key=key, payload=payload, created_at=at)


async def add_tombstone(session: AsyncSession, topic: str, key: str, at: datetime) -> UUID:
    """Erases the key from a compacted topic; projections that see it forget the aggregate."""
    return await _put(session, topic=topic, type=None, key=key, payload=None, created_at=at)


async def _put(session: AsyncSession, **row: object) -> UUID:
    event_id = uuid7()
    inserts.later(session, outbox, {"event_id": event_id, "traceparent": traceparent.get(), **row})
    return event_id
