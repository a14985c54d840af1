"""The database of one service: connections, transactions, migrations. PostgreSQL through asyncpg (docs/adr/0001)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import DateTime, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

TIMESTAMPTZ = DateTime(timezone=True)  # of all columns with a time: PostgreSQL's name for it


def driver_url(url: str) -> str:
    return url.replace("postgresql://", "postgresql+asyncpg://", 1)


class Database:
    """Hands out transactions; whoever opens one decides its end, nobody below commits."""

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
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False, autoflush=False)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Commits at the end of the block, rolls back on any exception."""
        async with self._sessions() as session, session.begin():
            yield session

    async def close(self) -> None:
        await self.engine.dispose()

    async def schema_version(self) -> str | None:
        """The newest migration that the database has; None before the first."""
        async with self.engine.connect() as connection:
            if not await connection.scalar(text("select to_regclass('alembic_version') is not null")):
                return None
            version: str | None = await connection.scalar(text("select max(version_num) from alembic_version"))
            return version


def newest_migration(folder: Path) -> str:
    """Revision identifiers are the numbers that the files begin with: 0001, 0002…"""
    return max(file.name[:4] for file in (folder / "versions").glob("[0-9]*.py"))
