"""The public list of a million pledges: pages under any filters, facets, far pages, memory.

Each is measured in turns with SELECT 1 over the same path: one connection, one request after the other. BENCH_PLEDGES
says how many pledges, for a trial with fewer.
"""

import asyncio
import http.client
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from deploy.local.child import Child
from services.pledges.search.filters import Filters
from services.pledges.search.queries import Wanted
from shared.web import pagination
from tests.bench import stand
from tests.bench.figures import Figure, at_most, median, table
from tests.bench.quiet import memory, wait_until_quiet
from tests.bench.registry.invented import COMMON_WORD, OLD_OBJECTIVE, OLD_WORD, RARE_OBJECTIVE, RARE_WORD
from tests.bench.registry.many import fill
from tests.bench.select_one import FLOOR

PLEDGES = int(os.environ.get("BENCH_PLEDGES", "1_000_000"))
LIMIT, FAR = 50, 10_000
ROUNDS, REQUESTS = 7, 10
PAGE, FACETS, FARTHER, GROWTH = 6.0, 25.0, 1.5, 1.1
LATE = "2025-01-01"  # only pledges of the last epoch are from after it

Query = dict[str, str | list[str]]
FILTERS: dict[str, Query] = {
    "none": {},
    "common": {"objective": "objective-1"},
    "rare": {"objective": RARE_OBJECTIVE},
    "only in old pledges": {"objective": OLD_OBJECTIVE},
    "two common": {"objective": "objective-2", "form": "financial"},
    "any of two": {"objective": ["objective-2", RARE_OBJECTIVE], "state": "closed"},
    "rare and common": {"objective": RARE_OBJECTIVE, "kind": "individual", "state": "published"},
    "old and late: none": {"objective": OLD_OBJECTIVE, "published_from": LATE},
    "old and not late": {"objective": OLD_OBJECTIVE, "published_to": LATE},
    "silent": {"silent_since": "2022-01-01"},
    "silent and rare": {"silent_since": "2019-06-01", "objective": RARE_OBJECTIVE},
    "period": {"period_from": "2030-06-01", "period_to": "2031-01-01"},
    "period, none": {"period_from": "2040-01-01", "period_to": "2018-01-01"},
    "group on a day": {"group": "african", "as_of": "2022-01-01"},
    "group, rare, common": {"group": "ldc", "objective": RARE_OBJECTIVE, "kind": "matching"},
    "entity": {"entity": "FRA", "status": "none"},
    "country and target": {"country": "VEN", "sdg_target": "4.1"},
    "asked for support: none": {"has_support_request": "true"},
    "seven filters": {
        "objective": "objective-1",
        "form": "financial",
        "state": "published",
        "kind": "individual",
        "level": "national",
        "cycle": "2022",
        "status": "none",
    },
    "common word": {"text": COMMON_WORD},
    "rare word": {"text": RARE_WORD},
    "old word, common word": {"text": f"{OLD_WORD} {COMMON_WORD}"},
    "old word, late: none": {"text": OLD_WORD, "published_from": LATE},
    "entity's name, word": {"text": f"republic {COMMON_WORD}"},
    "three words, objective": {"text": f"{COMMON_WORD} dignity {RARE_WORD}", "objective": "objective-3"},
}


@dataclass(frozen=True)
class Measured:
    """Milliseconds of SELECT 1 and of the request, and how many times the first fits into the second."""

    floor: float
    took: float
    times: float


class Visitor:
    """One connection, as a program that reads page after page has it."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def get(self, path: str) -> bytes:
        self._connection.request("GET", path)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(f"{path}: {answer.status} {body[:300]!r}")
        return body

    def took(self, path: str) -> float:
        """The median of some requests, in milliseconds."""
        times = []
        for _ in range(REQUESTS):
            begun = time.perf_counter()
            self.get(path)
            times.append(1000 * (time.perf_counter() - begun))
        return median(times)

    def compared(self, path: str, floor: str = FLOOR) -> Measured:
        wait_until_quiet()
        for one in (floor, path):
            self.took(one)
        rounds = [(self.took(floor), self.took(path)) for _ in range(ROUNDS)]
        times = median([took / least for least, took in rounds])
        return Measured(median([least for least, _ in rounds]), median([took for _, took in rounds]), times)


def run() -> list[Figure]:
    with _serving() as (server, port, pledges):
        visitor = Visitor(port)
        pages = {name: visitor.compared(_page(query)) for name, query in FILTERS.items()}
        facets = {name: visitor.compared(_facets(query)) for name, query in FILTERS.items()}
        far = visitor.compared(_far(pledges), _page({}))
        growth = _growth(visitor, server)
    rows = [(name, pages[name].took, pages[name].times, facets[name].took, facets[name].times) for name in FILTERS]
    floor = median([one.floor for one in pages.values()])
    title = f"{pledges:,} pledges; SELECT 1 over the same path: {floor:.2f} ms"
    table(title, ("filters", "page of 50, ms", "times", "facets, ms", "times"), rows)
    return [
        at_most(f"any filtered page of {LIMIT} / SELECT 1 over HTTP", PAGE, max(one.times for one in pages.values())),
        at_most("facets under any filters / SELECT 1 over HTTP", FACETS, max(one.times for one in facets.values())),
        at_most(f"page {FAR:,} / page 0", FARTHER, far.times),
        at_most("memory of the service after all queries, / before", GROWTH, growth),
    ]


@contextmanager
def _serving() -> Iterator[tuple[Child, int, int]]:
    """The service with its port and how many pledges it has."""
    with stand.durable_parts(shared_buffers="1GB", max_wal_size="4GB") as parts, stand.identity_provider() as keys:
        urls = stand.migrated(parts, "pledges")
        pledges = asyncio.run(fill(urls.owner_url, PLEDGES))
        with stand.serving(parts, "pledges", urls.app_url, keys) as (server, port):
            yield server, port, pledges


def _page(query: Query, **more: str) -> str:
    return f"/pledges?{urlencode({'limit': LIMIT, **query, **more}, doseq=True)}"


def _facets(query: Query) -> str:
    return f"/pledges/facets?{urlencode(query, doseq=True)}"


def _far(pledges: int) -> str:
    """The page that begins after so many others, or in the middle of fewer pledges."""
    position = max(pledges - FAR * LIMIT, pledges // 2)
    return _page({}, cursor=pagination.encode([position], Wanted(Filters(), LIMIT).scope))


def _growth(visitor: Visitor, server: Child) -> float:
    """Through pages of every filter, each to its third page, again and again."""
    before = memory(server.pid)
    for _ in range(20):
        for query in FILTERS.values():
            cursor: str | None = ""
            for _ in range(3):
                if cursor is not None:
                    cursor = json.loads(visitor.get(_page(query, **({"cursor": cursor} if cursor else {}))))["next"]
    return memory(server.pid) / before
