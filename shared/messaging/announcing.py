"""Tells that a record has become a dead letter, so that a work item asks staff what is to become of it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import Moment
from shared.events.messaging import DeadLetterBuried
from shared.events.registry import TYPES
from shared.messaging import outbox
from shared.messaging.kafka import Record

OWN = "dead_letter."  # begins the types of these events
LONGEST = 200  # characters of a type that nobody knows


async def announce(
    session: AsyncSession, service: str, record: Record, consumer: str, moment: Moment, *, replays: int = 0
) -> None:
    """The event, in the caller's transaction. Not of a dead letter that tells of another: that would go on for ever.

    A service for which no such event is declared tells nobody.
    """
    headers = dict(record.headers)
    type_ = headers.get("ce_type", b"").decode(errors="replace")[:LONGEST]
    event = f"{OWN}buried_by_{service}.v1"
    if event not in TYPES or type_.startswith(OWN):
        return
    told = DeadLetterBuried(
        service=service,
        consumer=consumer,
        event_id=_id(headers.get("ce_id", b"")),
        type=type_,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        replays=replays,
    )
    key = f"{record.topic}/{record.partition}"
    await outbox.add(session, event, key, told, moment.system)


def _id(text: bytes) -> UUID | None:
    try:
        return UUID(text.decode())
    except ValueError:
        return None
