"""The pledges service's interface, where nothing of what is published is noted for the statistics, for comparison."""

from services.pledges.statistics import rollups
from tests.bench import select_one


async def _nothing(*_: object) -> None: ...


if __name__ == "__main__":
    rollups.follow = _nothing  # type: ignore[assignment] # a module's function
    select_one.main("pledges")
