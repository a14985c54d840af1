"""What the write path really says to its database, taken from SQLAlchemy while the application serves the request."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
import httpx
from sqlalchemy import Dialect, event
from sqlalchemy.ext.asyncio import AsyncSession

from services.pledges.app import create_app
from shared.clock import Clock
from shared.db import Database
from shared.one_write import OneWrite
from shared.process import Health
from shared.web.app import Parts
from tests.bench.spine.submission import body, headers
from tests.support import tokens


@dataclass(frozen=True)
class Statement:
    """As it goes to the driver: `$1` and so on stand for the values."""

    sql: str
    values: tuple[Any, ...]


@dataclass
class Captured:
    """What is one for the caller: its statements, and the rows that came back, execution by execution.

    `transaction`: they stand between BEGIN and COMMIT, otherwise each is a transaction of its own.
    """

    transaction: bool = True
    statements: list[Statement] = field(default_factory=list)
    answers: list[list[Any]] = field(default_factory=list)
    pledge_id: UUID | None = None
    key: str = ""


class _Listening(Database):
    """Keeps what is executed in its sessions."""

    def __init__(self, url: str, into: Captured) -> None:
        self.session_class = _session(into)
        self.one_write_class = _one_write(into)
        super().__init__(url, application="measurement", pool=1)
        event.listen(self.engine.sync_engine, "before_cursor_execute", _keep(into))


def _session(into: Captured) -> type[AsyncSession]:
    class Session(AsyncSession):
        async def execute(self, *args: Any, **options: Any) -> Any:
            result: Any = await super().execute(*args, **options)
            if not getattr(result, "returns_rows", True):
                into.answers.append([])
                return result
            frozen = await self.run_sync(lambda _: result.freeze())
            into.answers.append([tuple(row._mapping.items()) for row in frozen()])  # noqa: SLF001 - as documented
            return frozen()

    return Session


def _one_write(into: Captured) -> type[OneWrite]:
    class Once(OneWrite):
        def __init__(self, connection: asyncpg.Connection, dialect: Dialect) -> None:
            super().__init__(_Driver(connection, into), dialect)

        async def execute(self, *args: Any) -> Any:
            frozen = (await super().execute(*args)).freeze()
            into.answers.append([tuple(row._mapping.items()) for row in frozen()])  # noqa: SLF001 - as documented
            return frozen()

    return Once


@dataclass(frozen=True)
class _Driver:
    """A connection of the driver that says each statement alone: each is a transaction of its own."""

    connection: asyncpg.Connection
    into: Captured

    async def fetch(self, sql: str, *values: Any) -> Any:
        self._keep(sql, values)
        return await self.connection.fetch(sql, *values)

    async def execute(self, sql: str, *values: Any) -> Any:
        self._keep(sql, values)
        return await self.connection.execute(sql, *values)

    def _keep(self, sql: str, values: tuple[Any, ...]) -> None:
        self.into.transaction = False
        self.into.statements.append(Statement(sql, values))


def _keep(into: Captured) -> Any:
    def keep(_connection: Any, _cursor: Any, sql: str, values: Any, _context: Any, _many: bool) -> None:
        into.transaction = True
        into.statements.append(Statement(sql, tuple(values)))

    return keep


async def capture(url: str) -> Captured:
    """Serves the submission once for warmth and once for real; the membership must be there."""
    captured = Captured()
    async with httpx.AsyncClient() as http:
        database = _Listening(url, captured)
        parts = Parts(database, Clock(), lambda: None, Health(), http, tokens.tokens())
        transport = httpx.ASGITransport(create_app(parts))
        async with httpx.AsyncClient(transport=transport, base_url="http://bench") as client:
            for key in ("captured-1", "captured-2"):
                captured.statements.clear()
                captured.answers.clear()
                sent = {**headers(), "Idempotency-Key": key, "Content-Type": "application/json"}
                answer = await client.post("/pledges", content=body(), headers=sent)
                answer.raise_for_status()
                captured.key, captured.pledge_id = key, UUID(answer.json()["pledge_id"])
        await database.close()
    return captured


def fresh(value: Any, captured: Captured) -> bool:
    """Whether a repeated transaction needs another value here: a key that must be unique, or refers to one."""
    return isinstance(value, UUID) or value == captured.key


def sizes(statements: Sequence[Statement]) -> list[tuple[str, int]]:
    """What each statement is, in a few words, and the bytes of its values."""
    return [(_brief(one.sql), sum(len(str(value)) for value in one.values)) for one in statements]


def _brief(sql: str) -> str:
    return " ".join(sql.split())[:60]
