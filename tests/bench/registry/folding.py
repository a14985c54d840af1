"""What a worker does for the statistics, alone: `python -m tests.bench.registry.folding`."""

from functools import partial

import uvloop

from services.pledges.settings import Settings
from services.pledges.statistics import rollups
from shared import telemetry
from shared.db import Database
from shared.process import Health, run


async def main() -> None:
    database = Database(Settings().database_url, application="folding", pool=2)
    await run({"statistics": partial(rollups.keep, database)}, Health())


if __name__ == "__main__":
    telemetry.configure("folding", ["statistics"], "ERROR")
    uvloop.run(main())
