"""`python -m services.network_support ROLE…`: api, relay, consumer in one process or several; migrate by itself."""

import sys
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import uvloop

from services.network_support.settings import Settings
from shared import telemetry
from shared.clock import Clock
from shared.events.registry import SUPPORT
from shared.messaging.roles import run_relay
from shared.process import Health, Task, run

if TYPE_CHECKING:
    from shared.db import Database

SERVICE = "network_support"
MIGRATIONS = Path(__file__).parent / "migrations"
ROLES = frozenset({"api", "relay", "consumer", "migrate"})


def migrate(owner_url: str) -> None:
    """Brings the schema to what this program has; may be repeated. `owner_url`: the tables' owner.

    There is no effect here whose start would have to be marked: see handlers.py.
    """
    from shared import migrate as migrations

    migrations.migrate(owner_url, MIGRATIONS)


async def serve(settings: Settings, roles: frozenset[str]) -> None:
    """Until SIGTERM, or until one of the roles fails."""
    health = Health()
    async with AsyncExitStack() as stack:
        tasks: dict[str, Task] = {}
        if "relay" in roles:
            tasks["relay"] = partial(
                run_relay, service=SERVICE, settings=settings, public_topics=(SUPPORT,), health=health
            )
        if roles - {"relay"}:
            tasks |= await _with_database(settings, roles, health, stack)
        await run(tasks, health, None if "api" in roles else settings.health_port)


async def _with_database(
    settings: Settings, roles: frozenset[str], health: Health, stack: AsyncExitStack
) -> dict[str, Task]:
    """The roles that need what a relay does not even load."""
    from shared.db import Database

    database = Database(settings.database_url, application=SERVICE, pool=settings.database_pool)
    stack.push_async_callback(database.close)
    health.checks["database"] = partial(_schema, database)
    tasks: dict[str, Task] = {}
    if "api" in roles:
        tasks["api"] = _api(settings, health, database)
    if "consumer" in roles:
        tasks["consumer"] = await _consumer(settings, health, database, stack)
    return tasks


async def _schema(database: "Database") -> str | None:
    from shared.db import newest_migration

    found, needed = await database.schema_version() or "empty", newest_migration(MIGRATIONS)
    return None if needed <= found != "empty" else f"the schema is {found}, not {needed}"


def _api(settings: Settings, health: Health, database: "Database") -> Task:
    from services.network_support.app import create_app
    from shared.web.serve import api

    return api(settings, health, database, partial(create_app, pledges_url=settings.pledges_url))


async def _consumer(settings: Settings, health: Health, database: "Database", stack: AsyncExitStack) -> Task:
    from services.network_support.handlers import SUBSCRIPTIONS
    from shared.messaging.nudge import Nudge
    from shared.messaging.roles import run_consumer

    nudge = Nudge(settings.database_url)
    await nudge.start()
    stack.push_async_callback(nudge.stop)
    return partial(
        run_consumer,
        service=SERVICE,
        settings=settings,
        subscriptions=SUBSCRIPTIONS,
        database=database,
        clock=Clock(settings.clock_file),
        nudge=nudge,
        health=health,
    )


def main() -> None:
    roles = frozenset(sys.argv[1:])
    if not roles or roles - ROLES or ("migrate" in roles and len(roles) > 1):
        raise SystemExit("usage: python -m services.network_support migrate | ROLE… (api, relay, consumer)")
    settings = Settings()
    telemetry.configure(SERVICE, sorted(roles), settings.log_level)
    if "migrate" in roles:
        migrate(settings.owner_database_url)
    else:
        uvloop.run(serve(settings, roles))


if __name__ == "__main__":
    main()
