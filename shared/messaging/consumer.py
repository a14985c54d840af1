"""A member of a subscription's consumer group: records in, transactions out, offsets after them.

What is handled is committed to the database first and to Kafka after; what was handled but not committed to Kafka is
handled again and has no effect twice (inbox.py, and the handlers' own guards and unique keys).

When members join or leave, Kafka's client tells us in the background, while a batch is in hand. A lock around one try
with its commit, and a generation that is raised under that lock, together keep the rest of the batch from being handled
by two: the lock alone does not, since the batch would go on after it.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from shared.clock import Clock
from shared.db import Database
from shared.errors import Permanent
from shared.messaging import kafka, projections
from shared.messaging.announcing import announce
from shared.messaging.dead_letter import DeadLetters, TooManyDeadLetters
from shared.messaging.inbox import Outcome, receive
from shared.messaging.kafka import Partition, Record
from shared.messaging.projections import Rebuilt
from shared.messaging.records import UnknownMajor
from shared.messaging.retry import Patience
from shared.messaging.subscriptions import Subscription

log = structlog.get_logger()

RECORDS = 100  # at most so many in hand, and in one transaction
POLL = 1000  # milliseconds
COMMIT_WITHIN = 10.0  # seconds; less than the others of the group wait for us
SILENT_FOR = 60.0  # seconds without a poll: not ready
LOOK = 2.0  # seconds between two looks for a rebuild while nothing comes
DEAD_IN_A_ROW = 10  # rather stop than move a whole topic into the dead letters


@dataclass
class Follower:
    """Follows one subscription. One instance a process; as many processes as there are partitions may join."""

    service: str
    subscription: Subscription
    bootstrap: str
    database: Database
    clock: Clock
    nudge: Callable[[], None]
    dead_letters: DeadLetters
    _consumer: Any = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _assignment: int = 0  # raised when partitions are taken from us
    _generation: int = 1  # of the projection that we write
    _stopped: dict[Partition, str] = field(default_factory=dict)
    _committed: dict[Partition, int] = field(default_factory=dict)
    _polled: float = field(default_factory=time.monotonic)
    _looked: float = 0.0
    _dead: int = 0  # letters in a row

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop, after the transaction in hand. Raises what patience could not mend."""
        following = asyncio.create_task(self._follow())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({following, stopping}, return_when=asyncio.FIRST_COMPLETED)
        async with self._lock:  # never in the middle of a transaction
            stopping.cancel()
            following.cancel()
        await asyncio.wait({following})
        if not following.cancelled():
            following.result()

    async def check(self) -> str | None:
        """For /readyz: None when well."""
        if self._stopped:
            return "; ".join(f"stopped at {at.topic}/{at.partition}: {why}" for at, why in self._stopped.items())
        silent = time.monotonic() - self._polled
        return f"no poll for {silent:.0f} s" if silent > SILENT_FOR else None

    async def _follow(self) -> None:
        while True:
            async with self.database.transaction() as session:
                self._generation = await projections.generation(session, self.subscription)
            group = projections.group(self.service, self.subscription, self._generation)
            self._consumer = kafka.follower(self.bootstrap, group, self.subscription.topic, self._revoked)
            try:
                await self._consumer.start()
                log.info("consumer.follows", group=group)
                await self._poll()
            except Rebuilt:
                log.info("consumer.rebuilds", group=group)
            finally:
                await kafka.close(self._consumer)

    async def _revoked(self) -> None:
        async with self._lock:
            self._assignment += 1
            self._stopped.clear()
            self._committed.clear()

    async def _poll(self) -> None:
        while True:
            batches = await self._consumer.getmany(timeout_ms=POLL, max_records=RECORDS)
            assignment = self._assignment  # nothing may be awaited between these two lines
            self._polled = time.monotonic()
            for at, records in batches.items():
                await self._handle(at, records, assignment)
            if not batches:
                await self._rest()

    async def _handle(self, at: Partition, records: Sequence[Record], assignment: int) -> None:
        """All records in one transaction; if that fails for any reason, each in its own."""
        patience = Patience()
        together = len(records) > 1
        while records:
            now = records if together else records[:1]
            try:
                if not await self._step(at, now, assignment, patience.attempts + 1):
                    return
                records, patience = records[len(now) :], Patience()
            except (Rebuilt, TooManyDeadLetters):
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again until patience ends
                if together:
                    together = False
                elif isinstance(error, UnknownMajor):
                    self._halt(at, now[0], str(error))
                    return
                else:
                    await patience.wait(error)

    async def _step(self, at: Partition, records: Sequence[Record], assignment: int, attempt: int) -> bool:
        """One try and its commit; False when another member has the partition, or may have it."""
        async with self._lock:
            if assignment != self._assignment:
                return False
            await self._try(records, attempt)
            await self._commit({at: records[-1].offset + 1})
        return True

    async def _try(self, records: Sequence[Record], attempt: int) -> None:
        try:
            outcomes = await self._write(records)
        except Permanent as reason:
            if len(records) > 1:
                raise
            await self._bury(records[0], str(reason), attempt)
            return
        if Outcome.HANDLED in outcomes:
            self._dead = 0
            self.nudge()

    async def _write(self, records: Sequence[Record]) -> list[Outcome]:
        moment = self.clock.moment()
        async with self.database.transaction() as session:
            await projections.hold(session, self.subscription, self._generation)
            return [await receive(session, self.subscription, record, moment) for record in records]

    async def _bury(self, record: Record, reason: str, attempt: int) -> None:
        if self._dead >= DEAD_IN_A_ROW:
            raise TooManyDeadLetters(f"{DEAD_IN_A_ROW} in a row, and the next one: {reason}")
        await self.dead_letters.bury(record, self.subscription.name, reason, attempts=attempt)
        async with self.database.transaction() as session:
            await announce(session, self.service, record, self.subscription.name, self.clock.moment())
        self.nudge()
        self._dead += 1
        log.error("consumer.dead_letter", topic=record.topic, partition=record.partition, offset=record.offset)

    async def _commit(self, offsets: dict[Partition, int]) -> None:
        try:
            async with asyncio.timeout(COMMIT_WITHIN):
                await self._consumer.commit(offsets)
            self._committed.update(offsets)
        except (*kafka.MovedOn, TimeoutError) as error:
            log.warning("consumer.not_committed", error=repr(error)[:200])

    def _halt(self, at: Partition, record: Record, why: str) -> None:
        """Leaves the partition where it is until a process comes that understands the record; the others go on."""
        log.error("consumer.partition_stopped", topic=at.topic, partition=at.partition, offset=record.offset, why=why)
        self._consumer.seek(at, record.offset)
        self._consumer.pause(at)
        self._stopped[at] = f"{why} is of a later version"

    async def _rest(self) -> None:
        """While nothing comes: what else there is to notice. Trouble with it shows at the next record, or passes."""
        try:
            await self._commit_positions()
            if time.monotonic() - self._looked > LOOK:
                self._looked = time.monotonic()
                async with self.database.transaction() as session:
                    await projections.hold(session, self.subscription, self._generation)
        except Rebuilt:
            raise
        except Exception as error:  # noqa: BLE001 - see above
            log.warning("consumer.rests_badly", error=repr(error)[:200])

    async def _commit_positions(self) -> None:
        """Each transaction leaves a marker behind its records; not committed, it would look like a lag for ever."""
        async with self._lock, asyncio.timeout(COMMIT_WITHIN):
            ours = [at for at in self._consumer.assignment() if at not in self._stopped]
            positions = {at: await self._consumer.position(at) for at in ours}
            if behind := {at: place for at, place in positions.items() if place > self._committed.get(at, -1)}:
                await self._commit(behind)
