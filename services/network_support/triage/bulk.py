"""Many cases to one officer at once. What is wrong with one is said of that one; the others are done."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.network_support.triage import assigning, lifecycle, officers
from services.network_support.triage.models import Case
from services.network_support.triage.schemas import Assigned, BulkAssigned, BulkAssignment, Outcome, Picked
from shared.authors import Author
from shared.clock import Moment

_CHOSEN = col(Case.case_id).in_(bindparam("cases", expanding=True))
# in one order, so that two bulks never wait for each other; who is in the middle of another change is left alone
_FREE = (
    select(Case)
    .where(_CHOSEN)
    .order_by(col(Case.case_id))
    .with_for_update(skip_locked=True)
    .execution_options(populate_existing=True)
)
_THERE = select(col(Case.case_id), col(Case.revision)).where(_CHOSEN)


async def assign(
    session: AsyncSession, wish: BulkAssignment, officer: str, author: Author, moment: Moment
) -> BulkAssigned:
    """Raises Invalid, naming `officer`, for a stranger; of each case, what became of it."""
    await officers.require(session, officer)
    free, there = await locked(session, wish.cases)
    items, seen = [], set[UUID]()
    for one in wish.cases:
        outcome = "twice" if one.case_id in seen else _outcome(one, officer, free.get(one.case_id), there)
        seen.add(one.case_id)
        if outcome == "assigned":
            case = free[one.case_id]
            case.officer = officer
            assigning.note(session, case, "assigned", author, moment, reason=wish.reason)
        items.append((one.case_id, outcome))
    await session.flush()
    return _answer(items, there | {case_id: case.revision for case_id, case in free.items()})


async def locked(session: AsyncSession, picked: Sequence[Picked]) -> tuple[dict[UUID, Case], dict[UUID, int]]:
    """Those that nobody else changes just now, until the transaction ends; and the revisions of all that there are."""
    chosen = {"cases": sorted({one.case_id for one in picked})}
    free = {case.case_id: case for case in (await session.execute(_FREE, chosen)).scalars()}
    return free, dict((await session.execute(_THERE, chosen)).all())


def _outcome(picked: Picked, officer: str, case: Case | None, there: dict[UUID, int]) -> Outcome:
    if case is None:
        return "busy" if picked.case_id in there else "not_found"
    if case.stage not in lifecycle.OPEN:
        return "over"
    if case.officer == officer:
        return "unchanged"
    return "assigned" if case.revision == picked.revision else "stale"


def _answer(items: Sequence[tuple[UUID, Outcome]], revisions: dict[UUID, int]) -> BulkAssigned:
    lines = [Assigned(case_id=case_id, outcome=outcome, revision=revisions.get(case_id)) for case_id, outcome in items]
    return BulkAssigned(assigned=sum(line.outcome == "assigned" for line in lines), items=lines)
