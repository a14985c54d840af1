"""What came of the reminders of many pledges: asked for over HTTP, against SELECT 1 over the same path.

Half of the pledges were reported on after the first mail. BENCH_PLEDGES says how many pledges, for a trial with fewer.
"""

import asyncio
import os
import time
from datetime import UTC, datetime

from services.notifications.campaigns.measuring import Measurer
from services.notifications.rehearsals.sandbox import Standing
from services.notifications.reminders.policy import policy
from services.notifications.reminders.scheduler import QUIET
from shared.db import Database
from tests.bench import load, stand
from tests.bench.figures import Figure, at_most, console, table
from tests.bench.notifications import sweep
from tests.bench.select_one import FLOOR_OF_STAFF
from tests.support import tokens

PLEDGES = int(os.environ.get("BENCH_PLEDGES", "200_000"))
TIMES = 10.0  # SELECT 1
CLIENTS, SECONDS, ROUNDS = 16, 0.7, 3
NOW = datetime(2024, 12, 1, tzinfo=UTC)
STAFF = tokens.bearer("noor", "network_staff")
PATHS = ("/campaigns", "/campaigns/plenary-2024", "/campaigns/plenary-2024/csv")

# two mails of each entity's two people for each of two offsets
_REMINDERS = """
insert into reminder (pledge_id, entity_id, milestone, offset_days, due_on, state, acted_on, created_at, updated_at)
select pledge_id, entity_id, 'plenary-2024', offset_days, date '2024-12-05' + offset_days, 'sent',
    date '2024-12-05' + offset_days, now(), now()
from known_pledge cross join unnest(array[-90, -30]) as due (offset_days)
where offset_days = -90 or get_byte(uuid_send(pledge_id), 0) < 128
"""
_MAILS = """
insert into delivery (id, cause, person_id, template, facts, state, attempts, created_at, sent_at)
select gen_random_uuid(), 'reminder:' || (date '2024-12-05' + offset_days), 'person-' || n || '-' || m, 'reminder',
    '{}', 'sent', 1, now(), now()
from generate_series(0, cast(:entities as int) - 1) n, generate_series(1, 2) m,
    unnest(array[-90, -30]) as due (offset_days)
"""
_LINKS = """
insert into reminder_delivery (reminder_id, delivery_id, entity_id, role)
select reminder.id, delivery.id, reminder.entity_id, 'focal_point' from reminder cross join generate_series(1, 2) m
join delivery on cause = 'reminder:' || due_on
    and person_id = 'person-' || split_part(reminder.entity_id, '-', 2) || '-' || m
"""
_HEARD = """
insert into report_heard (pledge_id, reported_at) select pledge_id, '2024-10-01' from known_pledge
where get_byte(uuid_send(pledge_id), 0) >= 128
"""


def run() -> list[Figure]:
    with stand.durable_parts(shared_buffers="512MB", max_wal_size="4GB") as parts, stand.identity_provider() as keys:
        urls = stand.migrated(parts, "notifications")
        took = asyncio.run(_counted(urls.owner_url, urls.app_url))
        with stand.serving(parts, "notifications", urls.app_url, keys) as (_, port):
            found = {path: _times(port, path) for path in PATHS}
    rows = [(path, *one) for path, one in found.items()]
    table(f"{PLEDGES:,} pledges, {CLIENTS} clients at once, medians of {ROUNDS}", ("", "ms", "times SELECT 1"), rows)
    console.print(f"counted in {took:.1f} s")
    worst = max(times for _, times in found.values())
    return [at_most(f"what came of the reminders / SELECT 1 over HTTP, {CLIENTS} clients", TIMES, worst)]


async def _counted(owner_url: str, app_url: str) -> float:
    """Seconds."""
    owner = Database(owner_url, application="measurement", pool=1)
    database = Database(app_url, application="measurement", pool=1)
    try:
        await sweep.execute(owner, sweep.ADD_PLEDGES, pledges=PLEDGES, entities=sweep.ENTITIES)
        await sweep.execute(owner, sweep.ADD_MILESTONE)
        await sweep.execute(owner, _MAILS, entities=sweep.ENTITIES)
        for statement in (_REMINDERS, _LINKS, _HEARD):
            await sweep.execute(owner, statement)
        await sweep.vacuum(owner, "")
        await asyncio.sleep(QUIET.total_seconds())  # copies that change are not counted from
        begun = time.perf_counter()
        await Measurer(database, Standing(NOW), policy()).once()
        return time.perf_counter() - begun
    finally:
        await owner.close()
        await database.close()


def _times(port: int, path: str) -> tuple[float, float]:
    return load.compared(_load(port, FLOOR_OF_STAFF), _load(port, path), ROUNDS)


def _load(port: int, path: str) -> load.Load:
    return load.Load(port, path, "", STAFF, status=200, method="GET", connections=CLIENTS, seconds=SECONDS)
