"""`python -m services.<name> ROLE…`: one process of a service, which runs one or several of its roles.

What a role needs is imported when it runs: a relay loads no web framework, so it starts fast and stays small.
"""

import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvloop

from shared import telemetry
from shared.clock import Clock
from shared.messaging.roles import run_consumer, run_relay
from shared.policies import Faulty
from shared.process import Health, Task, run
from shared.settings import ServiceSettings

if TYPE_CHECKING:
    from fastapi import FastAPI

    from shared.db import Database
    from shared.messaging.subscriptions import Subscription
    from shared.web.app import Parts

Work = Callable[[Any, frozenset[str], "Database", Health], AbstractAsyncContextManager[Mapping[str, Task]]]


@dataclass(frozen=True)
class Program:
    """What a service's `__main__` names. Functions get the service's own settings."""

    service: str
    settings: type[ServiceSettings]
    migrations: Path
    public_topics: tuple[str, ...]  # those that get a daily heartbeat from this service's relay
    migrate: Callable[[str, Clock], None]  # the owner's URL
    app: Callable[[Any], "Callable[[Parts], FastAPI]"]
    work: Work  # the tasks of the roles that are neither api nor relay
    workers: frozenset[str] = frozenset({"consumer"})

    def main(self) -> None:
        """Runs the roles that the command line names; raises SystemExit with the usage when it names none of
        ours, and with what is wrong when a policy file is faulty."""
        roles = frozenset(sys.argv[1:])
        known = {"api", "relay", "migrate", *self.workers}
        if not roles or roles - known or ("migrate" in roles and len(roles) > 1):
            several = ", ".join(sorted(known - {"migrate"}))
            raise SystemExit(f"usage: python -m services.{self.service} migrate | ROLE… ({several})")
        try:
            self._run(roles)
        except Faulty as fault:
            raise SystemExit(f"not started:\n{fault}") from None

    def _run(self, roles: frozenset[str]) -> None:
        settings = self.settings()
        telemetry.configure(self.service, sorted(roles), settings.log_level)
        if "migrate" in roles:
            self.migrate(settings.owner_database_url, Clock(settings.clock_file))
        else:
            uvloop.run(self._serve(settings, roles))

    async def _serve(self, settings: ServiceSettings, roles: frozenset[str]) -> None:
        """Until SIGTERM, or until one of the roles fails."""
        health = Health()
        async with AsyncExitStack() as stack:
            tasks: dict[str, Task] = {}
            if "relay" in roles:
                tasks["relay"] = self._relay(settings, health)
            if roles - {"relay"}:
                tasks |= await self._with_database(settings, roles, health, stack)
            port = None if "api" in roles else settings.health_port  # the api has the page among its routes
            await run(tasks, health, (settings.http_host, port) if port else None)

    def _relay(self, settings: ServiceSettings, health: Health) -> Task:
        return partial(
            run_relay, service=self.service, settings=settings, public_topics=self.public_topics, health=health
        )

    async def _with_database(
        self, settings: ServiceSettings, roles: frozenset[str], health: Health, stack: AsyncExitStack
    ) -> dict[str, Task]:
        from shared.db import Database

        database = Database(settings.database_url, application=self.service, pool=settings.database_pool)
        stack.push_async_callback(database.close)
        health.checks["database"] = partial(self._schema, database)
        tasks: dict[str, Task] = {}
        if "api" in roles:
            from shared.web.serve import api

            tasks["api"] = api(settings, health, database, self.app(settings))
        if working := roles & self.workers:
            tasks |= await stack.enter_async_context(self.work(settings, working, database, health))
        return tasks

    async def _schema(self, database: "Database") -> str | None:
        """The check that the schema has at least our migrations."""
        from shared.db import newest_migration

        found, needed = await database.schema_version() or "empty", newest_migration(self.migrations)
        return None if needed <= found != "empty" else f"the schema is {found}, not {needed}"


@asynccontextmanager
async def consuming(
    service: str,
    subscriptions: "Sequence[Subscription]",
    settings: ServiceSettings,
    database: "Database",
    health: Health,
) -> AsyncIterator[dict[str, Task]]:
    """The work of a service that has the role `consumer` and no other."""
    from shared.messaging.nudge import Nudge

    nudge = Nudge(settings.database_url)
    await nudge.start()
    try:
        yield {
            "consumer": partial(
                run_consumer,
                service=service,
                settings=settings,
                subscriptions=subscriptions,
                database=database,
                clock=Clock(settings.clock_file),
                nudge=nudge,
                health=health,
            )
        }
    finally:
        await nudge.stop()
