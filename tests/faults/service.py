"""The pledges service as real processes, on parts of these tests' own."""

import asyncio
import json
import subprocess
import sys
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from deploy.local.child import Child, Command
from shared.events.registry import REVIEWS
from tests.messaging.stage import ROOT, read_all
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

    def start(self, role: str, **more: str) -> Child:
        """A process of its own; `more` goes to its environment."""
        log = self.folder / f"{role}-{len(self.children)}.log"
        argv = (sys.executable, "-m", "services.pledges", role)
        self.children.append(Child(Command(role, argv, log, self.environment | more), cwd=ROOT))
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
