"""Where a test plays: one database, one topic, one service name of its own, and real processes on them."""

import asyncio
import itertools
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from uuid import UUID, uuid4

import asyncpg
import httpx
import psutil
from sqlalchemy import text

from deploy.local.child import Child, Command
from deploy.local.ports import choose
from shared.clock import Clock
from shared.db import Database
from shared.messaging import kafka as client
from shared.messaging import outbox
from shared.messaging.ddl import V1, grants
from shared.messaging.dead_letter import PREFIX, SETTLES, topic_of
from shared.messaging.kafka import Record, Topic
from shared.messaging.nudge import Nudge
from shared.messaging.replay import Replay
from shared.messaging.roles import register_effects
from shared.messaging.subscriptions import Subscription
from tests.messaging.service import things
from tests.support.parts import Kafka, Postgres, Urls

ROOT = Path(__file__).parents[2]
_numbers = itertools.count(1)


async def eventually(true: Callable[[], Awaitable[Any]], within: float = 20.0) -> Any:
    """What `true` returns as soon as that is true; raises AssertionError with its last answer after so many seconds."""
    end = time.monotonic() + within
    while not (found := await true()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {within} s, last seen: {found!r}")
        await asyncio.sleep(0.05)
    return found


@dataclass
class Stage:
    kafka: Kafka
    urls: Urls
    folder: Path
    service: str
    topic: str
    database: Database
    nudge: Nudge
    children: list[Child] = field(default_factory=list)

    @classmethod
    async def open(
        cls,
        postgres: Postgres,
        kafka: Kafka,
        folder: Path,
        *,
        partitions: int = 6,
        config: Mapping[str, str] | None = None,
    ) -> Self:
        number = next(_numbers)
        service, topic = f"things_{number}", f"test.things.{number}"
        urls = await postgres.database("things")
        connection = await asyncpg.connect(urls.owner_url)
        await connection.execute(V1 + things.TABLES + grants("things"))
        await connection.close()
        now = datetime.now(UTC)
        await asyncio.to_thread(register_effects, urls.owner_url, things.SUBSCRIPTIONS, now)
        topics = [Topic(topic, partitions, config or {}), Topic(topic_of(service), 1)]
        await client.apply_topics(kafka.bootstrap, topics)
        nudge = Nudge(urls.app_url)
        await nudge.start()
        database = Database(urls.app_url, application="test", pool=10)
        return cls(kafka, urls, folder, service, topic, database, nudge)

    async def close(self) -> None:
        for child in self.children:
            child.kill()
        await self.nudge.stop()
        await self.database.close()

    # processes

    def start(self, role: str, **test: str) -> Child:
        """A real process; `test` are its TEST_… variables in lower case, and `health` a port."""
        health = test.pop("health", "")
        environment = {
            "GCM_ENVIRONMENT": "test",
            "GCM_DATABASE_URL": self.urls.app_url,
            "GCM_KAFKA_BOOTSTRAP": self.kafka.bootstrap,
            "GCM_OIDC_ISSUER": "http://localhost/none",
            "TEST_SERVICE": self.service,
            "TEST_TOPIC": self.topic,
            "TEST_SUBSCRIPTIONS": "copy mail",
            **{f"TEST_{name.upper()}": value for name, value in test.items()},
            **({"GCM_HEALTH_PORT": health} if health else {}),
        }
        log = self.folder / f"{self.service}-{role}-{len(self.children)}.log"
        argv = (sys.executable, "-m", "tests.messaging.service", role)
        child = Child(Command(role, argv, log, environment), cwd=ROOT)
        self.children.append(child)
        return child

    # what a service does

    async def change(self, key: str, words: str = "as it is") -> int:
        """Changes a thing, and says so. Returns its new sequence."""
        async with self.database.transaction() as session:
            sequence: int = await session.scalar(_CHANGE, {"key": key, "text": words})
            things.declare(self.topic)
            await outbox.add(
                session, things.CHANGED, key, things.Thing(sequence=sequence, text=words), datetime.now(UTC)
            )
        self.nudge()
        return sequence

    async def write(self, keys: Iterable[str], times: int, writers: int = 8) -> None:
        """Each of the keys so many times, in an order of chance, by several writers at once."""
        left = [key for _ in range(times) for key in keys]

        async def writer() -> None:
            while left:
                await self.change(left.pop())

        await asyncio.gather(*(writer() for _ in range(writers)))

    async def send(self, key: bytes, value: bytes | None, **headers: str) -> UUID:
        """A record of any kind, past the outbox. Headers that are not given are those of a good event."""
        event_id = uuid4()
        good = {
            "ce_id": str(event_id),
            "ce_source": "things",
            "ce_type": things.CHANGED,
            "ce_time": datetime.now(UTC).isoformat(),
        }
        encoded = [(name, text.encode()) for name, text in (good | headers).items() if text]
        producer = client.producer(self.kafka.bootstrap)
        await producer.start()
        try:
            await producer.send_and_wait(self.topic, key=key, value=value, headers=encoded)
        finally:
            await producer.stop()
        return event_id

    # what there is to see

    async def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(self.urls.owner_url, timeout=5)
        try:
            return [tuple(row) for row in await connection.fetch(sql, *values)]
        finally:
            await connection.close()

    async def count(self, what: str) -> int:
        [[number]] = await self.rows(f"select count(*) from {what}")  # noqa: S608 - the test's own words
        return int(number)

    async def published(self, within: float = 30.0) -> None:
        """Returns when the relay has nothing left to do."""

        async def nothing_left() -> bool:
            return await self.count("outbox where published_at is null") == 0

        await eventually(nothing_left, within)

    async def settled(self, within: float = 30.0) -> None:
        """Returns when the copy and the mails are what the things are."""

        async def same() -> bool:
            return await self.rows(_DIFFERENCES) == []

        await self.published(within)
        await eventually(same, within)

    async def letters(self, number: int) -> list[Record]:
        """The dead letters, as soon as there are so many."""

        async def enough() -> list[Record]:
            records = await self.records(topic_of(self.service))
            found = [record for record in records if PREFIX + SETTLES not in dict(record.headers)]
            return found if len(found) >= number else []

        found: list[Record] = await eventually(enough)
        return found

    def replay(self, *subscriptions: Subscription) -> Replay:
        """Through the service's own subscriptions, if none is given."""
        chosen = subscriptions or things.SUBSCRIPTIONS
        return Replay(self.service, self.kafka.bootstrap, chosen, self.database, Clock())

    async def records(self, topic: str | None = None) -> list[Record]:
        return await read_all(self.kafka.bootstrap, topic or self.topic)


_CHANGE = text("""
insert into thing values (:key, 1, :text)
on conflict (key) do update set sequence = thing.sequence + 1, text = excluded.text returning sequence
""")
_DIFFERENCES = """
select 'copy', key from thing full join copy using (key)
where thing.sequence is distinct from copy.sequence or thing.text is distinct from copy.text
union all
select 'mail', key from thing full join (select key, count(*) from mail group by key) mails using (key)
where thing.sequence is distinct from mails.count
"""


async def read_all(bootstrap: str, topic: str) -> list[Record]:
    """Every committed record of the topic, partition by partition in order."""
    partitions = await client.partitions_of(bootstrap, topic)
    reader = client.reader(bootstrap)
    try:
        await reader.start()
        reader.assign(partitions)
        await reader.seek_to_beginning()
        found: list[Record] = []
        for at, end in (await reader.end_offsets(partitions)).items():
            while await reader.position(at) < end:
                for records in (await reader.getmany(at, timeout_ms=200)).values():
                    found += [record for record in records if record.offset < end]
        return found
    finally:
        await reader.stop()


async def ended(child: Child) -> bool:
    return child.poll() is not None


async def frozen(child: Child) -> bool:
    return bool(psutil.Process(child.pid).status() == psutil.STATUS_STOPPED)


async def ready(port: int) -> tuple[int, dict[str, str]]:
    """What /readyz says there: status and problems; status 0 while nobody answers."""
    async with httpx.AsyncClient() as http:
        try:
            answer = await http.get(f"http://127.0.0.1:{port}/readyz")
        except httpx.TransportError:
            return 0, {}
    return answer.status_code, answer.json().get("problems", {})


def free_port() -> int:
    [port] = choose(1)
    return port
