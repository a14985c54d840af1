"""`python -m services.pledges ROLE…`: api, relay, consumer, importer in one process or several; migrate by itself."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
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
    from services.pledges.progress.sealing import Seal
    from shared.files.store import Store

    return partial(create_app, seal=Seal(settings.link_keys), store=Store(settings.attachments_url))


@asynccontextmanager
async def work(
    settings: Settings, roles: frozenset[str], database: "Database", health: Health
) -> AsyncIterator[Mapping[str, Task]]:
    clock = Clock(settings.clock_file)
    async with AsyncExitStack() as stack:
        tasks: dict[str, Task] = {}
        if "consumer" in roles:
            tasks |= await stack.enter_async_context(_following(settings, database, health, clock))
        if "importer" in roles:
            tasks |= await stack.enter_async_context(_importing(settings, database, clock))
        yield tasks


@asynccontextmanager
async def _following(
    settings: Settings, database: "Database", health: Health, clock: Clock
) -> AsyncIterator[Mapping[str, Task]]:
    """What the role `consumer` does: it follows other services, keeps statistics and search, looks what has ended."""
    from services.pledges.entities.leads import Watching
    from services.pledges.handlers import SUBSCRIPTIONS
    from services.pledges.invitations.tidying import Tidying
    from services.pledges.search import index
    from services.pledges.statistics import rollups
    from shared.files.store import Store
    from shared.files.sweeping import sweeping

    store = Store(settings.attachments_url)
    own: dict[str, Task] = {
        "statistics": partial(rollups.keep, database),
        "search": partial(index.keep, database),
        "sweeping": partial(sweeping, database=database, store=store, clock=clock),
        "tidying": Tidying(database, clock).run,
        "leads": Watching(database, clock).run,
    }
    async with consuming(SERVICE, SUBSCRIPTIONS, settings, database, health) as consumer:
        yield consumer | own


@asynccontextmanager
async def _importing(settings: Settings, database: "Database", clock: Clock) -> AsyncIterator[Mapping[str, Task]]:
    from services.pledges.exchange.importer import Importer
    from shared.messaging.nudge import Nudge

    nudge = Nudge(settings.database_url)
    await nudge.start()
    try:
        yield {"importer": Importer(database, clock, nudge).run}
    finally:
        await nudge.stop()


PROGRAM = Program(
    service=SERVICE,
    settings=Settings,
    migrations=MIGRATIONS,
    public_topics=(PLEDGES, ENTITIES, REVIEWS),
    migrate=migrate,
    app=app,
    work=work,
    workers=frozenset({"consumer", "importer"}),
)

if __name__ == "__main__":
    PROGRAM.main()
