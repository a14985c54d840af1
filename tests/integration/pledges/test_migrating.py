"""The role `migrate`: however often and however many at once, the same database comes out."""

import asyncio
import shutil
from functools import partial
from pathlib import Path

import asyncpg
import pytest

from services.pledges.__main__ import MIGRATIONS, migrate
from shared import migrate as migrations
from tests.messaging.stage import eventually
from tests.support.parts import Postgres

BROKEN = """
from shared.migrate import script

revision = "0001"
down_revision = None


def upgrade():
    script("create table first (a int); create table second (a nonsense);")
"""


MORE = """
from alembic import op

from shared.migrate import script

revision = "9999"
down_revision = "{last}"


def upgrade():
    {how}("alter table entity add column more int")
"""
WAITING = "select 1 from pg_locks where not granted"


async def counted(url: str, query: str) -> list[int]:
    connection = await asyncpg.connect(url)
    try:
        return [row[0] for row in await connection.fetch(query)]
    finally:
        await connection.close()


async def test_several_at_once_load_everything_once(postgres: Postgres) -> None:
    urls = await postgres.database("pledges")
    await asyncio.gather(*(asyncio.to_thread(migrate, urls.owner_url) for _ in range(3)))
    tables = ("entity", "entity_history", "outbox", "milestone", "milestone_history")
    counts = " union all ".join(f"select '{table}' as name, count(*) from {table}" for table in tables)  # noqa: S608 - ours
    query = f"select count from ({counts}) as found order by array_position(array{list(tables)!r}, name)"  # noqa: S608
    entities, steps, told, milestones, moves = await counted(urls.app_url, query)
    assert (entities, steps, told) == (195, 195, 195 + milestones)
    assert milestones == moves


async def test_a_migration_that_fails_leaves_nothing(postgres: Postgres, tmp_path: Path) -> None:
    urls = await postgres.database("pledges")
    (tmp_path / "versions").mkdir()
    (tmp_path / "env.py").write_text((MIGRATIONS / "env.py").read_text())
    (tmp_path / "versions" / "0001_broken.py").write_text(BROKEN)
    with pytest.raises(asyncpg.PostgresError, match="nonsense"):
        await asyncio.to_thread(migrations.migrate, urls.owner_url, tmp_path)
    assert await counted(urls.owner_url, "select count(*) from pg_tables where tablename = 'first'") == [0]


@pytest.mark.parametrize("how", ["script", "op.execute"])
async def test_a_migration_waits_for_who_is_at_work_without_holding_up_others(
    postgres: Postgres, tmp_path: Path, how: str
) -> None:
    urls = await postgres.database("pledges")
    _with_one_more(tmp_path, how)
    await asyncio.to_thread(migrate, urls.owner_url)
    at_work = await asyncpg.connect(urls.app_url)
    try:
        await at_work.execute("begin; select 1 from entity limit 1")
        trying = asyncio.create_task(asyncio.to_thread(migrations.migrate, urls.owner_url, tmp_path, [0.1] * 100))
        await eventually(partial(counted, urls.owner_url, WAITING))
        async with asyncio.timeout(30):
            assert await counted(urls.app_url, "select 1 from entity limit 1") == [1]
        assert not trying.done()
        await at_work.execute("commit")
        await trying
    finally:
        await at_work.close()
    assert await counted(urls.owner_url, "select count(*) from alembic_version where version_num = '9999'") == [1]


def _with_one_more(folder: Path, how: str) -> None:
    shutil.copytree(MIGRATIONS, folder, dirs_exist_ok=True)
    last = max(folder.glob("versions/[0-9]*.py")).name.partition("_")[0]
    (folder / "versions" / "9999_more.py").write_text(MORE.format(last=last, how=how))
