"""All open clocks of 100,000 requests computed anew, against the bare update of as many; who is served meanwhile."""

import asyncio
import json
import os
import threading
import time

import asyncpg

from tests.bench import load, stand
from tests.bench.figures import Figure, at_least, at_most, console, median, table
from tests.bench.quiet import wait_until_quiet
from tests.bench.support.many import REQUESTS
from tests.bench.support.serving import serving
from tests.support import tokens
from tests.support.parts import Urls

WANTED = int(os.environ.get("BENCH_REQUESTS", REQUESTS))  # fewer for a trial
ROUNDS, SECONDS = 5, 4.0
RATE, MEMORY, SERVED = 0.10, 1.05, 0.25  # of the bare update; from the first tenth to the end; of the rate without
BARE = "update request_clock set due_at = due_at + interval '1 second', rules = rules + 1 where ended_at is null"


def run() -> list[Figure]:
    with (
        serving(WANTED, on_the_desk=False) as served,
        stand.Bare.running("tests.bench.support.bare_recompute", served.urls.app_url) as worker,
    ):
        return [*_rates(served.urls, worker), _served(served.port, worker)]


def _rates(urls: Urls, worker: stand.Bare) -> list[Figure]:
    rounds = [(_bare(urls), _ours(urls, worker)) for _ in range(ROUNDS + 1)][1:]
    shares = [ours["clocks"] / ours["seconds"] / bare for bare, ours in rounds]
    growth = max(ours["late"] / ours["early"] for _, ours in rounds)
    rows = [
        ("the bare update", median([bare for bare, _ in rounds])),
        ("computed anew", median([ours["clocks"] / ours["seconds"] for _, ours in rounds])),
    ]
    table(f"{rounds[0][1]['clocks']:,} open clocks of {WANTED:,} requests, medians of {ROUNDS}", ("", "clocks/s"), rows)
    console.print("by round: " + " ".join(f"{share:.2f}" for share in shares))
    return [
        at_least("all open clocks computed anew, of the rate of the bare update", RATE, median(shares)),
        at_most("memory from the first tenth of the clocks to the end, times", MEMORY, growth),
    ]


def _bare(urls: Urls) -> float:
    """Clocks in a second."""

    async def update() -> float:
        connection = await asyncpg.connect(urls.owner_url)
        try:
            await connection.execute("vacuum analyze request_clock")
            begun = time.perf_counter()
            done = await connection.execute(BARE)
            return int(done.split()[-1]) / (time.perf_counter() - begun)
        finally:
            await connection.close()

    wait_until_quiet()
    return asyncio.run(update())


def _ours(urls: Urls, worker: stand.Bare) -> dict[str, float]:
    async def vacuum() -> None:
        connection = await asyncpg.connect(urls.owner_url)
        await connection.execute("vacuum analyze request_clock")
        await connection.close()

    asyncio.run(vacuum())
    wait_until_quiet()
    measured: dict[str, float] = json.loads(worker.ask("again"))
    return measured


def _served(port: int, worker: stand.Bare) -> Figure:
    """A list of requests with their clocks, asked for by four officers, while nothing else is done and meanwhile."""
    wanted = load.Load(
        port,
        "/requests?limit=20",
        "",
        tokens.bearer("nora", "network_staff"),
        status=200,
        method="GET",
        connections=4,
        seconds=SECONDS,
    )
    load.run(wanted)
    wait_until_quiet()
    alone, over = load.run(wanted), threading.Event()

    def again() -> None:
        while not over.is_set():
            worker.ask("again")

    thread = threading.Thread(target=again)
    thread.start()
    meanwhile = load.run(wanted)
    over.set()
    thread.join()
    rows = [(name, one.per_second, one.p50, one.p99) for name, one in (("alone", alone), ("meanwhile", meanwhile))]
    table("GET /requests while all clocks are computed anew", ("", "/s", "p50 ms", "p99 ms"), rows)
    share = meanwhile.per_second / alone.per_second
    return at_least("requests answered meanwhile, of the rate without", SERVED, share)
