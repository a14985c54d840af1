"""The database of one service: connections, transactions, migrations. PostgreSQL through asyncpg (docs/adr/0001)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import DateTime, event, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import ORMExecuteState, Session

TIMESTAMPTZ = DateTime(timezone=True)  # of all columns with a time: PostgreSQL's name for it


def driver_url(url: str) -> str:
    return url.replace("postgresql://", "postgresql+asyncpg://", 1)


ONE_WRITE = "one write"  # what a session's info says of it; False once it is done


class _OneWrite(Session):
    """Refuses whatever a transaction of its own for each statement would tear apart."""


@event.listens_for(_OneWrite, "do_orm_execute")
def _reads_and_then_one_write(asked: ORMExecuteState) -> None:
    info = asked.session.info
    locks = getattr(asked.statement, "_for_update_arg", None) is not None  # gone at the end of the statement
    if locks or not info[ONE_WRITE] or not (asked.is_select or asked.is_insert):
        raise RuntimeError("without a transaction only plain reads and then one insert are done together")
    info[ONE_WRITE] = not asked.is_insert


@event.listens_for(_OneWrite, "before_flush")
def _no_objects(*_: object) -> None:
    raise RuntimeError("without a transaction no objects of a session are written")


class Database:
    """Hands out transactions; whoever opens one decides its end, nobody below commits."""

    session_class: type[AsyncSession] = AsyncSession

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
        alone = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._sessions = self._maker(self.engine, Session, {})
        self._writing_once = self._maker(alone, _OneWrite, {ONE_WRITE: True})

    def _maker(
        self, engine: AsyncEngine, kind: type[Session], info: dict[str, bool]
    ) -> async_sessionmaker[AsyncSession]:
        return async_sessionmaker(
            engine,
            class_=self.session_class,
            sync_session_class=kind,
            info=info,
            expire_on_commit=False,
            autoflush=False,
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
        whole or not at all. But BEGIN and COMMIT are saved, half of the round trips (docs/adr/0011). Raises
        RuntimeError for anything else before it is done.
        """
        async with self._writing_once() as session, session.begin():
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
