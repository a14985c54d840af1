"""Dead letters: records that no retry will mend, kept with everything that is needed to run them again."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from shared.messaging import kafka
from shared.messaging.kafka import Record

PREFIX = "dlq-"
SETTLES = "settles"  # the note of a record that says what became of a letter, with that letter's number
REASON = 1000  # characters
SEND_WITHIN = 10.0  # seconds


class TooManyDeadLetters(Exception):
    """The fault is hardly in the records: the process ends before it moves a whole topic away."""


def topic_of(service: str) -> str:
    return f"gcm.dead-letters.{service.replace('_', '-')}"


class DeadLetters:
    """Where all subscriptions of a process put them. Connects at the first one: most processes never have any."""

    def __init__(self, bootstrap: str, service: str) -> None:
        self._bootstrap = bootstrap
        self._topic = topic_of(service)
        self._producer: Any = None
        self._starting = asyncio.Lock()

    async def bury(self, record: Record, consumer: str, reason: str, *, attempts: int, replays: int = 0) -> None:
        """Returns when Kafka has it; the original key, bytes and headers stay as they are. Raises KafkaError."""
        notes = {
            "reason": reason[:REASON],
            "source-topic": record.topic,
            "source-partition": record.partition,
            "source-offset": record.offset,
            "consumer": consumer,
            "attempts": attempts,
            "replays": replays,
        }
        await self._send(record.key, record.value, [*original(record.headers), *_headers(notes)])

    async def settle(self, number: int, outcome: str, says: str = "") -> None:
        """Records what became of the letter of this number. Returns when Kafka has it. Raises KafkaError."""
        await self._send(None, b"", _headers({SETTLES: number, "outcome": outcome, "says": says[:REASON]}))

    async def _send(self, key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes]]) -> None:
        async with asyncio.timeout(SEND_WITHIN):
            producer = await self._started()
            await producer.send_and_wait(self._topic, key=key, value=value, headers=headers)

    async def _started(self) -> Any:
        async with self._starting:
            if self._producer is None:
                producer = kafka.producer(self._bootstrap)
                await producer.start()
                self._producer = producer
        return self._producer

    async def close(self) -> None:
        if self._producer is not None:
            await kafka.close(self._producer)


def _headers(notes: Mapping[str, object]) -> list[tuple[str, bytes]]:
    return [(PREFIX + name, str(note).encode()) for name, note in notes.items()]


def original(headers: Iterable[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    return [(name, value) for name, value in headers if not name.startswith(PREFIX)]
