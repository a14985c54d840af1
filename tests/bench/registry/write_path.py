"""POST /pledges with `submit`, authorized and committed, against the limits of its two halves added up.

Beside it the same submission as SQLModel's own pages would have it written, and how long a slow answer takes.

v0 is the same request in the same application without its database, P the database alone with the statements that the
application really issues; C = 1 / (1/v0 + 1/P) is what could be reached if their times simply add up.
"""

import asyncio
import pickle
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from deploy.local.child import Child
from deploy.local.ports import choose
from tests.bench import load, stand
from tests.bench.figures import Figure, at_least, at_most, console, median, table
from tests.bench.quiet import cpu, wait_until_quiet
from tests.bench.registry import captured, pgbench
from tests.bench.registry.captured import Captured
from tests.bench.spine.submission import body, headers, interface
from tests.support.parts import LocalParts, Urls

ROUNDS = 7
SECONDS = 3.0
SHARE, TIMES, SLOW = 0.50, 3.0, 2.5


@dataclass(frozen=True)
class Half:
    """One measurement of a round: requests or transactions a second, and the processor time of each in µs."""

    per_second: float
    python: float
    postgres: float
    latency: load.Result | None = None


@dataclass(frozen=True)
class Round:
    fake: Half
    database: Half
    real: Half
    plain: Half

    @property
    def times(self) -> float:
        return self.real.per_second / self.plain.per_second

    @property
    def slow(self) -> float:
        assert self.real.latency is not None
        return self.real.latency.p99 / self.real.latency.p50

    @property
    def share(self) -> float:
        return self.real.per_second * (1 / self.fake.per_second + 1 / self.database.per_second)


def run() -> list[Figure]:
    with stand.durable_parts() as parts, stand.identity_provider() as keys:
        urls = stand.migrated(parts, "pledges")
        real, fake, plain = choose(3)
        with interface(parts, urls, keys, real) as server:
            seen = asyncio.run(captured.capture(urls.app_url))
            with _without_database(parts, seen, keys, fake) as other, _plain(parts, urls, keys, plain) as third:
                name, database = pgbench.limit(seen, urls.app_url, parts.folder)
                meter = Meter(parts, {fake: other, real: server, plain: third}, database)
                rounds = [meter.round() for _ in range(ROUNDS + 1)][1:]
    table("Statements of the transaction", ("statement", "bytes"), captured.sizes(seen.statements))
    return _report(name, rounds)


@dataclass(frozen=True)
class Meter:
    """Measures them in turns; `servers` are those of v0, the real thing and the plain one, by port, in this order."""

    parts: LocalParts
    servers: Mapping[int, Child]
    transactions: Callable[[float], float]

    def round(self) -> Round:
        fake, real, plain = self.servers
        return Round(self._requests(fake), self._transactions(), self._requests(real), self._requests(plain))

    def _requests(self, port: int) -> Half:
        wait_until_quiet()
        before, postgres = cpu(self.servers[port].pid), self._postgres()
        found = load.run(load.Load(port, "/pledges", body(), headers(), seconds=SECONDS))
        each = 1e6 / (found.per_second * SECONDS)
        python = cpu(self.servers[port].pid) - before
        return Half(found.per_second, each * python, each * (self._postgres() - postgres), found)

    def _transactions(self) -> Half:
        wait_until_quiet()
        before = self._postgres()
        found = self.transactions(SECONDS)
        return Half(found, 0, 1e6 * (self._postgres() - before) / (found * SECONDS))

    def _postgres(self) -> float:
        assert self.parts.postgres.child is not None
        return cpu(self.parts.postgres.child.pid)


@contextmanager
def _without_database(parts: LocalParts, seen: Captured, keys: str, port: int) -> Iterator[Child]:
    file = parts.folder / "answers.pickle"
    file.write_bytes(pickle.dumps(seen.answers))
    environment = {
        "GCM_DATABASE_URL": "postgresql://nobody:nothing@127.0.0.1:9/none",
        "GCM_OIDC_JWKS_URL": keys,
        "GCM_HTTP_PORT": str(port),
        "BENCH_ANSWERS": str(file),
    }
    with stand.process(parts, "fake", "tests.bench.registry.without_database", **environment) as child:
        stand.wait_for(child, port)
        yield child


@contextmanager
def _plain(parts: LocalParts, urls: Urls, keys: str, port: int) -> Iterator[Child]:
    environment = {"GCM_DATABASE_URL": urls.app_url, "GCM_OIDC_JWKS_URL": keys, "GCM_HTTP_PORT": str(port)}
    with stand.process(parts, "plain", "tests.bench.registry.plain", **environment) as child:
        stand.wait_for(child, port)
        yield child


def _report(name: str, rounds: list[Round]) -> list[Figure]:
    columns = ("16 connections", "/s", "p50 ms", "p99 ms", "Python µs", "PostgreSQL µs")
    halves = [
        ("v0: without database", [one.fake for one in rounds]),
        (f"P: {name}", [one.database for one in rounds]),
        ("real", [one.real for one in rounds]),
        ("the plain SQLModel way", [one.plain for one in rounds]),
    ]
    table(f"Write path, medians of {len(rounds)} rounds", columns, [_row(name, found) for name, found in halves])
    shares = [one.share for one in rounds]
    console.print("share of C by round: " + " ".join(f"{share:.0%}" for share in shares))
    return [
        at_least(f"write path: share of C = 1/(1/v0 + 1/P), P by {name}", SHARE, median(shares)),
        at_least("write path: times the plain SQLModel way", TIMES, median([one.times for one in rounds])),
        at_most("write path: p99 / p50", SLOW, median([one.slow for one in rounds])),
    ]


def _row(name: str, found: list[Half]) -> list[object]:
    latencies = [one.latency for one in found if one.latency]
    times = [median([one.p50 for one in latencies]), median([one.p99 for one in latencies])] if latencies else ["", ""]
    used = [median([one.python for one in found]), median([one.postgres for one in found])]
    return [name, median([one.per_second for one in found]), *times, *used]
