"""`python -m services.pledges ROLE…`: api, relay, consumer in one process or several; migrate by itself."""

import asyncio
import sys
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import uvloop

from services.pledges.settings import Settings
from shared import telemetry
from shared.clock import Clock
from shared.events.registry import ENTITIES, PLEDGES, REVIEWS
from shared.messaging.roles import run_relay
from shared.process import Health, Task, run

if TYPE_CHECKING:
    from shared.db import Database

SERVICE = "pledges"
PUBLIC_TOPICS = (PLEDGES, ENTITIES, REVIEWS)
MIGRATIONS = Path(__file__).parent / "migrations"
ROLES = frozenset({"api", "relay", "consumer", "migrate"})


def migrate(owner_url: str, clock: Clock | None = None) -> None:
    """Brings schema and reference data to what this program has; may be repeated. `owner_url`: the tables' owner."""
    from services.pledges.handlers import SUBSCRIPTIONS
    from services.pledges.reference import load_into
    from shared import migrate as migrations
    from shared.messaging.roles import register_effects

    clock = clock or Clock()
    migrations.migrate(owner_url, MIGRATIONS)
    register_effects(owner_url, SUBSCRIPTIONS, clock.system())
    asyncio.run(load_into(owner_url, clock))


async def serve(settings: Settings, roles: frozenset[str]) -> None:
    """Until SIGTERM, or until one of the roles fails."""
    health = Health()
    async with AsyncExitStack() as stack:
        tasks: dict[str, Task] = {}
        if "relay" in roles:
            relay = partial(run_relay, service=SERVICE, settings=settings, public_topics=PUBLIC_TOPICS, health=health)
            tasks["relay"] = relay
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
    tasks = {}
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
    from services.pledges.app import create_app
    from shared.web.serve import api

    return api(settings, health, database, create_app)


async def _consumer(settings: Settings, health: Health, database: "Database", stack: AsyncExitStack) -> Task:
    from services.pledges.handlers import SUBSCRIPTIONS
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
        raise SystemExit("usage: python -m services.pledges migrate | ROLE… (api, relay, consumer)")
    settings = Settings()
    telemetry.configure(SERVICE, sorted(roles), settings.log_level)
    if "migrate" in roles:
        migrate(settings.owner_database_url, Clock(settings.clock_file))
    else:
        uvloop.run(serve(settings, roles))


if __name__ == "__main__":
    main()
