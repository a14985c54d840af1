"""Migrations of one service, one run at a time however many start together.

Somebody may be at work all the same. A statement that waits for a table makes everybody wait who comes after it. So it
gives way: what it holds up goes on, and the migration, which has left nothing, is tried again.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from shared.db import HELD_UP, driver_url, sqlstate

LOCK = 7_302_001  # any fixed number: each service has a database of its own
PATIENCE = "2s"  # that a statement waits: less than the 5 s that those behind it wait for a lock (shared/db.py)
PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0, *[60.0] * 10)  # seconds between trials

log = structlog.get_logger()


def migrate(owner_url: str, folder: Path, pauses: Sequence[float] = PAUSES) -> None:
    """Brings the database at `owner_url` to the newest revision in `folder`, as the role that owns its tables.

    `pauses`: seconds before each further trial of a migration that others held up; after the last one it raises.
    """
    asyncio.run(_migrate(owner_url, folder, pauses))


async def _migrate(owner_url: str, folder: Path, pauses: Sequence[float]) -> None:
    engine = create_async_engine(driver_url(owner_url), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            # a session lock: it also covers migrations that commit in between
            await connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": LOCK})
            await connection.execute(
                text("select set_config('lock_timeout', :patience, false)"), {"patience": PATIENCE}
            )
            await connection.commit()
            await _upgraded(connection, folder, pauses)
    finally:
        await engine.dispose()


async def _upgraded(connection: AsyncConnection, folder: Path, pauses: Sequence[float]) -> None:
    for pause in (*pauses, None):
        try:
            await connection.run_sync(_upgrade, folder)
            await connection.commit()
        except Exception as error:
            with contextlib.suppress(DBAPIError):
                await connection.rollback()
            if pause is None or sqlstate(error) not in HELD_UP:
                raise
            log.warning("migrate.held_up", trying_again_in=pause)
            await asyncio.sleep(pause)
        else:
            return


def _upgrade(connection: Connection, folder: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def run(connection: Connection) -> None:
    """What each service's migrations/env.py calls."""
    from alembic import context

    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


def script(sql: str) -> None:
    """Several statements at once, in the migration's transaction; of this driver, `op.execute` takes only one."""
    from alembic import op

    connection = op.get_bind().connection
    op.execute("select 1")  # the driver begins its transaction with the first statement that it prepares
    connection.dbapi_connection.run_async(lambda driver: driver.execute(sql))  # type: ignore[union-attr] # asyncpg's
