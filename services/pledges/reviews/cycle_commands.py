"""Adding a review cycle with its milestones. The public topic tells these one by one, with the opening of the cycle."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.reviews import commands, lifecycle, queries
from services.pledges.reviews.models import CycleAdded, Milestone, ReviewCycle
from services.pledges.reviews.schemas import CycleOut, NewCycle
from shared.authors import Author
from shared.clock import Moment
from shared.errors import Conflict, FieldProblem, Invalid


async def create(session: AsyncSession, author: Author, new: NewCycle, moment: Moment) -> CycleOut:
    """By staff. Raises Conflict when its code or one of its milestones' is taken, Invalid for what cannot be."""
    await commands.alone(session)
    opens_at = lifecycle.begins_at(new.opens, new.time_zone)
    if faults := list(_faults(new, opens_at, moment.business)):
        raise Invalid(f"{len(faults)} field(s) need a change; nothing was added.", faults)
    await _require_new(session, new)
    await session.execute(insert(ReviewCycle), _row(new, opens_at))
    said = {"person_id": author.person_id, "by": author.by, "reason": new.reason}
    await session.execute(
        insert(CycleAdded), {"code": new.code, "at": moment.business, "recorded_at": moment.system, **said}
    )
    for one in new.milestones:
        values = one.model_dump(mode="json", exclude={"group"}) | {"cycle": new.code, "group_code": one.group}
        await commands.add(session, author, values, new.reason, moment)
    return await queries.cycle(session, new.code)


def _faults(new: NewCycle, opens_at: datetime, now: datetime) -> Iterator[FieldProblem]:
    seen = set[str]()
    for place, one in enumerate(new.milestones):
        yield from lifecycle.past(one.starts, one.ends, one.time_zone, now, f"milestones.{place}.starts")
        if one.code in seen:
            yield FieldProblem(f"milestones.{place}.code", "is there twice", "give each milestone a code of its own")
        seen.add(one.code)
    kinds = [one.kind for one in new.milestones]
    if kinds.count("forum") != 1 or kinds.count("plenary") > 1:
        yield FieldProblem("milestones", "has no forum, or two of a kind", "give it one forum and at most one plenary")
    elif opens_at >= _end_of_forum(new):
        yield FieldProblem("opens", "is after the forum", "name an earlier day: reports count up to the forum")


def _end_of_forum(new: NewCycle) -> datetime:
    [forum] = (one for one in new.milestones if one.kind == "forum")
    return lifecycle.ends_at(forum.starts, forum.ends, forum.time_zone)


async def _require_new(session: AsyncSession, new: NewCycle) -> None:
    if await session.get(ReviewCycle, new.code):
        raise Conflict(f"There is a review cycle with the code {new.code} already: GET /reviews lists it.")
    codes = [one.code for one in new.milestones]
    taken = sorted(await session.scalars(select(col(Milestone.code)).where(col(Milestone.code).in_(codes))))
    if taken:
        raise Conflict(f"There is a milestone with the code {', '.join(taken)} already; give new ones other codes.")


def _row(new: NewCycle, opens_at: datetime) -> dict[str, object]:
    by_kind = {one.kind: one.code for one in new.milestones}
    return {
        "code": new.code,
        "names": new.names,
        "opens_at": opens_at,
        "forum": by_kind["forum"],
        "plenary": by_kind.get("plenary"),
    }
