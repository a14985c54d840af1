"""gcm replay, republish, rebuild: operations on events. All may run while the services do."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from deploy.local.refusal import Refused
from deploy.local.state import State

if TYPE_CHECKING:
    from shared.clock import Clock
    from shared.db import Database

SERVICES = ("pledges", "network_support", "notifications")

Service = Annotated[str, typer.Argument(help=f"One of {', '.join(SERVICES)}.")]


def register(app: typer.Typer) -> None:
    app.command()(replay)
    app.command()(republish)
    app.command()(rebuild)


def replay(
    service: Service,
    limit: Annotated[int | None, typer.Option(help="At most so many letters.", min=1)] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show which.")] = False,
    event: Annotated[UUID | None, typer.Option("--id", help="Only this event, also if it was replayed before.")] = None,
) -> None:
    """Run a service's dead letters again, after their cause was mended.

    Effects happen if they have not; projections change only if nothing newer came. What fails again is kept again.
    """
    asyncio.run(_replay(service, limit, dry_run=dry_run, event=event))


async def _replay(service: str, limit: int | None, *, dry_run: bool, event: UUID | None) -> None:
    from shared.messaging.replay import Replay

    async with _opened(service) as place:
        letters = Replay(service, place.bootstrap, place.handlers.SUBSCRIPTIONS, place.database, place.clock)
        number = 0
        async for letter, became in letters.run(limit=limit, only=event, dry=dry_run):
            number += 1
            print(f"{letter.event_id}  {letter.type or '(no type)'}  {letter.consumer}: {became}")
            print(f"    was: {letter.reason}")
    print(f"{number} dead letters" if number else "There are no dead letters to replay.")


def republish(
    service: Service,
    topic: Annotated[str | None, typer.Argument(help="One public topic of the service; all, if none is named.")] = None,
) -> None:
    """Write every public snapshot afresh, in today's schema: after a restore, or for readers that start anew."""
    asyncio.run(_republish(service, topic))


async def _republish(service: str, topic: str | None) -> None:
    from shared.messaging.republish import republish

    async with _opened(service) as place:
        chosen = [one for one in place.handlers.REPUBLISHERS if topic in (None, one.topic)]
        if not chosen:
            raise Refused(f"{service} republishes nothing{f' to {topic}' if topic else ''}.")
        for one in chosen:
            number = 0
            async for number in republish(one, place.database, place.clock):
                print(f"\r{one.topic}: {number}", end="", flush=True)
            print(f"\r{one.topic}: {number} snapshots are in the outbox")


def rebuild(
    service: Service,
    projection: Annotated[str, typer.Argument(help="Its name, as in `/readyz` and in its consumer group.")],
) -> None:
    """Clear a projection and read it again from its topic's beginning, while the service runs."""
    asyncio.run(_rebuild(service, projection))


async def _rebuild(service: str, name: str) -> None:
    from shared.messaging.projections import rebuild
    from shared.messaging.subscriptions import Projection

    async with _opened(service) as place:
        found = {one.name: one for one in place.handlers.SUBSCRIPTIONS if isinstance(one, Projection)}
        if name not in found:
            raise Refused(f"{service} has no projection “{name}”: {', '.join(found) or 'none at all'}.")
        async with place.database.transaction() as session:
            await rebuild(session, found[name])
    print(f"{name} is cleared; its consumers read {found[name].topic} from the beginning.")


@dataclass(frozen=True)
class Place:
    """Where a service's data and events are, and its `handlers` module."""

    database: "Database"
    bootstrap: str
    clock: "Clock"
    handlers: Any


@asynccontextmanager
async def _opened(service: str) -> AsyncIterator[Place]:
    """From GCM_DATABASE_URL, GCM_KAFKA_BOOTSTRAP and GCM_CLOCK_FILE, otherwise from the local stack."""
    from shared.clock import Clock
    from shared.db import Database

    if service not in SERVICES:
        raise Refused(f"There is no service “{service}”: {', '.join(SERVICES)}.")
    url, bootstrap, clock_file = _addresses(service)
    database = Database(url, application="gcm", pool=2)
    try:
        yield Place(database, bootstrap, Clock(clock_file), import_module(f"services.{service}.handlers"))
    finally:
        await database.close()


def _addresses(service: str) -> tuple[str, str, Path | None]:
    url, bootstrap = os.environ.get("GCM_DATABASE_URL"), os.environ.get("GCM_KAFKA_BOOTSTRAP")
    file = os.environ.get("GCM_CLOCK_FILE")
    if url and bootstrap:
        return url, bootstrap, Path(file) if file else None
    if url or bootstrap:
        raise Refused("Set both GCM_DATABASE_URL (the service's own role) and GCM_KAFKA_BOOTSTRAP, or neither.")
    stack = State().stack()
    if "databases" not in stack or "addresses" not in stack:
        raise Refused("Nothing is known of the service: set GCM_DATABASE_URL and GCM_KAFKA_BOOTSTRAP, or `make up`.")
    return stack["databases"][service]["app_url"], stack["addresses"]["kafka"], State().clock_file
