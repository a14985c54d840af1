"""The same with a real service: `python -m services.pledges relay` killed and frozen; `gcm replay`, `gcm republish`."""

import asyncio
import json
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from deploy.local.child import Child, Command
from deploy.topics import topics
from services.pledges.__main__ import migrate
from shared.events.registry import REVIEWS, SUPPORT
from shared.messaging import kafka
from tests.messaging.stage import ROOT, ended, eventually, read_all
from tests.support.parts import Parts, Urls

KEYS = [f"milestone-{number}" for number in range(8)]


@dataclass
class Pledges:
    """The service on parts of these tests' own."""

    parts: Parts
    urls: Urls
    folder: Path
    children: list[Child] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "GCM_ENVIRONMENT": "test",
            "GCM_DATABASE_URL": self.urls.app_url,
            "GCM_KAFKA_BOOTSTRAP": self.parts.kafka.bootstrap,
            "GCM_OIDC_ISSUER": "http://localhost/none",
            "GCM_ATTACHMENTS_URL": (self.folder / "attachments").as_uri(),
        }

    def start(self, role: str) -> Child:
        log = self.folder / f"{role}-{len(self.children)}.log"
        argv = (sys.executable, "-m", "services.pledges", role)
        self.children.append(Child(Command(role, argv, log, self.environment), cwd=ROOT))
        return self.children[-1]

    def gcm(self, *words: str) -> str:
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "cli.main", *words],
            env=self.environment,
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    async def write(self, until: asyncio.Event) -> dict[str, list[int]]:
        """Outbox rows by a writer for each key, in transactions of their own; the sequences that each has written."""
        numbers = await asyncio.gather(*(self._writer(key, until) for key in KEYS))
        return {key: list(range(1, number + 1)) for key, number in zip(KEYS, numbers, strict=True)}

    async def _writer(self, key: str, until: asyncio.Event) -> int:
        connection = await asyncpg.connect(self.urls.app_url)
        sequence = 0
        while not until.is_set():
            sequence += 1
            await connection.execute(
                "insert into outbox (event_id, topic, type, key, payload, created_at) values ($1, $2, $3, $4, $5, $6)",
                *(uuid.uuid4(), REVIEWS, "milestone.changed.v1", key),
                *(json.dumps({"sequence": sequence}), datetime.now(UTC)),
            )
            await asyncio.sleep(0.01)  # its pace
        await connection.close()
        return sequence

    async def value(self, sql: str) -> object:
        connection = await asyncpg.connect(self.urls.owner_url)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    async def published(self) -> bool:
        return await self.value("select count(*) from outbox where published_at is null") == 0

    async def relayed(self) -> dict[str, list[int]]:
        """The sequences of our keys as they stand in the topic, without what stands there twice."""
        found: dict[str, list[int]] = {key: [] for key in KEYS}
        for record in await read_all(self.parts.kafka.bootstrap, REVIEWS):
            if (key := (record.key or b"").decode()) in found and record.value:
                found[key].append(json.loads(record.value)["sequence"])
        return {key: list(dict.fromkeys(sequences)) for key, sequences in found.items()}


@pytest.fixture
async def pledges(mortal: Parts, tmp_path: Path) -> AsyncIterator[Pledges]:
    await kafka.apply_topics(mortal.kafka.bootstrap, topics())
    urls = await mortal.postgres.database("pledges")
    await asyncio.to_thread(migrate, urls.owner_url)
    pledges = Pledges(mortal, urls, tmp_path)
    yield pledges
    for child in pledges.children:
        child.kill()


async def test_relays_killed_and_frozen_under_load_lose_nothing_and_keep_the_order(pledges: Pledges) -> None:
    first = pledges.start("relay")
    enough = asyncio.Event()
    writing = asyncio.create_task(pledges.write(enough))
    await _more_is_published(pledges)
    second = pledges.start("relay")
    first.kill()
    await _more_is_published(pledges)  # only the second can have done it
    second.pause()
    third = pledges.start("relay")
    await _more_is_published(pledges)
    second.resume()
    await eventually(lambda: ended(second))
    await _more_is_published(pledges)
    enough.set()
    written = await writing
    await eventually(pledges.published)
    assert second.poll() != 0
    assert third.poll() is None
    assert await pledges.relayed() == written


async def _more_is_published(pledges: Pledges) -> None:
    """Returns when all is published that there is now, within the time that a successor may take."""
    last = await pledges.value("select max(id) from outbox")
    query = f"select count(*) from outbox where published_at is null and id <= {last}"  # noqa: S608 - a number

    async def done() -> bool:
        return last is not None and await pledges.value(query) == 0

    await eventually(done, within=30)


async def test_gcm_replay_runs_the_dead_letters_of_a_real_service(pledges: Pledges) -> None:
    producer = kafka.producer(pledges.parts.kafka.bootstrap)
    await producer.start()
    event_id = str(uuid.uuid4())
    headers = {"ce_id": event_id, "ce_type": "support.rejoiced.v1", "ce_source": "network_support"}
    encoded = [(name, value.encode()) for name, value in headers.items()]
    await producer.send_and_wait(SUPPORT, key=b"r", value=b"{}", headers=encoded)
    await producer.stop()
    pledges.start("consumer")
    await eventually(lambda: _letter(pledges))
    shown = await asyncio.to_thread(pledges.gcm, "replay", "pledges", "--dry-run")
    assert f"{event_id}  support.rejoiced.v1" in shown
    assert "would be run" in shown
    assert "was: unknown event type support.rejoiced.v1" in shown
    again = await asyncio.to_thread(pledges.gcm, "replay", "pledges", "--id", event_id)
    assert "a dead letter again: unknown event type" in again
    shown = await asyncio.to_thread(pledges.gcm, "replay", "pledges", "--limit", "1")
    assert "1 dead letters" in shown


async def _letter(pledges: Pledges) -> bool:
    return bool(await read_all(pledges.parts.kafka.bootstrap, "gcm.dead-letters.pledges"))


async def test_gcm_republish_writes_the_public_snapshots_of_a_real_service_afresh(pledges: Pledges) -> None:
    before = await pledges.value("select count(*) from outbox")
    shown = await asyncio.to_thread(pledges.gcm, "republish", "pledges", REVIEWS)
    milestones = await pledges.value("select count(*) from outbox where type = 'milestone.republished.v1'")
    assert milestones
    assert f"{REVIEWS}: {milestones} snapshots are in the outbox" in shown
    assert await pledges.value("select count(*) from outbox") == before + milestones  # type: ignore[operator]
