"""The live board: how long a change takes to reach 200 open boards and one, and what others feel of it."""

import asyncio
import json

import asyncpg

from tests.bench import load, stand
from tests.bench.figures import Figure, at_most, console, median, table
from tests.bench.quiet import wait_until_quiet
from tests.bench.support.serving import serving
from tests.support import tokens

BOARDS, CASES = 200, 2000
CHANGES, ROUNDS = 20, 5
REACH, SLOWER = 5.0, 2.0  # times the time of one board; times the p99 without boards
SECONDS, CLIENTS = 5.0, 4


def run() -> list[Figure]:
    token = tokens.token("officer-7", ["network_staff"])
    with serving(CASES) as served:
        case = asyncio.run(_open_case(served.urls.owner_url))
        with stand.Bare.running("tests.bench.support.boards", str(served.port), case, token) as boards:
            return [_reach(boards), _served(served.port, boards)]


def _reach(boards: stand.Bare) -> Figure:
    _milliseconds(boards, 1)
    rounds = [(_milliseconds(boards, 1), _milliseconds(boards, BOARDS)) for _ in range(ROUNDS)]
    one, all_ = (median(each) for each in zip(*rounds, strict=True))
    table(f"A change to open boards, medians of {ROUNDS} x {CHANGES}", ("boards", "ms"), [("1", one), (BOARDS, all_)])
    console.print("by round: " + " ".join(f"{many_ / single:.2f}" for single, many_ in rounds))
    times = median([many_ / single for single, many_ in rounds])
    return at_most(f"a change reaches all of {BOARDS} boards / one board", REACH, times)


def _milliseconds(boards: stand.Bare, number: int) -> float:
    wait_until_quiet()
    return median(json.loads(boards.ask(f"reach {number} {CHANGES}")))


def _served(port: int, boards: stand.Bare) -> Figure:
    """Pages of a queue while nobody has a board open, and while all have and are told of five changes a second."""
    wanted = load.Load(
        port,
        "/queues/all?limit=25",
        "",
        tokens.bearer("officer-8", "network_staff"),
        status=200,
        method="GET",
        connections=CLIENTS,
        seconds=SECONDS,
    )
    load.run(wanted)
    rounds = []
    for _ in range(3):
        wait_until_quiet()
        alone = load.run(wanted)
        boards.ask(f"hold {BOARDS}")
        meanwhile = load.run(wanted)
        told = json.loads(boards.ask("release"))
        if told < BOARDS * 5:
            raise RuntimeError(f"{BOARDS} boards were told of {told} changes only")
        rounds.append((alone, meanwhile))
    rows = [
        (name, *(median([getattr(one[place], figure) for one in rounds]) for figure in ("per_second", "p50", "p99")))
        for place, name in enumerate(("no board is open", f"{BOARDS} are, and 5 changes/s"))
    ]
    table(f"A page of a queue, {CLIENTS} clients", ("", "/s", "p50 ms", "p99 ms"), rows)
    times = median([meanwhile.p99 / alone.p99 for alone, meanwhile in rounds])
    return at_most(f"p99 of a queue page with {BOARDS} boards open / without", SLOWER, times)


async def _open_case(owner_url: str) -> str:
    """Of revision 1."""
    connection = await asyncpg.connect(owner_url)
    try:
        chosen = "select case_id from triage_case where is_open limit 1"
        query = f"update triage_case set revision = 1 where case_id = ({chosen}) returning case_id"  # noqa: S608
        return str(await connection.fetchval(query))
    finally:
        await connection.close()
