"""Statistics of many pledges against `select 1` over the same HTTP path; publishing with rollups against without."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from deploy.local.child import Child
from deploy.local.ports import choose
from services.pledges.registry.content import EXAMPLE
from services.pledges.statistics import rollups
from services.pledges.statistics.facts import Pair, counted, pairs
from shared.db import Database
from shared.events.pledges import PledgeSnapshot
from tests.bench import load, stand
from tests.bench.figures import Figure, at_least, at_most, console, median, table
from tests.bench.quiet import wait_until_quiet
from tests.bench.registry import many
from tests.bench.select_one import FLOOR
from tests.bench.spine.submission import ENTITY, words
from tests.support import tokens
from tests.support.parts import LocalParts, Urls

PLEDGES = 1_000_000
ROUNDS, SECONDS = 7, 1.0
WRITING, PAIRS = 8.0, 7  # seconds of each of the two; how often
READS, WRITES = 2.0, 0.90  # times `select 1`; of the rate without rollups
PATHS = (
    "/statistics?by=objective",
    "/statistics?by=objective&and=status",
    "/statistics?by=region&and=round_table",
    "/statistics?by=entity_kind&and=principle",
    "/statistics?by=form&and=level",
    "/statistics/coverage",
)


def run() -> list[Figure]:
    with stand.durable_parts() as parts, stand.identity_provider() as keys:
        urls = stand.migrated(parts, "pledges")
        many.BESIDE.append(beside)
        asyncio.run(many.fill(urls.owner_url, PLEDGES))
        with _servers(parts, urls, keys) as (counting, without):
            return [*_reading(counting), _writing(urls, counting, without)]


async def beside(session: AsyncSession, made: Sequence[tuple[PledgeSnapshot, int]]) -> None:
    """The counts of pledges that were put into the tables past the service, each so many times."""
    opens = {row.code: row.opens_at for row in await session.execute(text("select code, opens_at from review_cycle"))}
    cells: Counter[Pair] = Counter()
    for pledge, times in made:
        found = counted(pledge)
        heard = found.heard is not None and found.cycle is not None and found.heard >= opens[found.cycle]
        review = [f"review:{found.cycle}.{'reported' if heard else 'silent'}"] if found.cycle else []
        for pair in pairs([*found.facts, *review]):
            cells[pair] += times
    await rollups.add(session, cells)


@contextmanager
def _servers(parts: LocalParts, urls: Urls, keys: str) -> Iterator[tuple[int, int]]:
    """Ports of the interface as it is, and of the one that notes nothing; a worker folds what the first notes."""
    [without] = choose(1)
    base = {"GCM_DATABASE_URL": urls.app_url, "GCM_OIDC_JWKS_URL": keys}
    with ExitStack() as stack:

        def begin(name: str, **more: str) -> Child:
            return stack.enter_context(stand.process(parts, name, f"tests.bench.registry.{name}", **base, **more))

        _, counting = stack.enter_context(stand.serving(parts, "pledges", urls.app_url, keys))
        stand.wait_for(begin("without_rollups", GCM_HTTP_PORT=str(without)), without)
        begin("folding")
        yield counting, without


def _reading(port: int) -> list[Figure]:
    """Each ratio is of two that were measured one after the other, while no figure changes: answers are kept."""
    rounds = [{path: (_read(port, path), _read(port, FLOOR)) for path in PATHS} for _ in range(ROUNDS + 1)][1:]
    floors = {path: median([one[path][1] for one in rounds]) for path in PATHS}
    shown = [(path, median([one[path][0] for one in rounds]), floors[path]) for path in PATHS]
    title = f"{PLEDGES:,} pledges, no change meanwhile, one connection, medians of {ROUNDS} rounds"
    table(title, ("GET", "p50 ms", "select 1 beside it"), shown)
    _first_after_a_change(port, floors)
    ratios = {path: median([one[path][0] / one[path][1] for one in rounds]) for path in PATHS}
    return [at_most(f"{path}, unchanged: times select 1 over the same path", READS, r) for path, r in ratios.items()]


def _read(port: int, path: str) -> float:
    wait_until_quiet()
    wanted = load.Load(port, path, "", {}, status=200, method="GET", connections=1, seconds=SECONDS)
    return load.run(wanted).p50


def _first_after_a_change(port: int, floors: Mapping[str, float]) -> None:
    """What the one reader waits who comes first after a publication: no goal, and not hidden by the kept answers."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        took = {path: median([_first(client, path) for _ in range(ROUNDS)]) for path in PATHS}
    rows = [(path, each, each / floors[path]) for path, each in took.items()]
    table("The first answer after a change", ("GET", "ms", "times select 1"), rows)


def _first(client: httpx.Client, path: str) -> float:
    """Milliseconds."""
    headers = {**_staff(), "Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
    client.post("/statements", content=_statement(), headers=headers).raise_for_status()
    begun = time.perf_counter()
    client.get(path).raise_for_status()
    return 1000 * (time.perf_counter() - begun)


def _writing(urls: Urls, counting: int, without: int) -> Figure:
    turns = [(_publish(urls, counting), _publish(urls, without)) for _ in range(PAIRS + 1)][1:]
    ours, theirs = (median(each) for each in zip(*turns, strict=True))
    table("Publishing, 16 connections", ("", "/s"), [("with rollups, folded meanwhile", ours), ("without", theirs)])
    shares = [our / their for our, their in turns]
    console.print("by turn: " + " ".join(f"{share:.2f}" for share in shares))
    return at_least("publishing with rollups, of the rate without", WRITES, median(shares))


def _publish(urls: Urls, port: int) -> float:
    asyncio.run(_until_folded(urls.owner_url))
    wait_until_quiet()
    sent = load.Load(port, "/statements", _statement(), _staff(), seconds=WRITING)
    return load.run(sent).per_second


async def _until_folded(owner_url: str) -> None:
    database = Database(owner_url, application="measurement", pool=1)
    try:
        while await _deltas(database):  # noqa: ASYNC110 - another process folds them
            await asyncio.sleep(0.5)
    finally:
        await database.close()


async def _deltas(database: Database) -> int:
    async with database.transaction() as session:
        return int(await session.scalar(text("select count(*) from statistics_delta")) or 0)


def _statement() -> str:
    fields: dict[str, Any] = {**EXAMPLE, "description": words(2000), "sources": [{"title": "Said in the plenary"}]}
    return json.dumps({"entity_id": ENTITY} | fields)


def _staff() -> Mapping[str, str]:
    return tokens.bearer("measured", "network_staff")
