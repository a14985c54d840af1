"""Adding and moving milestones: each time the row, its history and the public event, in the caller's transaction."""

from datetime import date
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.reviews import lifecycle, queries
from services.pledges.reviews.models import Milestone, MilestoneHistory, ReviewCycle
from services.pledges.reviews.schemas import Move, NewMilestone
from shared.authors import Author
from shared.clock import Moment
from shared.errors import Conflict, FieldProblem, Invalid, NotFound
from shared.events.common import Change
from shared.events.reviews import MilestoneEvent, MilestoneSnapshot
from shared.messaging import outbox
from shared.reference.dates import PartialDate
from shared.web import etag

LOCK = 7_302_003  # any fixed number but those of the other locks
_ALONE = text("select pg_advisory_xact_lock(:lock)")


async def move(session: AsyncSession, author: Author, code: str, seen: int, to: Move, moment: Moment) -> Milestone:
    """Without a difference nothing is written. Raises NotFound, and Stale unless `seen` is the present revision."""
    found = await session.get(Milestone, code, with_for_update=True)
    if found is None:
        raise NotFound("There is no milestone with this code; they are listed at GET /reviews.")
    etag.require(seen, found.revision)
    until = lifecycle.ends_at(to.starts, to.ends, to.time_zone)
    lifecycle.require_ahead(queries.end(found), until, moment.business)
    wanted = to.model_dump(mode="json", exclude={"reason"})
    await change(session, author, found, wanted, to.reason, moment)
    return found


async def create(session: AsyncSession, author: Author, new: NewMilestone, moment: Moment) -> Milestone:
    """By staff. Raises Conflict when the code is taken, Invalid for a cycle that there is not, and in the past."""
    await alone(session)
    if faults := lifecycle.past(new.starts, new.ends, new.time_zone, moment.business, "starts"):
        raise Invalid("A new milestone lies ahead; nothing was added.", faults)
    if await session.get(ReviewCycle, new.cycle) is None:
        fault = FieldProblem("cycle", "is no review cycle", "they are listed at GET /reviews")
        raise Invalid("There is no such review cycle; nothing was added.", [fault])
    if await session.get(Milestone, new.code):
        raise Conflict(f"There is a milestone with the code {new.code} already: GET /reviews/{new.code}.")
    plain = new.model_dump(mode="json", exclude={"reason", "group"})
    return await add(session, author, plain | {"group_code": new.group}, new.reason, moment)


async def alone(session: AsyncSession) -> None:
    """One at a time adds to the calendar, the reference data included: what is looked for is then not there."""
    await session.execute(_ALONE, {"lock": LOCK})


async def add(session: AsyncSession, author: Author, values: dict[str, Any], reason: str, moment: Moment) -> Milestone:
    """A new milestone at revision 1; `values` are its columns."""
    made = Milestone(**values, starts_on=_day(values["starts"]), revision=1, sequence=1)
    session.add(made)
    await session.flush()
    await _tell(session, author, made, "added", [], {}, reason, moment)
    return made


async def change(
    session: AsyncSession,
    author: Author,
    found: Milestone,
    wanted: dict[str, Any],
    reason: str,
    moment: Moment,
    *,
    also: tuple[str, ...] = (),
) -> None:
    """Changes a locked milestone where `wanted` differs. `also`: what else of the public snapshot is different now."""
    before = {name: getattr(found, name) for name, value in wanted.items() if getattr(found, name) != value}
    if not before and not also:
        return
    found.sqlmodel_update(wanted)
    found.starts_on = _day(found.starts)
    found.revision, found.sequence = found.revision + 1, found.sequence + 1
    await session.flush()
    await _tell(session, author, found, "changed", [*before, *also], before, reason, moment)


async def snapshot(session: AsyncSession, found: Milestone) -> MilestoneSnapshot:
    """What the public topic tells of it."""
    opens = select(col(ReviewCycle.opens_at)).where(col(ReviewCycle.code) == found.cycle)
    plain = found.model_dump(include=set(MilestoneSnapshot.model_fields))
    return MilestoneSnapshot.model_validate({**plain, "cycle_opens": await session.scalar(opens)})


def _day(starts: str) -> date:
    return PartialDate(starts).first_day()


async def _tell(
    session: AsyncSession,
    author: Author,
    found: Milestone,
    action: str,
    fields: list[str],
    before: dict[str, Any],
    reason: str,
    moment: Moment,
) -> None:
    """History and event."""
    public = await snapshot(session, found)
    details = {"fields": fields, "before": before, "milestone": public.model_dump(mode="json")}
    await session.execute(
        insert(MilestoneHistory)
        .values(code=found.code, revision=found.revision, action=action, reason=reason, details=details)
        .values(at=moment.business, recorded_at=moment.system, person_id=author.person_id, by=author.by)
    )
    told = Change(action=action, at=moment.business, by=author.by, fields=fields)
    event = MilestoneEvent(milestone=public, change=told)
    await outbox.add(session, "milestone.changed.v1", found.code, event, moment.system)
