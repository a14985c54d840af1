"""A service under test: its application without a server, a database of its own, a clock that the test moves.

async def test_something(service: Services) -> None:
    pledges = await service("pledges")
    answer = await pledges.client.get("/me", headers=bearer("amina"))
"""

import asyncio
import contextlib
import importlib
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from sqlalchemy import text

from services.network_support.conversation.inbound import opening
from services.network_support.settings import Settings
from services.notifications.deliveries.bounces.commands import Desk
from services.notifications.deliveries.returning import ReturnPath
from services.notifications.deliveries.suppression.hashing import Hashing
from services.notifications.preferences.links import Links
from services.notifications.recipients import Recipients
from services.notifications.rehearsals.telling import Telling
from services.pledges.progress.sealing import Seal
from shared import clock as clocks
from shared.asking import ServiceToken
from shared.clock import Clock
from shared.db import Database
from shared.files.store import Store
from shared.process import Health, serve_app
from shared.web.app import Parts
from shared.web.writing import Writer
from tests.support import tokens
from tests.support.databases import Databases

SEAL = Seal(["a secret that seals the action links of tests"])
MAIL_KEYS = ("a secret that signs what tests send",)
MAIL = Settings(
    environment="test",
    database_url="postgresql://nowhere",
    kafka_bootstrap="nowhere",
    oidc_issuer="http://id.test",
    pledges_url="http://pledges",
    reply_keys=("a secret that makes reply addresses of tests",),
    inbound_secret="the mail gateway of tests",  # pragma: allowlist secret
)
START = datetime(2024, 9, 2, 9, 0, tzinfo=UTC)  # business time of a test, until it moves the clock


@dataclass(frozen=True)
class Written:
    """One row of the outbox."""

    id: UUID
    topic: str
    type: str | None
    key: str
    data: Any  # JSON; None for a tombstone


@dataclass(frozen=True)
class Service:
    """`database` connects as the application, `owner` as the role that owns the tables."""

    name: str
    app: FastAPI
    client: httpx.AsyncClient
    database: Database
    owner: Database
    clock: Clock
    clock_file: Path
    nudges: list[None]  # one for each commit that told the relay

    def set_clock(self, business: datetime) -> None:
        clocks.write(self.clock_file, business, self.clock.system())

    async def outbox(self, topic: str | None = None) -> list[Written]:
        """What the test caused, in order; what the migration wrote for the reference data is not shown."""
        query = "select event_id, topic, type, key, payload from outbox where published_at is null order by id"
        async with self.database.transaction() as session:
            rows = (await session.execute(text(query))).all()
        written = [Written(row[0], row[1], row[2], row[3], row[4] and json.loads(row[4])) for row in rows]
        return [row for row in written if topic in {None, row.topic}]

    async def rows(self, query: str, **values: Any) -> list[dict[str, Any]]:
        """A look into the database, past the API."""
        async with self.owner.transaction() as session:
            return [dict(row) for row in (await session.execute(text(query), values)).mappings()]


Services = Callable[..., Awaitable[Service]]


def once(headers: dict[str, str]) -> dict[str, str]:
    """These headers and a new Idempotency-Key, for a POST."""
    return {**headers, "Idempotency-Key": str(uuid4())}


@asynccontextmanager
async def served(service: Service) -> AsyncIterator[str]:
    """The service's address while it is served over HTTP."""
    async with served_app(service.app) as address:
        yield address


@asynccontextmanager
async def served_app(app: FastAPI) -> AsyncIterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    stop: asyncio.Event = app.state.parts.stop
    stop.clear()
    serving = asyncio.create_task(serve_app(app, "127.0.0.1", port, stop))
    try:
        await _listens(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        stop.set()
        await serving


async def _listens(port: int) -> None:
    while True:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            return writer.close()
        await asyncio.sleep(0.01)


@asynccontextmanager
async def services(databases: Databases, folder: Path) -> AsyncIterator[Services]:
    """Makes services of one test: `await make("pledges")`; `http` is what the application calls others with."""
    async with AsyncExitStack() as stack:

        async def make(name: str, http: httpx.AsyncClient | None = None) -> Service:
            return await stack.enter_async_context(_service(name, databases, folder, http or _nobody()))

        yield make


@asynccontextmanager
async def _service(name: str, databases: Databases, folder: Path, http: httpx.AsyncClient) -> AsyncIterator[Service]:
    async with databases.of(name) as urls, AsyncExitStack() as stack:
        database = await stack.enter_async_context(_open(urls.app_url))
        owner = await stack.enter_async_context(_open(urls.owner_url))
        file, nudges = folder / f"{urls.name}.clock", list[None]()
        clock = Clock(file)
        clocks.write(file, START, clock.system())
        nudge = lambda: nudges.append(None)  # noqa: E731 - one line, one use
        parts = Parts(database, clock, nudge, Health(), await stack.enter_async_context(http), tokens.tokens())
        store = Store((folder / "attachments").as_uri())
        app = stack.enter_context(_application(name, parts, store))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        client = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://test"))
        yield Service(name, app, client, database, owner, clock, file, nudges)


def _nobody() -> httpx.AsyncClient:
    """What calls others where the test brings nobody to be called. (One that could call loads all certificates.)"""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody is there", request=request)

    return httpx.AsyncClient(transport=httpx.MockTransport(refuse))


_idle: list[FastAPI] = []


@contextmanager
def _application(name: str, parts: Parts, store: Store) -> Iterator[FastAPI]:
    """Of the pledges service, one is used again: to build its routes takes longer than most tests.

    The other services keep things of their own with their applications.
    """
    app: FastAPI
    if name == "pledges" and _idle:
        app = _idle.pop()
        app.state.parts, app.state.tokens = parts, parts.tokens
        app.state.writer, app.state.seal = Writer(parts.database, parts.clock, parts.nudge), SEAL
        app.state.store = store
    else:
        app = importlib.import_module(f"services.{name}.app").create_app(parts, **_own(name, store))
    yield app
    if name == "pledges":
        _idle.append(app)


def _own(name: str, store: Store) -> dict[str, Any]:
    """What an application gets from its settings."""
    match name:
        case "pledges":
            return {"seal": SEAL, "store": store}
        case "network_support":
            return {"store": store, "mail": partial(opening.mail, MAIL, store)}
    path = ReturnPath(MAIL_KEYS, "bounces@demo.invalid")
    asked = {"telling": _telling, "recipients": _recipients}
    return {"bounces": Desk(path, Hashing(MAIL_KEYS)), "links": Links(MAIL_KEYS), **asked}


def _recipients(http: httpx.AsyncClient) -> Recipients:
    """Where the test brings no people."""
    asked = "http://pledges.test"
    return Recipients(http, asked, ServiceToken(http, f"{asked}/token", "none", "none"))


def _telling(http: httpx.AsyncClient) -> Telling:
    return Telling(_recipients(http), "http://public.test")


@asynccontextmanager
async def _open(url: str) -> AsyncIterator[Database]:
    database = Database(url, application="tests", pool=8)
    try:
        yield database
    finally:
        await database.close()
