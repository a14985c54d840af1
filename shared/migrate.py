"""Migrations of one service, one run at a time however many start together."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from shared.db import driver_url

LOCK = 7_302_001  # any fixed number: each service has a database of its own


def migrate(owner_url: str, folder: Path) -> None:
    """Brings the database at `owner_url` to the newest revision in `folder`, as the role that owns its tables."""
    asyncio.run(_migrate(owner_url, folder))


async def _migrate(owner_url: str, folder: Path) -> None:
    engine = create_async_engine(driver_url(owner_url), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            # a session lock: it also covers migrations that commit in between
            await connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": LOCK})
            await connection.commit()
            await connection.run_sync(_upgrade, folder)
            await connection.commit()
    finally:
        await engine.dispose()


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
