"""Undoing the assignment of many cases: each that nobody has touched since gets back whom it had."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.network_support.triage import assigning, bulk, lifecycle
from services.network_support.triage.models import Case, Officer
from services.network_support.triage.schemas import BulkUndo, BulkUndone, Picked, Undone, UndoOutcome
from shared.authors import Author
from shared.clock import Moment

_LAST_TWO = text("""
select case_id, act, officer, by, person from (
    select *, row_number() over (partition by case_id order by revision desc) as place
    from triage_history where case_id = any(cast(:cases as uuid[]))
) as line where place <= 2 order by case_id, revision desc
""")
_OFFICERS = select(col(Officer.person_id)).where(col(Officer.person_id).in_(bindparam("officers", expanding=True)))

Lines = Sequence[Row[Any]]  # of one case, the newest first


async def undo(session: AsyncSession, wish: BulkUndo, author: Author, moment: Moment) -> BulkUndone:
    """Of each case, what became of it. Only one's own assignment is undone, and only while it is the last act."""
    free, there = await bulk.locked(session, wish.cases)
    lines = await _lines(session, sorted(free))
    named = {line.officer for each in lines.values() for line in each[1:] if line.officer}
    able = set((await session.execute(_OFFICERS, {"officers": sorted(named)})).scalars())
    items, seen = list[Undone](), set[UUID]()
    for one in wish.cases:
        case = free.get(one.case_id)
        own = lines.get(one.case_id, ())
        outcome: UndoOutcome = "twice" if one.case_id in seen else _outcome(one, case, there, own, author)
        seen.add(one.case_id)
        if case and outcome == "undone":
            _restore(session, case, own[1:], able, author, moment)
        revision = case.revision if case else there.get(one.case_id)
        items.append(Undone(case_id=one.case_id, outcome=outcome, revision=revision))
    await session.flush()
    return BulkUndone(undone=sum(one.outcome == "undone" for one in items), items=items)


async def _lines(session: AsyncSession, cases: Sequence[UUID]) -> dict[UUID, list[Row[Any]]]:
    found: dict[UUID, list[Row[Any]]] = {}
    for line in await session.execute(_LAST_TWO, {"cases": list(cases)}):
        found.setdefault(line.case_id, []).append(line)
    return found


def _outcome(picked: Picked, case: Case | None, there: Mapping[UUID, int], lines: Lines, author: Author) -> UndoOutcome:
    if case is None:
        return "busy" if picked.case_id in there else "not_found"
    if case.stage not in lifecycle.OPEN:
        return "over"
    if case.revision != picked.revision:
        return "stale"
    last = lines[0] if lines else None
    return "undone" if last and last.act == "assigned" and last.person == author.person_id else "not_yours"


def _restore(session: AsyncSession, case: Case, before: Lines, able: set[str], author: Author, moment: Moment) -> None:
    """To whom it had before, if they are an officer still; a work item that a rule had given is not begun again."""
    last = before[0] if before else None
    undone = case.revision
    case.officer = last.officer if last and last.officer in able else None
    act: lifecycle.Act = "assigned" if case.officer else "handed_back"
    assigning.note(session, case, act, author, moment, facts={"undoes": undone})
    if last and last.by == "system" and case.kind != "request":
        case.stage = "waiting"
