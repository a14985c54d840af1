"""Running dead letters again: `gcm replay`.

A letter goes through the same subscription as before. Its effect happens if it has not; a projection changes only if
nothing newer came. What cannot be handled this time either becomes a new letter that counts its replays.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.clock import Clock
from shared.db import Database
from shared.errors import Permanent
from shared.messaging import kafka
from shared.messaging.dead_letter import PREFIX, DeadLetters, original, topic_of
from shared.messaging.inbox import receive
from shared.messaging.kafka import Partition, Record
from shared.messaging.records import UnknownMajor
from shared.messaging.subscriptions import Subscription

MOST_REPLAYS = 5


@dataclass(frozen=True)
class Letter:
    """A dead letter as the record that it was, at its own place in its own topic."""

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

    @property
    def event_id(self) -> str:
        return dict(self.headers).get("ce_id", b"").decode(errors="replace")

    @property
    def type(self) -> str:
        return dict(self.headers).get("ce_type", b"").decode(errors="replace")


_BLANK = {
    "source-topic": "",
    "source-partition": "-1",
    "source-offset": "-1",
    "consumer": "",
    "reason": "",
    "attempts": "0",
    "replays": "0",
}


def letter_of(record: Record) -> Letter:
    notes = _BLANK | {
        name.removeprefix(PREFIX): value.decode() for name, value in record.headers if name.startswith(PREFIX)
    }
    return Letter(
        topic=notes["source-topic"],
        partition=int(notes["source-partition"]),
        offset=int(notes["source-offset"]),
        timestamp=record.timestamp,
        key=record.key,
        value=record.value,
        headers=tuple(original(record.headers)),
        consumer=notes["consumer"],
        reason=notes["reason"],
        attempts=int(notes["attempts"]),
        replays=int(notes["replays"]),
    )


@dataclass
class Replay:
    """The dead letters of one service and what runs them again."""

    service: str
    bootstrap: str
    subscriptions: Sequence[Subscription]
    database: Database
    clock: Clock

    async def run(
        self, *, limit: int | None = None, only: UUID | None = None, dry: bool = False
    ) -> AsyncIterator[tuple[Letter, str]]:
        """Each letter with what became of it, in order, up to the last one there is now.

        Those that an earlier replay dealt with are not run again, unless one event is asked for by its id: then all
        letters are searched, and the last one of each consumer is run. Raises what a handler raises besides Permanent:
        that letter and the rest stay for the next time.
        """
        letters = DeadLetters(self.bootstrap, self.service)
        reader = kafka.reader(self.bootstrap, f"{self.service}.replay")
        await reader.start()
        try:
            found = _searched(reader, self._at, only) if only else _waiting(reader, self._at)
            number = 0
            async for record in found:
                if limit is not None and number >= limit:
                    return
                number += 1
                letter = letter_of(record)
                yield letter, "would be run" if dry else await self._again(letter, letters, asked=bool(only))
                if not (dry or only):
                    await reader.commit({self._at: record.offset + 1})
        finally:
            await letters.close()
            await kafka.close(reader)

    @property
    def _at(self) -> Partition:
        return Partition(topic_of(self.service), 0)

    async def _again(self, letter: Letter, letters: DeadLetters, *, asked: bool) -> str:
        if letter.replays >= MOST_REPLAYS and not asked:
            return f"refused: replayed {letter.replays} times; ask for it by its id once the cause is mended"
        by_name = {each.name: each for each in self.subscriptions}
        if (subscription := by_name.get(letter.consumer)) is None:
            return f"refused: nothing is called {letter.consumer} here any longer"
        moment = self.clock.moment()
        try:
            async with self.database.transaction() as session:
                return (await receive(session, subscription, letter, moment, replayed=True)).value
        except (Permanent, UnknownMajor) as reason:
            await letters.bury(
                letter, letter.consumer, str(reason), attempts=letter.attempts + 1, replays=letter.replays + 1
            )
            return f"a dead letter again: {reason}"


async def _waiting(reader: Any, at: Partition) -> AsyncIterator[Record]:
    """From where the last replay ended."""
    reader.assign([at])
    end = (await reader.end_offsets([at]))[at]
    reader.seek(at, await reader.committed(at) or 0)
    async for record in _until(reader, at, end):
        yield record


async def _searched(reader: Any, at: Partition, only: UUID) -> AsyncIterator[Record]:
    reader.assign([at])
    end = (await reader.end_offsets([at]))[at]
    await reader.seek_to_beginning(at)
    last: dict[str, Record] = {}
    async for record in _until(reader, at, end):
        if (letter := letter_of(record)).event_id == str(only):
            last[letter.consumer] = record
    for record in last.values():
        yield record


async def _until(reader: Any, at: Partition, end: int) -> AsyncIterator[Record]:
    while await reader.position(at) < end:
        for records in (await reader.getmany(at, timeout_ms=1000, max_records=100)).values():
            for record in records:
                if record.offset < end:
                    yield record
