"""`python -m services.pledges ROLE…`: api, relay, consumer in one process or several; migrate by itself."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from services.pledges.settings import Settings
from shared.clock import Clock
from shared.events.registry import ENTITIES, PLEDGES, REVIEWS
from shared.process import Health, Task
from shared.program import Program, consuming

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

    from shared.db import Database
    from shared.web.app import Parts

SERVICE = "pledges"
MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(owner_url: str, clock: Clock | None = None) -> None:
    """Brings schema, reference data and search index to what this program has; may be repeated.

    `owner_url`: of the role that owns the tables.
    """
    from services.pledges.duplicates.filling import fill_in
    from services.pledges.handlers import SUBSCRIPTIONS
    from services.pledges.reference import load_into
    from services.pledges.search.index import index_all
    from shared import migrate as migrations
    from shared.messaging.roles import register_effects

    clock = clock or Clock()
    migrations.migrate(owner_url, MIGRATIONS)
    register_effects(owner_url, SUBSCRIPTIONS, clock.system())
    asyncio.run(load_into(owner_url, clock))
    asyncio.run(fill_in(owner_url))
    asyncio.run(index_all(owner_url))


def app(settings: Settings) -> "Callable[[Parts], FastAPI]":
    from services.pledges.app import create_app
    from services.pledges.attachments.store import Store
    from services.pledges.progress.sealing import Seal

    return partial(create_app, seal=Seal(settings.link_keys), store=Store(settings.attachments_url))


@asynccontextmanager
async def work(
    settings: Settings, _: frozenset[str], database: "Database", health: Health
) -> AsyncIterator[Mapping[str, Task]]:
    """What the role `consumer` does: it follows the other services, keeps the statistics, sweeps the store of files."""
    from services.pledges.attachments.store import Store
    from services.pledges.attachments.sweeping import sweeping
    from services.pledges.handlers import SUBSCRIPTIONS
    from services.pledges.invitations.tidying import Tidying
    from services.pledges.statistics import rollups

    store, clock = Store(settings.attachments_url), Clock(settings.clock_file)
    sweeper = partial(sweeping, database=database, store=store, clock=clock)
    tidying = Tidying(database, clock)
    async with consuming(SERVICE, SUBSCRIPTIONS, settings, database, health) as consumer:
        own: dict[str, Task] = {
            "statistics": partial(rollups.keep, database),
            "sweeping": sweeper,
            "tidying": tidying.run,
        }
        yield consumer | own


PROGRAM = Program(
    service=SERVICE,
    settings=Settings,
    migrations=MIGRATIONS,
    public_topics=(PLEDGES, ENTITIES, REVIEWS),
    migrate=migrate,
    app=app,
    work=work,
)

if __name__ == "__main__":
    PROGRAM.main()
