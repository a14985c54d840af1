"""Planning the reminders of many pledges for one milestone, against one bare statement that inserts the same rows.

Both on one PostgreSQL that syncs to the disk, with the same indexes, by turns: the tables are emptied between them.
BENCH_PLEDGES and BENCH_TURNS say how many, for a trial with fewer.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import text

from services.notifications.recipients import Found, Recipients
from services.notifications.rehearsals.sandbox import Standing
from services.notifications.reminders.planner import Planner
from services.notifications.reminders.policy import policy
from shared.db import Database
from tests.bench import stand
from tests.bench.figures import Figure, at_least, at_most, console, median, table
from tests.bench.quiet import wait_until_quiet

PLEDGES, ENTITIES = int(os.environ.get("BENCH_PLEDGES", "1_000_000")), 250
TURNS = int(os.environ.get("BENCH_TURNS", "3"))
SHARE, MEGABYTES = 0.6, 200
NOW = datetime(2024, 9, 2, 9, tzinfo=UTC)

ADD_PLEDGES = """
insert into known_pledge
    (pledge_id, entity_id, title, state, review_cycle, first_published_at, last_reported_at, sequence, changed_at)
select gen_random_uuid(), 'entity-' || n % :entities, 'A pledge', 'published', '2022', '2022-06-01', null, 1, now()
from generate_series(1, :pledges) n
"""
ADD_MILESTONE = """
insert into known_milestone (code, cycle, cycle_opens, names, starts, tentative, reminders, sequence, changed_at)
values ('plenary-2024', '2022', '2022-05-17', '{}', '2024-12-05', false, true, 1, now())
"""
_BARE = """
insert into reminder (pledge_id, entity_id, milestone, offset_days, due_on, state, created_at, updated_at)
select pledge_id, entity_id, 'plenary-2024', offset_days, date '2024-12-05' + offset_days, 'planned', now(), now()
from known_pledge cross join unnest(cast(:offsets as int[])) as due (offset_days)
"""


def run() -> list[Figure]:
    with stand.durable_parts(shared_buffers="1GB", max_wal_size="8GB") as parts:
        urls = stand.migrated(parts, "notifications")
        return asyncio.run(_measured(urls.owner_url, urls.app_url))


async def _measured(owner_url: str, app_url: str) -> list[Figure]:
    # as the owner: the application may not empty the plan, and a bare statement of this size takes longer than it has
    database = Database(owner_url, application="measurement", pool=1)
    try:
        await execute(database, ADD_PLEDGES, pledges=PLEDGES, entities=ENTITIES)
        await execute(database, ADD_MILESTONE)
        await vacuum(database, "known_pledge")
        turns = [(await _ours(database, app_url), await _bare(database)) for _ in range(TURNS)]
        await vacuum(database, "reminder")  # as the database does by itself within a minute
        again = _swept(app_url)
    finally:
        await database.close()
    return _figures(turns, again)


def _figures(turns: list[tuple[dict[str, Any], float]], again: dict[str, Any]) -> list[Figure]:
    rows = PLEDGES * len(policy().offsets)
    ours, bare = median([one["seconds"] for one, _ in turns]), median([seconds for _, seconds in turns])
    peak = max(one["peak"] for one, _ in turns)
    lines = [("the sweep", ours, rows / ours), ("one bare statement", bare, rows / bare)]
    table(f"{PLEDGES:,} pledges, {rows:,} reminders, medians of {TURNS} turns", ("", "s", "rows/s"), lines)
    console.print("by turn: " + " ".join(f"{bare / one['seconds']:.2f}" for one, bare in turns))
    console.print(f"again, with nothing to add: {again['seconds']:.1f} s; peak memory {peak:.0f} MB")
    share = median([seconds / one["seconds"] for one, seconds in turns])
    return [
        at_least(f"reminder sweep over {PLEDGES:,} pledges, of the rate of one bare statement", SHARE, share),
        at_most("reminder sweep: peak memory of the process", MEGABYTES, peak, " MB"),
    ]


async def _ours(database: Database, app_url: str) -> dict[str, Any]:
    await _empty(database)
    wait_until_quiet()
    swept = _swept(app_url)
    if await _count(database) != PLEDGES * len(policy().offsets):
        raise RuntimeError("the sweep has not planned every reminder")
    return swept


async def _bare(database: Database) -> float:
    await _empty(database)
    wait_until_quiet()
    begun = time.perf_counter()
    await execute(database, _BARE, offsets=list(policy().offsets))
    return time.perf_counter() - begun


async def _empty(database: Database) -> None:
    await execute(database, "truncate reminder, reminder_delivery, contact_lost")


async def vacuum(database: Database, table: str) -> None:
    """Of "" all tables."""
    async with database.engine.connect() as connection:
        alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await alone.execute(text(f"vacuum analyze {table}"))


async def _count(database: Database) -> int:
    async with database.transaction() as session:
        return int(await session.scalar(text("select count(*) from reminder")) or 0)


async def execute(database: Database, statement: str, **values: Any) -> None:
    """However long it takes: the driver's patience is for requests."""
    async with database.engine.begin() as connection:
        raw = await connection.get_raw_connection()
        assert raw.driver_connection is not None
        raw.driver_connection._config = raw.driver_connection._config._replace(command_timeout=None)  # noqa: SLF001
        await connection.execute(text(statement), values)


def _swept(app_url: str) -> dict[str, Any]:
    """In a process of its own, so that its memory is that of the sweep alone."""
    command = [sys.executable, "-m", "tests.bench.notifications.sweep", app_url]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ourselves
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    found: dict[str, Any] = json.loads(done.stdout)
    return found


class _Nobody:
    async def search(self, entity_ids: object, *, role: str = "") -> Found:
        del entity_ids, role
        return Found()


async def _sweep(app_url: str) -> float:
    database = Database(app_url, application="sweep", pool=1)
    planner = Planner(database, Standing(NOW), cast(Recipients, _Nobody()), policy())
    try:
        await planner.changed()
        begun = time.perf_counter()
        await planner.plan()
        return time.perf_counter() - begun
    finally:
        await database.close()


def _peak() -> float:
    """Megabytes that this process has ever held."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    seconds = asyncio.run(_sweep(sys.argv[1]))
    sys.stdout.write(json.dumps({"seconds": seconds, "peak": _peak()}))
