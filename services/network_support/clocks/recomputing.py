"""All open clocks computed anew when the rules changed or an administrator asks, batch by batch.

Every batch is a transaction that also says how far the run is: when the process dies, whoever comes next goes on where
the last batch ended. No clock is locked while it is computed: one that changes meanwhile is left as it is, and found
again by the mark of the rules that it was computed by.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.network_support.clocks import stopwatch
from services.network_support.clocks.rules import Rules
from services.network_support.clocks.working_time import Pause
from services.network_support.triage import due
from shared.clock import Clock
from shared.db import Database
from shared.errors import Conflict
from shared.waking import Wake, repeat

log = structlog.get_logger()

BATCH = 1000  # clocks in one transaction
LOOK = 2.0  # seconds between two looks for work
FIRST = UUID(int=0)

_ADOPT = text("""
insert into clock_rules (rules, adopted_at) values (:mark, :at)
on conflict (rules) do update set adopted_at = excluded.adopted_at
""")
_ADOPTED = text("select rules from clock_rules order by adopted_at desc limit 1")
_RUN = text("select * from clock_run where ended_at is null for update skip locked")
# two looks into an index: `<>` would look at every clock
_ANY_OTHER = text("""
select exists (select from request_clock where ended_at is null and rules < :mark)
    or exists (select from request_clock where ended_at is null and rules > :mark)
""")
_COUNT = text("select count(*) from request_clock where ended_at is null and rules <> :mark")
_COUNT_ALL = text("select count(*) from request_clock where ended_at is null")
_BEGIN = text("""
insert into clock_run (run_id, rules, cause, person, total, done, moved, begun_at, updated_at)
values (:run_id, :mark, :cause, :person, :total, 0, 0, :at, :at)
on conflict do nothing
returning run_id
""")
_FOR_OTHER_RULES = text("""
update clock_run set rules = :mark, total = :total, done = 0, moved = 0, after_request = null, after_kind = null,
                     updated_at = :at
where run_id = :run_id
""")
_BATCH = text("""
select clock.request_id, clock.kind, round, started_at, coalesce(running_since, paused_since) as until, due_at,
       changes, entity_id, country
from request_clock clock join support_request using (request_id) left join known_entity using (entity_id)
where ended_at is null and (rules <> :mark or :all) and (clock.request_id, clock.kind) > (:after_request, :after_kind)
order by clock.request_id, clock.kind
limit :most
""")
_PAUSES = text("""
select request_id, begun_at, ended_at from request_pause where request_id between :first and :last
order by request_id, begun_at
""")
_COLUMNS = ("request_id", "kind", "round", "changes", "station", "allowed", "spent", "due_at")
_WRITE = text("""
update request_clock clock
set station = new.station, allowed = new.allowed, spent = new.spent, due_at = new.due_at, rules = :mark
from unnest(cast(:request_id as uuid[]), cast(:kind as text[]), cast(:round as smallint[]),
            cast(:changes as integer[]), cast(:station as text[]), cast(:allowed as interval[]),
            cast(:spent as interval[]), cast(:due_at as timestamptz[]))
        as new (request_id, kind, round, changes, station, allowed, spent, due_at)
where clock.request_id = new.request_id and clock.kind = new.kind and clock.round = new.round
      and clock.changes = new.changes
""")
_SO_FAR = text("""
update clock_run
set done = done + :done, moved = moved + :moved, after_request = :after_request, after_kind = :after_kind,
    updated_at = :at, ended_at = :ended_at
