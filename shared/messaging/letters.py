"""The dead letters of a service with what became of each: the topic itself is the record, and nothing vanishes from it.

Behind the letters stand settlements: records that name a letter by its number (its offset) and say how it was dealt
with. A letter that none of them names is waiting.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

from shared.messaging import kafka
from shared.messaging.dead_letter import PREFIX, SETTLES, original, topic_of
from shared.messaging.kafka import Partition, Record


@dataclass(frozen=True)
class Settlement:
    """How a letter was dealt with. `at` is in milliseconds since 1970, as Kafka has it."""

    outcome: str
    says: str
    at: int


@dataclass(frozen=True)
class Letter:
    """A dead letter as the record that it was, at its own place in its own topic."""

    number: int
    buried: int  # milliseconds since 1970
    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    consumer: str
    reason: str
    attempts: int
    replays: int
    settled: Settlement | None = None

    @property
    def event_id(self) -> str:
        return self._header("ce_id")

    @property
    def type(self) -> str:
        return self._header("ce_type")

    def _header(self, name: str) -> str:
        return dict(self.headers).get(name, b"").decode(errors="replace")


async def letters(bootstrap: str, service: str) -> list[Letter]:
    """All there are now, in order; those that wait have `settled` None. Raises KafkaError."""
    found: dict[int, Letter] = {}
    async for record in _records(bootstrap, service):
        notes = _notes(record)
        if SETTLES not in notes:
            found[record.offset] = _letter(record, notes)
        elif letter := found.get(int(notes[SETTLES])):
            settlement = Settlement(notes.get("outcome", ""), notes.get("says", ""), record.timestamp)
            found[letter.number] = replace(letter, settled=settlement)
    return list(found.values())


async def _records(bootstrap: str, service: str) -> AsyncIterator[Record]:
    reader = kafka.reader(bootstrap)
    await reader.start()
    try:
        at = Partition(topic_of(service), 0)
        reader.assign([at])
        end = (await reader.end_offsets([at]))[at]
        await reader.seek_to_beginning(at)
        async for record in _until(reader, at, end):
            yield record
    finally:
        await kafka.close(reader)


async def _until(reader: Any, at: Partition, end: int) -> AsyncIterator[Record]:
    while await reader.position(at) < end:
        for records in (await reader.getmany(at, timeout_ms=1000, max_records=100)).values():
            for record in records:
                if record.offset < end:
                    yield record


def _notes(record: Record) -> dict[str, str]:
    return {name.removeprefix(PREFIX): value.decode() for name, value in record.headers if name.startswith(PREFIX)}


def _letter(record: Record, notes: dict[str, str]) -> Letter:
    return Letter(
        number=record.offset,
        buried=record.timestamp,
        topic=notes.get("source-topic", ""),
        partition=int(notes.get("source-partition", -1)),
        offset=int(notes.get("source-offset", -1)),
        timestamp=record.timestamp,
        key=record.key,
        value=record.value,
        headers=tuple(original(record.headers)),
        consumer=notes.get("consumer", ""),
        reason=notes.get("reason", ""),
        attempts=int(notes.get("attempts", 0)),
        replays=int(notes.get("replays", 0)),
    )
