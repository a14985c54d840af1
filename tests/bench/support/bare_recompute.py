"""All open clocks computed anew, in a process of its own: `python -m tests.bench.support.bare_recompute URL`.

Each line that is not empty asks for it once; the answer is a line of JSON: seconds, clocks, and the bytes that the
process held after the first tenth and at the end.
"""

import asyncio
import json
import os
import sys
import time

from sqlalchemy import text

from services.network_support.clocks import recomputing, rules
from services.network_support.clocks.recomputing import Recomputing
from shared import telemetry
from shared.clock import Clock
from shared.db import Database
from tests.bench.quiet import memory

_LAST = text("select done, total, ended_at from clock_run order by run_id desc limit 1")


async def main(url: str) -> None:
    database, clock = Database(url, application="recompute", pool=2), Clock()
    worker = Recomputing(database, clock, rules.in_use())
    await worker.adopt()
    while line := await asyncio.to_thread(sys.stdin.readline):
        if not line.strip():
            break
        sys.stdout.write(json.dumps(await _measured(database, clock, worker)) + "\n")
        sys.stdout.flush()
    await database.close()


async def _measured(database: Database, clock: Clock, worker: Recomputing) -> dict[str, float]:
    async with database.transaction() as session:
        await recomputing.ask(session, rules.in_use(), "bench", clock.system())
    begun, early = time.perf_counter(), 0
    while True:
        await worker.once()
        async with database.transaction() as session:
            done, total, ended = (await session.execute(_LAST)).one()
        if not early and done >= total / 10:
            early = memory(os.getpid())
        if ended:
            took = time.perf_counter() - begun
            return {"seconds": took, "clocks": done, "early": early, "late": memory(os.getpid())}


if __name__ == "__main__":
    telemetry.configure("recompute", [], "WARNING")  # standard output is for the answers
    asyncio.run(main(sys.argv[1]))
