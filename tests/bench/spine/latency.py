"""From a committed write in pledges to its effect, committed, in notifications, against a bare producer and consumer.

The interface of pledges, its relay and the worker of notifications are real processes; POST /pledges with `submit`
comes 20 times a second. Both ends are the commit times that PostgreSQL itself keeps, so nothing looks on meanwhile.
The bare pair's time goes from before its Kafka transaction to the record in hand: no database is in it.
"""

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from deploy.local.ports import choose
from tests.bench import load, stand
from tests.bench.figures import Figure, at_most, console, median, percentile, table
from tests.bench.quiet import wait_until_quiet
from tests.bench.spine.bare_pair import TYPE
from tests.bench.spine.submission import body, headers, interface
from tests.bench.stand import Bare
from tests.support.parts import LocalParts, Urls

EVERY = 1 / 20  # seconds between two writes
SECONDS = 10.0  # for each half of a round
ROUNDS = 7
GOAL = 3.0  # times the bare pair
WITHIN = 30.0  # seconds for the last effect of a round
SHARES = {"p50": 0.5, "p99": 0.99}


@dataclass(frozen=True)
class Round:
    """Milliseconds, of every write."""

    bare: Sequence[float]
    real: Sequence[float]

    def times(self, share: float) -> float:
        return percentile(self.real, share) / percentile(self.bare, share)


def run() -> list[Figure]:
    with (
        stand.durable_parts(kafka=True, track_commit_timestamp="on") as parts,
        stand.identity_provider() as keys,
        _services(parts, keys) as way,
        Bare.running("tests.bench.spine.bare_pair", parts.kafka.bootstrap) as bare,
    ):
        rounds = [Round(_sent(bare), way.measured()) for _ in range(ROUNDS + 1)][1:]
    return _report(rounds)


@contextmanager
def _services(parts: LocalParts, keys: str) -> Iterator["Way"]:
    pledges, notifications = stand.migrated(parts, "pledges"), stand.migrated(parts, "notifications")
    api, worker = choose(2)
    environment = {"GCM_DATABASE_URL": notifications.app_url, "GCM_HEALTH_PORT": str(worker)}
    with (
        interface(parts, pledges, keys, api),
        stand.process(parts, "relay", "services.pledges", "relay", GCM_DATABASE_URL=pledges.app_url),
        stand.process(parts, "worker", "services.notifications", "consumer", **environment) as child,
    ):
        stand.wait_for(child, worker)
        yield Way(api, pledges, notifications)


def _sent(bare: Bare) -> list[float]:
    wait_until_quiet()
    taken: list[float] = json.loads(bare.ask(f"{round(SECONDS / EVERY)} {EVERY}"))
    return taken


_LAST = "select coalesce(max(id), 0) from outbox"
_WRITTEN = f"""
select distinct event_id, pg_xact_commit_timestamp(pledge_history.xmin) as at
from outbox join pledge_history on pledge_history.pledge_id::text = outbox.key
where outbox.id > $1 and outbox.type = '{TYPE}'
"""  # noqa: S608 - a constant; the outbox's own row is changed again by the relay's mark
_HANDLED = """
select event_id, pg_xact_commit_timestamp(xmin) as at from inbox where consumer = 'pledge_mails' and event_id = any($1)
"""


@dataclass(frozen=True)
class Way:
    """The interface's port, and the databases at both ends."""

    port: int
    pledges: Urls
    notifications: Urls

    def measured(self) -> list[float]:
        """One round of writes; the milliseconds of each from commit to commit. Raises TimeoutError, RuntimeError."""
        wait_until_quiet()
        return asyncio.run(self._measured())

    async def _measured(self) -> list[float]:
        source, target = (
            await asyncpg.connect(self.pledges.owner_url),
            await asyncpg.connect(self.notifications.owner_url),
        )
        last = await source.fetchval(_LAST)
        wanted = load.Load(self.port, "/pledges", body(), headers(), connections=1, seconds=SECONDS, every=EVERY)
        await asyncio.to_thread(load.run, wanted)
        written = dict(await source.fetch(_WRITTEN, last))
        handled = await _handled(target, list(written))
        await source.close()
        await target.close()
        return [1000 * (handled[event] - at).total_seconds() for event, at in written.items()]


async def _handled(target: Any, events: Sequence[Any]) -> dict[Any, Any]:
    end = time.monotonic() + WITHIN
    while len(found := await target.fetch(_HANDLED, events)) < len(events):
        if time.monotonic() > end:
            raise TimeoutError(f"only {len(found)} of {len(events)} events had their effect within {WITHIN:.0f} s")
        await asyncio.sleep(0.2)
    return dict(found)


def _report(rounds: Sequence[Round]) -> list[Figure]:
    halves = {
        "bare producer → consumer": [one.bare for one in rounds],
        "commit in pledges → effect in notifications": [one.real for one in rounds],
    }
    table(
        f"{1 / EVERY:.0f} writes/s, medians of {len(rounds)} rounds of {SECONDS:.0f} s",
        ("what", *(f"{name} ms" for name in SHARES)),
        [
            (what, *(median([percentile(taken, share) for taken in found]) for share in SHARES.values()))
            for what, found in halves.items()
        ],
    )
    return [_figure(name, [one.times(share) for one in rounds]) for name, share in SHARES.items()]


def _figure(name: str, times: Sequence[float]) -> Figure:
    console.print(f"{name}, times the bare pair, by round: " + " ".join(f"{one:.1f}" for one in times))
    return at_most(
        f"latency {name}: committed write to effect, times a bare producer and consumer", GOAL, median(times)
    )
