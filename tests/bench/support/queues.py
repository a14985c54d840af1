"""Pages of queues, of 100,000 requests with their history, to 16 officers at once, against SELECT 1 over the same path.

Every queue that everybody has, and filters of an officer's own: with much, little and nothing in common, of what is
over, and far pages. BENCH_REQUESTS says how many requests, for a trial with fewer.
"""

import json
import os
import urllib.request
from urllib.parse import urlencode

from services.network_support.triage.queues import BUILT_IN
from tests.bench import load
from tests.bench.figures import Figure, at_most, table
from tests.bench.select_one import FLOOR_OF_STAFF
from tests.bench.support import many
from tests.bench.support.serving import serving
from tests.support import tokens

WANTED = int(os.environ.get("BENCH_REQUESTS", many.REQUESTS))
PAGE, COUNTS = 6.0, 10.0  # times SELECT 1
CLIENTS, SECONDS, ROUNDS = 16, 0.7, 3
LIMIT, FAR = 25, 40  # cases of a page; the page that is far
OFFICER = tokens.bearer("officer-7", "network_staff")

Query = dict[str, str | list[str]]
OWN: dict[str, Query] = {
    "region and language": {"region": "region_asia", "language": "ar"},
    "never together": {"region": "region_oceania", "language": "zh", "priority": "urgent", "officer": "officer-3"},
    "many values": {
        "stage": ["triage", "accepted"],
        "region": ["region_asia", "region_africa", "none"],
        "language": ["fr", "ar"],
        "priority": ["normal", "low"],
    },
    "objective": {"objective": "objective-4"},
    "entity": {"entity": "FRA", "order": "oldest"},
    "a colleague's": {"officer": "officer-3", "order": "priority"},
    "over": {"which": "over"},
    "over, narrow": {"which": "over", "language": "zh", "type": "fund_proposal", "region": "region_oceania"},
    "any, in a stage": {"which": "any", "stage": "merged", "language": "zh"},
    "a language of nobody": {"language": "sw"},
    "a kind of which there is none": {"kind": "lead_left"},
}


def run() -> list[Figure]:
    with serving(WANTED, shared_buffers="512MB", max_wal_size="4GB") as served:
        port = served.port
        paths = {f"queue {name}": f"/queues/{name}?limit={LIMIT}" for name in BUILT_IN}
        paths |= {f"own: {name}": f"/cases?{urlencode({'limit': LIMIT, **q}, doseq=True)}" for name, q in OWN.items()}
        paths["far page of all"] = _far(port)
        found = {name: _times(port, path) for name, path in paths.items()}
        counts = _times(port, "/queues")
    rows = [(name, one[0], one[1]) for name, one in [*found.items(), ("counts of all queues", counts)]]
    table(f"{WANTED:,} requests, {CLIENTS} clients at once, medians of {ROUNDS}", ("", "ms", "times SELECT 1"), rows)
    return [
        at_most(
            f"any page of a queue, {LIMIT} cases / SELECT 1 over HTTP, {CLIENTS} clients",
            PAGE,
            max(times for _, times in found.values()),
        ),
        at_most(f"counts of {len(BUILT_IN)} queues / SELECT 1 over HTTP, {CLIENTS} clients", COUNTS, counts[1]),
    ]


def _times(port: int, path: str) -> tuple[float, float]:
    return load.compared(_load(port, FLOOR_OF_STAFF), _load(port, path), ROUNDS)


def _load(port: int, path: str) -> load.Load:
    return load.Load(port, path, "", OFFICER, status=200, method="GET", connections=CLIENTS, seconds=SECONDS)


def _far(port: int) -> str:
    """The page after FAR others."""
    path = f"/queues/all?limit={LIMIT}"
    following = path
    for _ in range(FAR):
        asked = urllib.request.Request(f"http://127.0.0.1:{port}{following}", headers=OFFICER)
        with urllib.request.urlopen(asked) as answer:  # noqa: S310 - ours
            if (cursor := json.load(answer)["next"]) is None:
                break
        following = f"{path}&{urlencode({'cursor': cursor})}"
    return following
