"""`python -m services.notifications ROLE…`: api, relay, consumer, sender, scheduler in one process or several."""

import sys
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import uvloop

from services.notifications.settings import Settings
from shared import telemetry
from shared.clock import Clock
from shared.messaging.roles import run_relay
from shared.process import Health, Task, run

if TYPE_CHECKING:
    from shared.db import Database

SERVICE = "notifications"
MIGRATIONS = Path(__file__).parent / "migrations"
WORK = frozenset({"consumer", "sender", "scheduler"})
ROLES = WORK | {"api", "relay", "migrate"}


def migrate(owner_url: str, clock: Clock | None = None) -> None:
    """Brings the schema to what this program has; may be repeated. `owner_url`: the tables' owner."""
    from services.notifications.handlers import SUBSCRIPTIONS
    from shared import migrate as migrations
    from shared.messaging.roles import register_effects

    migrations.migrate(owner_url, MIGRATIONS)
    register_effects(owner_url, SUBSCRIPTIONS, (clock or Clock()).system())


async def serve(settings: Settings, roles: frozenset[str]) -> None:
    """Until SIGTERM, or until one of the roles fails."""
    health = Health()
    async with AsyncExitStack() as stack:
        tasks: dict[str, Task] = {}
        if "relay" in roles:
            tasks["relay"] = partial(run_relay, service=SERVICE, settings=settings, public_topics=(), health=health)
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
    if roles & WORK:
        from services.notifications.worker import Worker

        worker = await stack.enter_async_context(Worker.open(settings, database, health))
        tasks |= worker.tasks(roles & WORK)
    return tasks


async def _schema(database: "Database") -> str | None:
    from shared.db import newest_migration

    found, needed = await database.schema_version() or "empty", newest_migration(MIGRATIONS)
    return None if needed <= found != "empty" else f"the schema is {found}, not {needed}"


def _api(settings: Settings, health: Health, database: "Database") -> Task:
    from services.notifications.app import create_app
    from shared.web.serve import api

    return api(settings, health, database, create_app)


def main() -> None:
    roles = frozenset(sys.argv[1:])
    if not roles or roles - ROLES or ("migrate" in roles and len(roles) > 1):
        raise SystemExit(
            "usage: python -m services.notifications migrate | ROLE… (api, relay, consumer, sender, scheduler)"
        )
    settings = Settings()
    telemetry.configure(SERVICE, sorted(roles), settings.log_level)
    if "migrate" in roles:
        migrate(settings.owner_database_url, Clock(settings.clock_file))
    else:
        uvloop.run(serve(settings, roles))


if __name__ == "__main__":
    main()
