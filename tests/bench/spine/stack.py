"""What `gcm up` takes: seconds to its table, memory and processor time once it stands.

The first start finds the downloads, and nothing that is made of them: PostgreSQL is unpacked, Keycloak built, the
realm imported, the demonstration loaded. Second starts and starts of Keycloak alone take turns. Memory and processor
time are those of the supervisor, of every process that stack.json names, and of all their children.
"""

import asyncio
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.local import kafka, keycloak, postgres
from deploy.local.files import cache_folder, erase
from deploy.local.watcher import Watcher
from tests.bench import stand
from tests.bench.figures import Figure, at_most, console, median, table
from tests.bench.quiet import cpu, family, wait_until_quiet
from tests.support import stack
from tests.support.keycloak import LocalKeycloak, keycloak_of
from tests.support.stack import Stack

FIRST, SECOND = 150.0, 3.0  # seconds; times Keycloak alone
MEMORY, PROCESSOR = 1.8, 10.0  # GB; percent of one core
AFTER, FOR = 60.0, 60.0  # seconds from the table to the measurement, and of it
PAIRS = 3


@dataclass(frozen=True)
class Held:
    """A process and its children: bytes of memory (PSS), seconds of processor time so far."""

    memory: int
    cpu: float


def run() -> list[Figure]:
    with stack.folder() as folder:
        first, footprint = _first(folder)
        return [*first, *footprint, _again(folder)]


def _first(folder: Path) -> tuple[list[Figure], list[Figure]]:
    with _nothing_made() as cache:
        wait_until_quiet()
        begun = time.monotonic()
        with stack.started(folder, GCM_CACHE_DIR=str(cache)) as made:
            took = time.monotonic() - begun
            footprint = _footprint(made)
            steps = made.says()["seconds"]
    table("First start, downloads done", ("step", "s"), [*steps.items(), ("from the command to the table", took)])
    return [at_most("first start to the table, besides downloads", FIRST, took, " s")], footprint


@contextmanager
def _nothing_made() -> Iterator[Path]:
    """A cache folder that has the downloads only."""
    for part in (postgres.install, kafka.install, keycloak.archive):
        part(Watcher())
    cache = Path(tempfile.mkdtemp(prefix="gcm-cache-"))
    cache.chmod(0o755)  # PostgreSQL runs as another user when we are root
    (cache / "repository").symlink_to(cache_folder() / "repository")
    try:
        yield cache
    finally:
        erase(cache)


def _footprint(made: Stack) -> list[Figure]:
    time.sleep(AFTER)
    before, begun = _held(made), time.monotonic()
    time.sleep(FOR)
    after, seconds = _held(made), time.monotonic() - begun
    shares = {name: 100 * (held.cpu - before[name].cpu) / seconds for name, held in after.items() if name in before}
    _show(before, shares)
    if before.keys() != after.keys():
        raise RuntimeError(f"the processes changed meanwhile: {', '.join(sorted(before.keys() ^ after.keys()))}")
    return [
        at_most("footprint: PSS of the whole stack", MEMORY, sum(one.memory for one in before.values()) / 1e9, " GB"),
        at_most("footprint: processor time, of one core", PROCESSOR, sum(shares.values()), " %"),
    ]


def _held(made: Stack) -> dict[str, Held]:
    said = made.says()
    supervisor = psutil.Process(said["supervisor"]["pid"])
    own = supervisor.cpu_times()
    held = {"supervisor": Held(supervisor.memory_full_info().pss, own.user + own.system)}
    return held | {f"{one['name']} ({one['pid']})": _of(one["pid"]) for one in said["processes"]}


def _of(pid: int) -> Held:
    return Held(sum(process.memory_full_info().pss for process in family(pid)), cpu(pid))


def _show(held: Mapping[str, Held], shares: Mapping[str, float]) -> None:
    rows = [(name, one.memory / 1e6, shares.get(name, float("nan"))) for name, one in held.items()]
    total = ("all", sum(one.memory for one in held.values()) / 1e6, sum(shares.values()))
    table(f"{AFTER:.0f} s after the table", ("process", "PSS MB", "% of a core"), [*rows, total])


def _again(folder: Path) -> Figure:
    with stand.durable_parts() as parts:
        alone = asyncio.run(keycloak_of(parts))
        _keycloak(alone)  # its first start imports the realm
        pairs = [(_second(folder), _keycloak(alone)) for _ in range(PAIRS)]
    _show_again(pairs)
    return at_most("second start, times Keycloak alone", SECOND, median([ours / theirs for ours, theirs in pairs]))


def _second(folder: Path) -> float:
    wait_until_quiet()
    begun = time.monotonic()
    with stack.started(folder):
        return time.monotonic() - begun


def _keycloak(server: LocalKeycloak) -> float:
    wait_until_quiet()
    begun = time.monotonic()
    try:
        server.start()
        return time.monotonic() - begun
    finally:
        server.stop()


def _show_again(pairs: Sequence[tuple[float, float]]) -> None:
    ours, theirs = (median(each) for each in zip(*pairs, strict=True))
    table(f"Second start, medians of {len(pairs)}", ("what", "s"), [("stack", ours), ("Keycloak alone", theirs)])
    console.print("by turn: " + " ".join(f"{our / their:.1f}" for our, their in pairs))
