"""The relay publishes a service's outbox. One is active, the others stand by; a frozen one that wakes writes nothing.

Lock, check it, producer init (which fences every earlier producer), and only then read: what was read before could have
been published by another meanwhile. A batch is one Kafka transaction; its rows are marked after the commit, so a death
in between publishes that batch once more, whole and in order, and consumers are made for that. Never retried in here:
on any exception the process ends without a farewell, and its supervisor starts it anew.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import asyncpg
import structlog

from shared.clock import Clock
from shared.messaging import kafka, unpublished
from shared.messaging.election import Lock, is_set
from shared.messaging.heartbeat import Heartbeats
from shared.messaging.nudge import CHANNEL
from shared.messaging.pruning import Pruning

log = structlog.get_logger()

DEADLINE = 15.0  # seconds for a batch; less than the producer's transaction timeout
LOOK = 1.0  # seconds between two looks without a nudge
START_WITHIN = 30.0  # seconds for the producer's init


def _silent(_moment: str) -> None:
    """Nobody listens."""


@dataclass
class Relay:
    """`on` is told each moment by name; tests use it to freeze and kill the process right there."""

    service: str
    database_url: str
    bootstrap: str
    public_topics: Sequence[str]
    clock: Clock = field(default_factory=Clock)
    on: Callable[[str], None] = _silent
    alive: float | None = None  # when the loop last went round; none for a standby
    _nudged: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop, after the batch in hand. Raises on anything else."""
        lock = Lock(self.database_url)
        self.on("standby")
        if not await lock.take(stop):
            return lock.release()
        self.on("elected")
        # frozen since the lock, it would now fence its rightful successor
        await lock.check()
        producer = kafka.transactional_producer(self.bootstrap, f"relay-{self.service}")
        async with asyncio.timeout(START_WITHIN):
            await producer.start()
        log.info("relay.active")
        await self._work(lock, producer, stop)
        lock.release()
        return await kafka.close(producer)

    async def _work(self, lock: Lock, producer: Any, stop: asyncio.Event) -> None:
        connection = await self._connect()
        heartbeats, pruning = Heartbeats(self.service, self.public_topics), Pruning()
        while not stop.is_set():
            self.alive = time.monotonic()
            await lock.ping()
            async with asyncio.timeout(DEADLINE):
                await heartbeats.tend(producer, self.clock.system())
                await pruning.tend(connection, self.clock.system())
            if not await self._empty(lock, connection, producer, stop):
                self.on("idle")
                await is_set(self._nudged, within=LOOK)
        await connection.close(timeout=2)

    async def _connect(self) -> Any:
        settings = {
            "application_name": "relay",
            "timezone": "UTC",
            # a frozen reader with half an answer would hold back vacuum until it wakes
            "tcp_user_timeout": "20000",
            # a mark that a crash loses publishes its batch once more, which consumers are made for
            "synchronous_commit": "off",
        }
        connection = await asyncpg.connect(self.database_url, timeout=5, command_timeout=10, server_settings=settings)
        await connection.add_listener(CHANNEL, lambda *_: self._nudged.set())
        return connection

    async def _empty(self, lock: Lock, connection: Any, producer: Any, stop: asyncio.Event) -> bool:
        """Publishes all there is, batch after batch; whether there was anything.

        While Kafka works on a batch, the one before is marked and the next one read: a third more throughput.
        """
        self._nudged.clear()
        self.on("before read")
        published: Sequence[Any] = ()
        rows = await unpublished.read(connection)
        while rows and not stop.is_set():
            self.on("read")
            async with asyncio.timeout(DEADLINE):
                _, following = await asyncio.gather(
                    self._publish(producer, rows), self._turn(connection, published, rows)
                )
            published, rows = rows, following
            self.alive = time.monotonic()
            await lock.ping()
        await self._mark(connection, published)
        return bool(published)

    async def _turn(self, connection: Any, published: Sequence[Any], in_flight: Sequence[Any]) -> Sequence[Any]:
        await self._mark(connection, published)
        # after a batch that was not full there is little to win, and a single event should not cost two reads
        return await unpublished.read(connection, in_flight) if len(in_flight) == unpublished.ROWS else ()

    async def _mark(self, connection: Any, rows: Sequence[Any]) -> None:
        if rows:
            await unpublished.mark(connection, rows, self.clock.system())
            self.on("marked")

    async def _publish(self, producer: Any, rows: Sequence[Any]) -> None:
        await producer.begin_transaction()
        sent = await kafka.send_all(producer, (message(self.service, row) for row in rows))
        self.on("sent")
        # each one: a commit returns normally also when Kafka refused some of the records
        for number, acknowledged in enumerate(sent, 1):
            await acknowledged
            if number == (len(sent) + 1) // 2:
                self.on("half acked")
        self.on("acked")
        self.on("committing")
        await producer.commit_transaction()
        self.on("committed")


def message(service: str, row: Any) -> kafka.Message:
    """A row as a record: CloudEvents 1.0 in binary mode, or a tombstone."""
    key = row["key"].encode()
    headers = [
        *_constant(service, row["type"]),
        ("ce_id", str(row["event_id"]).encode()),
        ("ce_time", row["created_at"].isoformat().encode()),
        ("ce_subject", key),
    ]
    if row["traceparent"]:
        headers.append(("traceparent", row["traceparent"].encode()))
    value = None if row["payload"] is None else row["payload"].encode()
    return kafka.Message(row["topic"], key, value, headers)


@lru_cache(maxsize=256)
def _constant(service: str, type_: str | None) -> tuple[tuple[str, bytes], ...]:
    headers = {"ce_specversion": "1.0", "ce_source": service}
    if type_ is not None:
        headers |= {
            "ce_type": type_,
            "ce_dataschema": f"urn:gcm:schema:{type_}",
            "content-type": "application/json",
        }
    return tuple((name, value.encode()) for name, value in headers.items())
