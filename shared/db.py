"""The database of one service: connections, transactions, migrations. PostgreSQL through asyncpg (docs/adr/0001)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import asyncpg
from sqlalchemy import DateTime, text
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from shared.one_write import OneWrite

HELD_UP = {"55P03", "40P01"}  # a lock was not available; a deadlock, of which this one was ended
TIMESTAMPTZ = DateTime(timezone=True)  # of all columns with a time: PostgreSQL's name for it


def sqlstate(error: BaseException) -> str:
    """PostgreSQL's code of an error of the driver or of SQLAlchemy; "" of any other."""
    return str(getattr(getattr(error, "orig", error), "sqlstate", None) or "")


def driver_url(url: str) -> str:
    return url.replace("postgresql://", "postgresql+asyncpg://", 1)


class Database:
    """Hands out transactions; whoever opens one decides its end, nobody below commits."""

    session_class: type[AsyncSession] = AsyncSession
    one_write_class: type[OneWrite] = OneWrite

    def __init__(self, url: str, *, application: str, pool: int = 16) -> None:
        self.url = url
        self.engine: AsyncEngine = create_async_engine(
            driver_url(url),
            hide_parameters=True,  # what people wrote must not get into logs
            pool_size=pool,
            max_overflow=0,
            pool_timeout=5,
            connect_args={
                "timeout": 5,
                "command_timeout": 30,
                "server_settings": {
                    "application_name": application,
                    "timezone": "UTC",
                    "lock_timeout": "5s",
                    # a request that was cut off between statements must not hold its locks
                    "idle_in_transaction_session_timeout": "15s",
                },
            },
        )
        self._sessions = async_sessionmaker(
            self.engine, class_=self.session_class, expire_on_commit=False, autoflush=False
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Commits at the end of the block, rolls back on any exception."""
        async with self._sessions() as session, session.begin():
            yield session

    @asynccontextmanager
    async def one_write(self) -> AsyncIterator[AsyncSession]:
        """For reads that lock nothing and then one insert, which may be of many tables: shared/inserts.py.

        As a transaction at READ COMMITTED: each statement sees what is committed when it begins, and the insert is done
        whole or not at all. But BEGIN and COMMIT are saved, half of the round trips, and with them most of what a
        session costs (docs/adr/0011). Raises RuntimeError for anything else before it is done,
        and when nothing was written.
        """
        async with self.engine.connect() as connection:
            driver = await _driver(connection)
            once = self.one_write_class(driver, self.engine.dialect)
            try:
                yield cast("AsyncSession", once)
                once.require_done()
            finally:
                if driver.is_closed():
                    await connection.invalidate()

    async def close(self) -> None:
        await self.engine.dispose()

    async def schema_version(self) -> str | None:
        """The newest migration that the database has; None before the first."""
        async with self.engine.connect() as connection:
            if not await connection.scalar(text("select to_regclass('alembic_version') is not null")):
                return None
            version: str | None = await connection.scalar(text("select max(version_num) from alembic_version"))
            return version


async def _driver(connection: AsyncConnection) -> asyncpg.Connection:
    """Its connection of the driver: one that was lost while it lay in the pool is replaced."""
    while True:
        driver: asyncpg.Connection | None = (await connection.get_raw_connection()).driver_connection
        if driver is not None and not driver.is_closed():
            return driver
        await connection.invalidate()


def newest_migration(folder: Path) -> str:
    """Revision identifiers are the numbers that the files begin with: 0001, 0002…"""
    return max(file.name[:4] for file in (folder / "versions").glob("[0-9]*.py"))
