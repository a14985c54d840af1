"""`python -m services.notifications ROLE…`: api, relay, consumer, sender, scheduler in one process or several."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from services.notifications.settings import Settings
from shared.clock import Clock
from shared.process import Health, Task
from shared.program import Program

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

    from shared.db import Database
    from shared.web.app import Parts

SERVICE = "notifications"
MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(owner_url: str, clock: Clock | None = None) -> None:
    """Brings the schema to what this program has; may be repeated. `owner_url`: the tables' owner."""
    from services.notifications.handlers import SUBSCRIPTIONS
    from shared import migrate as migrations
    from shared.messaging.roles import register_effects

    migrations.migrate(owner_url, MIGRATIONS)
    register_effects(owner_url, SUBSCRIPTIONS, (clock or Clock()).system())


def app(settings: Settings) -> "Callable[[Parts], FastAPI]":
    from services.notifications.app import create_app
    from services.notifications.calendar.entries import Place
    from services.notifications.deliveries.bounces.commands import Desk
    from services.notifications.preferences.links import Links
    from services.notifications.worker import recipients, telling

    bounces, links = Desk.of(settings), Links(settings.mail_keys)
    told, asked = partial(telling, settings), partial(recipients, settings)
    made = partial(create_app, place=Place.of(settings), bounces=bounces, links=links)
    return partial(made, telling=told, recipients=asked)


@asynccontextmanager
async def work(
    settings: Settings, roles: frozenset[str], database: "Database", health: Health
) -> AsyncIterator[Mapping[str, Task]]:
    from services.notifications.worker import Worker

    async with Worker.open(settings, database, health) as worker:
        yield worker.tasks(roles)


PROGRAM = Program(
    service=SERVICE,
    settings=Settings,
    migrations=MIGRATIONS,
    public_topics=(),
    migrate=migrate,
    app=app,
    work=work,
    workers=frozenset({"consumer", "sender", "scheduler"}),
)

if __name__ == "__main__":
    PROGRAM.main()
