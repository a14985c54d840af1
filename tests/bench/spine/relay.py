"""The relay of the pledges service empties its outbox, against a bare producer with the same settings and batches.

Both are processes of their own that go on from round to round. Each is timed from the end of its first transaction to
that of its last one, the relay by the marks that it sets after Kafka's commits.
"""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import asyncpg

from deploy.local.child import Child
from shared.messaging.nudge import CHANNEL
from tests.bench import stand
from tests.bench.figures import Figure, at_least, console, median, table
from tests.bench.quiet import wait_until_quiet
from tests.bench.spine.events import rows
from tests.bench.stand import Bare
from tests.support.parts import Urls

ROWS = 10_000
ROUNDS = 9
GOAL = 0.70
WITHIN = 120.0  # seconds for one round of the relay


@dataclass(frozen=True)
class Round:
    """Events a second."""

    batches: float
    records: float
    relay: float


def run() -> list[Figure]:
    with stand.durable_parts(kafka=True) as parts:
        urls = stand.migrated(parts, "pledges")
        relay = stand.process(parts, "relay", "services.pledges", "relay", GCM_DATABASE_URL=urls.app_url)
        with relay as child, Bare.running("tests.bench.spine.bare_producer", parts.kafka.bootstrap, str(ROWS)) as bare:
            measured = [_round(bare, child, urls) for _ in range(ROUNDS + 1)][1:]
    return _report(measured)


def _round(bare: Bare, relay: Child, urls: Urls) -> Round:
    batches = _sent(bare, "batches")
    return Round(batches, records=_sent(bare, "records"), relay=asyncio.run(_relayed(relay, urls)))


def _sent(bare: Bare, how: str) -> float:
    wait_until_quiet()
    return float(bare.ask(how))


_LEFT = "select exists (select from outbox where published_at is null)"
_RATE = """
with batch as (select published_at, count(*) as rows from outbox group by 1),
span as (
    select min(published_at) as first, extract(epoch from max(published_at) - min(published_at)) as took from batch
)
select sum(rows) filter (where published_at > first) / max(took) from batch, span
"""


async def _relayed(relay: Child, urls: Urls) -> float:
    connection = await asyncpg.connect(urls.owner_url)
    async with connection.transaction():
        await _fill(connection)
        await asyncio.to_thread(wait_until_quiet)
    await connection.execute(f"notify {CHANNEL}")
    end = time.monotonic() + WITHIN
    while await connection.fetchval(_LEFT):
        if relay.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"the relay did not empty its outbox: {relay.said()[-1000:]}")
        await asyncio.sleep(0.2)
    rate = float(await connection.fetchval(_RATE))
    await connection.close()
    return rate


async def _fill(connection: Any) -> None:
    made = rows(ROWS)
    await connection.execute("delete from outbox where published_at is not null")
    await connection.copy_records_to_table("outbox", records=[tuple(row.values()) for row in made], columns=[*made[0]])


def _report(measured: list[Round]) -> list[Figure]:
    found = {
        "bare producer, batches as the relay builds them": [one.batches for one in measured],
        "bare producer, send() for each record": [one.records for one in measured],
        "relay": [one.relay for one in measured],
    }
    table(
        f"{ROWS:,} rows of 3.2 KB, transactions of 500, medians of {len(measured)} rounds",
        ("what", "events/s", "of the producer of batches"),
        [(name, median(values), f"{_share(values, measured):.0%}") for name, values in found.items()],
    )
    shares = [one.relay / one.batches for one in measured]
    console.print("share by round: " + " ".join(f"{share:.0%}" for share in shares))
    return [at_least("relay: share of a bare producer with the same transactions and batches", GOAL, median(shares))]


def _share(values: list[float], measured: list[Round]) -> float:
    return median([value / one.batches for value, one in zip(values, measured, strict=True)])
