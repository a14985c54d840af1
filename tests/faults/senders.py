"""The sender as a real process, between a made-up pledges service and a relay that records."""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import asyncpg

from deploy.local.child import Child, Command
from deploy.local.ports import choose
from services.notifications.__main__ import migrate
from tests.integration.notifications.people import People
from tests.integration.notifications.test_process import served
from tests.messaging.stage import ROOT, eventually
from tests.support.deliveries import person, queue
from tests.support.parts import Parts, Urls
from tests.support.relays import Relay

CONNECTIONS = 4


@dataclass
class Senders:
    """One database full of mails, and whoever sends them now."""

    urls: Urls
    folder: Path
    relay: Relay
    environment: dict[str, str]
    people: People
    children: list[Child] = field(default_factory=list)

    @classmethod
    @asynccontextmanager
    async def around(cls, parts: Parts, folder: Path) -> AsyncIterator[Self]:
        urls, people, [port] = await parts.postgres.database("notifications"), People(desk=[]), choose(1)
        await asyncio.to_thread(migrate, urls.owner_url)
        limits = folder / "limits.yaml"
        limits.write_text("default: {at_once: 100, per_minute: 1000000}\n")
        async with Relay().running() as relay, served(people, port):
            environment = {
                "GCM_ENVIRONMENT": "test",
                "GCM_DATABASE_URL": urls.app_url,
                "GCM_KAFKA_BOOTSTRAP": "nowhere:1",
                "GCM_OIDC_ISSUER": f"http://127.0.0.1:{port}",
                "GCM_PLEDGES_URL": f"http://127.0.0.1:{port}",
                "GCM_SMTP_PORT": str(relay.port),
                "GCM_SMTP_CONNECTIONS": str(CONNECTIONS),
                "GCM_MAIL_LIMITS_FILE": str(limits),
                "GCM_LOG_LEVEL": "WARNING",
            }
            made = cls(urls, folder, relay, environment, people)
            yield made
            for child in made.children:
                child.kill()

    def start(self, **more: str) -> Child:
        log = self.folder / f"sender-{len(self.children)}.log"
        command = Command(
            "sender", (sys.executable, "-m", "services.notifications", "sender"), log, self.environment | more
        )
        self.children.append(Child(command, cwd=ROOT))
        return self.children[-1]

    async def queue(self, mails: int) -> list[UUID]:
        """So many mails to as many people."""
        self.people.focal_points = {"veridia": [person(number) for number in range(mails)]}
        return await queue(self.urls.owner_url, mails)

    async def rows(self, query: str, *values: Any) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.urls.owner_url)
        try:
            found: list[asyncpg.Record] = await connection.fetch(query, *values)
        finally:
            await connection.close()
        return found

    async def sending(self) -> set[str]:
        """The Message-IDs that a sender has, or had when it was killed."""
        return {row["message_id"] for row in await self.rows("select message_id from delivery where state = 'sending'")}

    async def expire(self) -> None:
        """The lease of whoever has any ends."""
        await self.rows("update delivery set lease_until = created_at where state = 'sending'")

    async def waiting(self) -> int:
        [row] = await self.rows("select count(*) from delivery where state <> 'sent'")
        return int(row[0])

    async def until_sent(self, within: float = 60) -> None:
        async def done() -> bool:
            return await self.waiting() == 0

        await eventually(done, within=within)

    async def until_silent(self) -> None:
        """The relay has read all that was on the wire."""

        async def silent() -> bool:
            return self.relay.open == 0

        await eventually(silent)

    def taken(self, since: int = 0) -> Counter[str]:
        """How often the relay got the whole of each mail, by Message-ID, from the mail of this number on."""
        return Counter(_message_id(mail) for mail in self.relay.mails[since:])


def _message_id(mail: str) -> str:
    [found] = [line for line in mail.splitlines() if line.startswith("Message-ID:")]
    return found.partition(":")[2].strip()
