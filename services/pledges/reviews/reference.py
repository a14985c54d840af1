"""Review cycles and milestones from the reference data, into their tables."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.reloading import merged
from services.pledges.reviews import commands
from services.pledges.reviews.models import Milestone, ReviewCycle
from services.pledges.statistics import rollups as statistics
from shared.authors import SYSTEM
from shared.clock import Moment
from shared.reference import catalogue, entries

REASON = "The reference data says so."
# moved together: a start of the reference data and an end of the staff's would be nobody's date
WHEN = ("starts", "ends", "seat", "time_zone", "tentative")


async def load_calendar(session: AsyncSession, moment: Moment) -> int:
    """How many milestones were added or changed. Cycles are changed by the reference data alone."""
    await _load_cycles(session)
    rows = await session.scalars(select(Milestone).with_for_update())
    there = {found.code: found for found in rows}
    milestones = catalogue.MILESTONES.values()
    return sum([await _load(session, there.get(entry.code), entry, moment) for entry in milestones])


async def _load_cycles(session: AsyncSession) -> None:
    names = ("code", "opens_at", "opened_by", "forum", "plenary")
    rows = [
        {"names": dict(entry.labels)} | {name: getattr(entry, name) for name in names}
        for entry in catalogue.CYCLES.values()
    ]
    kept = (await session.execute(select(col(ReviewCycle.code), col(ReviewCycle.opens_at)))).all()
    if any(code in catalogue.CYCLES and opens != catalogue.CYCLES[code].opens_at for code, opens in kept):
        await statistics.outdate(session)  # who has reported since the opening is counted
    new = insert(ReviewCycle)
    await session.execute(new.on_conflict_do_update(index_elements=["code"], set_=dict(new.excluded)), rows)


def _columns(entry: entries.Milestone) -> dict[str, Any]:
    same = ("code", "cycle", "kind", "seat", "time_zone", "tentative", "reminders", "document")
    return {
        **{name: getattr(entry, name) for name in same},
        "names": dict(entry.labels),
        "starts": str(entry.starts),
        "ends": entry.ends and str(entry.ends),
        "group_code": entry.group,
    }


async def _load(session: AsyncSession, found: Milestone | None, entry: entries.Milestone, moment: Moment) -> bool:
    columns, opens = _columns(entry), catalogue.CYCLES[entry.cycle].opens_at.isoformat()
    reference = _reference(columns, opens)
    if found is None:
        await commands.add(session, SYSTEM, columns | {"reference": reference}, REASON, moment)
        return True
    if found.reference == reference:
        return False
    return await _merge(session, found, reference, moment)


def _reference(columns: dict[str, Any], cycle_opens: str) -> dict[str, Any]:
    """What a load remembers of what it said. Where and when are one thing; the opening is part of the snapshot."""
    when = {name: columns[name] for name in WHEN}
    plain = {name: value for name, value in columns.items() if name not in WHEN}
    return {**plain, "when": when, "cycle_opens": cycle_opens}


async def _merge(session: AsyncSession, found: Milestone, reference: dict[str, Any], moment: Moment) -> bool:
    last, before = found.reference, found.revision
    opened = (last or {}).get("cycle_opens")
    present = _reference({name: getattr(found, name) for name in _names(reference)}, str(opened))
    values = merged(last, present, reference)
    also = ("cycle_opens",) if opened != reference["cycle_opens"] else ()
    wanted = {name: value for name, value in values.items() if name not in {"when", "cycle_opens"}} | values["when"]
    found.reference = reference
    await commands.change(session, SYSTEM, found, wanted, REASON, moment, also=also)
    return found.revision > before


def _names(reference: dict[str, Any]) -> set[str]:
    return {*reference, *WHEN} - {"when", "cycle_opens"}
