"""Unmet demand: of the requests that the public knows of, those that still wait, by objective and region.

The figures come from nothing but what `gcm.support`, `gcm.pledges` and `gcm.entities` tell everybody: that support was
requested, matched or delivered, for which pledge. So a small number gives nobody away: a draft, a request that waits
for its pledge, and one that was withdrawn count nowhere, and one that was declined counts as what the public knows of
it, as requested. Counted is by the database, over an index, at most once in `KEPT` seconds and process.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable

from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import Clock
from shared.db import Database
from shared.reference import catalogue
from shared.reference.regions import region_code, regions

KEPT = 60.0  # seconds
NONE = "none"
SAYS = (
    "Counted are the requests for support that are public: support was requested, matched or delivered. Those that are"
    " only requested are unmet, whatever the reason. A request counts in the region of its entity, and for each"
    " objective of its pledge, so the figures by objective add up to more than all."
)

_COUNT = text("""
with asked as (
    select coalesce(home.code, state.region, 'none') as region, pledge.objectives,
           count(*) filter (where request.status = 'requested') as unmet, count(*) as requests
    from support_request as request
    left join known_pledge as pledge using (pledge_id)
    left join known_entity as entity on entity.entity_id = request.entity_id
    left join lateral (
        select held.entry ->> 'code' as code from jsonb_array_elements(entity.groups) as held (entry)
        where held.entry ->> 'code' = any(cast(:regions as text[])) limit 1
    ) as home on true
    left join unnest(cast(:states as text[]), cast(:state_regions as text[])) as state (code, region)
        on state.code = coalesce(entity.country, request.entity_id)
    where request.status in ('requested', 'matched', 'delivered')
    group by 1, 2
)
select region, null as objective, sum(unmet)::bigint as unmet, sum(requests)::bigint as requests
from asked group by region
union all
select region, objective, sum(unmet)::bigint, sum(requests)::bigint
from asked, unnest(coalesce(nullif(objectives, '{}'), array['none'])) as objective group by region, objective
""")


class Demand(BaseModel):
    """`unmet` of `requests`."""

    unmet: int
    requests: int = Field(description="The denominator")


class DemandBy(Demand):
    code: str = Field(description='"none": the pledge names no objective, or the entity is of no region')


class DemandCell(Demand):
    objective: str
    region: str


class UnmetDemand(BaseModel):
    """Where help was asked for and not found yet. Each figure stands beside its denominator."""

    says: str = Field(description="What is counted, in words")
    as_of: AwareDatetime = Field(description="Business time, UTC; counted at most a minute ago")
    all: Demand
    objectives: list[DemandBy] = Field(description="All 23, also those without a request")
    regions: list[DemandBy] = Field(description="Regions of UN M49, all of them")
    cells: list[DemandCell] = Field(description="Pairs without a request are left out")


async def count(session: AsyncSession, clock: Clock) -> UnmetDemand:
    """As of now."""
    states = catalogue.STATES
    values = {
        "regions": list(regions()),
        "states": list(states),
        "state_regions": [region_code(state.region) for state in states.values()],
    }
    by_region, by_objective = defaultdict[str, list[int]](_nothing), defaultdict[str, list[int]](_nothing)
    cells = []
    for region, objective, unmet, requests in await session.execute(_COUNT, values):
        if objective is None:
            by_region[region] = [unmet, requests]
        else:
            cells.append(DemandCell(objective=objective, region=region, unmet=unmet, requests=requests))
            _add(by_objective[objective], unmet, requests)
    whole = [sum(pair[at] for pair in by_region.values()) for at in (0, 1)]
    return UnmetDemand(
        says=SAYS,
        as_of=clock.business(),
        all=Demand(unmet=whole[0], requests=whole[1]),
        objectives=_listed([*catalogue.OBJECTIVES, NONE], by_objective),
        regions=_listed([*regions(), NONE], by_region),
        cells=sorted(cells, key=lambda cell: (cell.objective, cell.region)),
    )


def _nothing() -> list[int]:
    return [0, 0]


def _add(to: list[int], unmet: int, requests: int) -> None:
    to[0] += unmet
    to[1] += requests


def _listed(codes: list[str], found: dict[str, list[int]]) -> list[DemandBy]:
    """Those of the list, and "none" only where there are some."""
    pairs = [(code, found.get(code, [0, 0])) for code in codes]
    return [DemandBy(code=code, unmet=pair[0], requests=pair[1]) for code, pair in pairs if code != NONE or pair[1]]


class Counted:
    """The figures of one process: while one request has them counted, the others wait for it."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = asyncio.Lock()
        self._at, self._answer = 0.0, ""

    async def json(self, database: Database, clock: Clock) -> str:
        async with self._lock:
            if not self._answer or self._now() - self._at >= KEPT:
                async with database.transaction() as session:
                    self._answer = (await count(session, clock)).model_dump_json()
                self._at = self._now()
        return self._answer
