"""Counts that are kept while pledges change: a delta with each change, counted a little later by one worker.

No writer waits for another: a publication adds one row of its own. Reading adds what is not counted yet, so the
figures are those of this moment.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.pledges.statistics.facts import SHAPE, Counted, Pair, counted, pairs, parted
from services.pledges.statistics.models import StatisticsDelta
from services.pledges.tables import core
from shared import inserts
from shared.db import Database
from shared.events.pledges import PledgeSnapshot
from shared.waking import repeat

log = structlog.get_logger()

LOCK = 7_302_004  # any fixed number but those of the other locks
BATCH = 2000  # deltas in one transaction
ROWS = 20_000  # cells in one statement
LONGEST_CELL = 2_600  # bytes of its codes; the table's key takes no more
OUTDATED = 0  # no shape of pledges
PAUSE = 2.0  # seconds between two looks

_DELTAS = core(StatisticsDelta)
_NOTE = text("""
insert into statistics_delta (before, after)
values (cast(:before as text[]) || statistics_review(:cycle_before, :heard_before),
        cast(:after as text[]) || statistics_review(:cycle_after, :heard_after))
""")
_MINE = text("select pg_try_advisory_xact_lock(:lock)")
_WAIT = text("select pg_advisory_xact_lock(:lock)")
_TAKE = text("""
delete from statistics_delta
where delta_id in (select delta_id from statistics_delta order by delta_id limit :most)
returning before, after
""")
_COLUMNS = ("first", "second", "a", "b", "pledges")
_COUNT = text("""
insert into statistics_cell as cell (first, second, a, b, pledges)
select * from unnest(cast(:first as text[]), cast(:second as text[]), cast(:a as text[]), cast(:b as text[]),
                     cast(:pledges as bigint[]))
on conflict (first, second, a, b) do update set pledges = cell.pledges + excluded.pledges
""")
_FOLDED = text("update statistics_state set folded = folded + :number")
_SHAPED = text("update statistics_state set shape = :shape")
_PUBLIC = text("""
select snapshot, statistics_review(review_cycle, last_reported_at) as review from public_pledge
""").execution_options(yield_per=1000)


async def follow(session: AsyncSession, old: PledgeSnapshot | None, new: PledgeSnapshot | None) -> None:
    """Notes what changed for the statistics, in the transaction of the change. None: there is no such public pledge."""
    await _note(session, counted(old), counted(new))


async def _note(session: AsyncSession, before: Counted, after: Counted) -> None:
    if before == after:
        return
    if before.heard is None and after.heard is None:
        # whenever their cycles opened: this needs no statement of its own
        delta = {"before": before.facts + _silent(before), "after": after.facts + _silent(after)}
        inserts.later(session, _DELTAS, delta)
        return
    values = {"before": before.facts, "cycle_before": before.cycle, "heard_before": before.heard}
    await session.execute(
        _NOTE, values | {"after": after.facts, "cycle_after": after.cycle, "heard_after": after.heard}
    )


def _silent(found: Counted) -> list[str]:
    """What statistics_review says of a pledge on which nobody has reported."""
    return [f"review:{found.cycle}.silent"] if found.cycle else []


async def fold(session: AsyncSession) -> int:
    """Counts the oldest deltas, up to BATCH; how many there were. 0 also while another process is counting."""
    if not await session.scalar(_MINE, {"lock": LOCK}):
        return 0
    cells: Counter[Pair] = Counter()
    deltas = (await session.execute(_TAKE, {"most": BATCH})).all()
    for before, after in deltas:
        cells.update(pairs(after))
        cells.subtract(pairs(before))
    await add(session, cells)
    await session.execute(_FOLDED, {"number": len(deltas)})
    return len(deltas)


async def add(session: AsyncSession, cells: Mapping[Pair, int]) -> None:
    """Adds to the counts; the caller holds LOCK, or nobody else counts.

    A cell that the table cannot hold is left out, and told of: it would stop the counting of all others for ever.
    """
    rows = [(*place, number) for pair, number in cells.items() if number and (place := _counted_as(pair))]
    for start in range(0, len(rows), ROWS):
        columns = zip(*rows[start : start + ROWS], strict=True)
        await session.execute(_COUNT, dict(zip(_COLUMNS, map(list, columns), strict=True)))


def _counted_as(pair: Pair) -> tuple[str, str, str, str] | None:
    place = parted(pair)
    if place and sum(len(code.encode()) for code in place) > LONGEST_CELL:
        log.error("statistics.cell_left_out", first=place[0], second=place[1])
        return None
    return place


async def recount(database: Database) -> int:
    """Counts all public pledges anew, as of one moment; how many there are. Writers go on: their changes are deltas."""
    async with database.transaction() as lock:
        await lock.execute(text("set local idle_in_transaction_session_timeout = 0"))
        await lock.execute(_WAIT, {"lock": LOCK})
        async with database.transaction() as session:  # begins, and sees the tables, when nobody else counts any more
            await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            return await count_anew(session)


async def count_anew(session: AsyncSession) -> int:
    """What `recount` does in its transaction, which sees all tables as of one moment."""
    cells: Counter[Pair] = Counter()
    number = 0
    async for row in await session.stream(_PUBLIC):
        found = counted(PledgeSnapshot.model_validate_json(row.snapshot))
        cells.update(pairs([*found.facts, *(row.review if found.cycle else [])]))
        number += 1
    await session.execute(text("delete from statistics_cell"))
    dropped = (await session.execute(text("delete from statistics_delta returning 1"))).all()
    await add(session, cells)
    await session.execute(_FOLDED, {"number": len(dropped) + 1})  # + 1: what was read before is no longer the same
    await session.execute(_SHAPED, {"shape": SHAPE})
    return number


async def outdate(session: AsyncSession) -> None:
    """What was counted so far is no longer so: `bring_up` then counts anew."""
    await session.execute(_SHAPED, {"shape": OUTDATED})


async def bring_up(database: Database) -> None:
    """Counts anew if pledges were counted under other facts, or never."""
    async with database.transaction() as session:
        shape = await session.scalar(text("select shape from statistics_state"))
    if shape != SHAPE:
        await recount(database)


async def keep(database: Database, stop: asyncio.Event) -> None:
    """The task of a worker: folds what is there until told to stop. Any replica may; one at a time does.

    Meanwhile, and in an outage, what is not folded is read as it is.
    """

    async def once() -> bool:
        async with database.transaction() as session:
            return await fold(session) == BATCH

    await repeat("statistics", once, stop, asyncio.Event(), PAUSE)