where run_id = :run_id
""")


async def ask(session: AsyncSession, rules: Rules, person: str, at: datetime) -> UUID:
    """A run over all open clocks, for a worker. Raises Conflict while another goes on. `at`: system time."""
    total = await session.scalar(_COUNT_ALL)
    begun: UUID | None = await session.scalar(_BEGIN, _beginning(rules, "asked", person, total, at))
    if begun is None:
        raise Conflict("The clocks are being computed anew already; look at GET /clock-runs.")
    return begun


def _beginning(rules: Rules, cause: str, person: str | None, total: int | None, at: datetime) -> dict[str, Any]:
    values = {"run_id": uuid7(), "mark": rules.mark, "cause": cause, "person": person}
    return values | {"total": total or 0, "at": at}


class Recomputing:
    """The task of a worker. Any number may work: the run's row is locked by whoever has the batch.

    Rules that were adopted last are the ones that count, so a worker of a version that is on its way out does nothing.
    """

    def __init__(self, database: Database, clock: Clock, rules: Rules) -> None:
        self._database, self._clock, self._rules = database, clock, rules

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; the batch under way is finished."""
        adopted = False

        async def once() -> bool:
            nonlocal adopted
            if not adopted:
                await self.adopt()
                adopted = True
            return await self.once()

        await repeat("clocks", once, stop, Wake().bell(), LOOK)

    async def adopt(self) -> None:
        """Says that these rules are the ones to go by from now on."""
        async with self._database.transaction() as session:
            await session.execute(_ADOPT, {"mark": self._rules.mark, "at": self._clock.system()})

    async def once(self) -> bool:
        """One batch, or the beginning of a run. False when there is nothing to do, or not for this worker."""
        async with self._database.transaction() as session:
            if await session.scalar(_ADOPTED) != self._rules.mark:
                return False
            run = (await session.execute(_RUN)).one_or_none()
            if run is None:
                return await self._begin(session)
            if run.rules != self._rules.mark:
                total = await session.scalar(_COUNT, {"mark": self._rules.mark})
                values = {"mark": self._rules.mark, "total": total, "run_id": run.run_id}
                await session.execute(_FOR_OTHER_RULES, values | {"at": self._clock.system()})
                return True
            await self._batch(session, run)
            return True

    async def _begin(self, session: AsyncSession) -> bool:
        """A run over the clocks of other rules, if there are any and no other worker has one."""
        mark = {"mark": self._rules.mark}
        if not await session.scalar(_ANY_OTHER, mark):
            return False
        values = _beginning(self._rules, "rules", None, await session.scalar(_COUNT, mark), self._clock.system())
        return await session.scalar(_BEGIN, values) is not None

    async def _batch(self, session: AsyncSession, run: Row[Any]) -> None:
        wanted = {"mark": self._rules.mark, "all": run.cause == "asked", "most": BATCH}
        place = {"after_request": run.after_request or FIRST, "after_kind": run.after_kind or ""}
        clocks = (await session.execute(_BATCH, wanted | place)).all()
        moved = await self._compute(session, clocks) if clocks else 0
        if moved:
            await due.follow(session, {clock.request_id for clock in clocks})
        at, last = self._clock.system(), clocks[-1] if clocks else None
        place = {"after_request": last.request_id, "after_kind": last.kind} if last else place
        done = {"run_id": run.run_id, "done": len(clocks), "moved": moved, "at": at}
        ended = at if len(clocks) < BATCH else None
        await session.execute(_SO_FAR, done | place | {"ended_at": ended})
        if ended:
            log.info("clocks.computed_anew", cause=run.cause, clocks=run.done + len(clocks), moved=run.moved + moved)

    async def _compute(self, session: AsyncSession, clocks: Sequence[Row[Any]]) -> int:
        """Writes them; how many of them are due at another instant than before."""
        pauses = await _pauses(session, clocks[0].request_id, clocks[-1].request_id)
        computed = [(*row[:3], row.changes, *self._computed(row, pauses.get(row.request_id, ()))) for row in clocks]
        columns = dict(zip(_COLUMNS, map(list, zip(*computed, strict=True)), strict=True))
        await session.execute(_WRITE, columns | {"mark": self._rules.mark})
        return sum(old.due_at != due_at for old, due_at in zip(clocks, columns["due_at"], strict=True))

    def _computed(self, row: Row[Any], pauses: Sequence[Pause]) -> tuple[object, ...]:
        station = self._rules.station_of(row.entity_id, row.country)
        allowed = self._rules.allowed(row.kind, station)
        spent, due_at = stopwatch.computed(station.time, row.started_at, row.until, allowed, pauses)
        return station.code, allowed, spent, due_at


async def _pauses(session: AsyncSession, first: UUID, last: UUID) -> Mapping[UUID, Sequence[Pause]]:
    found: defaultdict[UUID, list[Pause]] = defaultdict(list)
    for request_id, begun_at, ended_at in await session.execute(_PAUSES, {"first": first, "last": last}):
        found[request_id].append((begun_at, ended_at))
    return found
