"""Reads of review cycles, milestones, and the pledges that a milestone counts."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, cast, func, not_, select
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.entities.models import Entity
from services.pledges.registry.models import PublicPledge
from services.pledges.reviews import lifecycle
from services.pledges.reviews.lifecycle import Counting
from services.pledges.reviews.models import CycleAdded, Milestone, MilestoneHistory, ReviewCycle
from services.pledges.reviews.schemas import (
    Added,
    CountedPledge,
    CycleOut,
    Figures,
    MilestoneOut,
    MilestoneStep,
    MilestoneSteps,
    Move,
    MovePreview,
    ReviewPledges,
    Reviews,
)
from shared.errors import NotFound
from shared.events.common import EntityRef
from shared.reference.dates import PartialDate
from shared.web import pagination

_MILESTONES = select(Milestone).order_by(col(Milestone.starts_on), col(Milestone.code))
_CYCLES = (
    select(ReviewCycle, CycleAdded)
    .outerjoin(CycleAdded, col(CycleAdded.code) == col(ReviewCycle.code))
    .order_by(col(ReviewCycle.opens_at), col(ReviewCycle.code))
)


def shown(found: Milestone) -> MilestoneOut:
    values = found.model_dump() | {"name": found.names["en"], "group": found.group_code}
    return MilestoneOut.model_validate(values)


async def reviews(session: AsyncSession) -> Reviews:
    """All cycles with their milestones, in order."""
    milestones = defaultdict(list)
    for found in await session.scalars(_MILESTONES):
        milestones[found.cycle].append(shown(found))
    rows = await session.execute(_CYCLES)
    return Reviews(items=[_cycle(cycle, added, milestones[cycle.code]) for cycle, added in rows])


async def cycle(session: AsyncSession, code: str) -> CycleOut:
    """One that there is."""
    found, added = (await session.execute(_CYCLES.where(col(ReviewCycle.code) == code))).one()
    milestones = await session.scalars(_MILESTONES.where(col(Milestone.cycle) == code))
    return _cycle(found, added, [shown(one) for one in milestones])


def _cycle(found: ReviewCycle, added: CycleAdded | None, milestones: list[MilestoneOut]) -> CycleOut:
    """Its plenary may have been added after it."""
    plenary = found.plenary or next((one.code for one in milestones if one.kind == "plenary"), None)
    by = Added.model_validate(added.model_dump()) if added else None
    return CycleOut(**found.model_dump(exclude={"plenary"}), plenary=plenary, milestones=milestones, added=by)


async def milestone(session: AsyncSession, code: str, *, lock: bool = False) -> Milestone:
    """Raises NotFound."""
    if found := await session.get(Milestone, code, with_for_update=lock):
        return found
    raise NotFound("There is no milestone with this code; they are listed at GET /reviews.")


async def counting(session: AsyncSession, review: MilestoneOut, now: datetime) -> Counting:
    """What the milestone counts at `now` (business time)."""
    opens_at = await session.scalar(select(col(ReviewCycle.opens_at)).where(col(ReviewCycle.code) == review.cycle))
    assert opens_at is not None, "the foreign key of milestones"  # noqa: S101 - for the type only
    ends_at = lifecycle.ends_at(review.starts, review.ends, review.time_zone)
    return lifecycle.counting(review.cycle, opens_at, ends_at, now)


def _counted(rule: Counting) -> list[ColumnElement[bool]]:
    """Counting.counts, in SQL."""
    return [
        col(PublicPledge.review_cycle) == rule.cycle,
        col(PublicPledge.first_published_at) < rule.before,
        col(PublicPledge.closed_reason).is_distinct_from(lifecycle.WITHDRAWN),
        not_(col(PublicPledge.merged)),
    ]


def _heard(rule: Counting) -> ColumnElement[bool]:
    """Counting.voice, in SQL; never null."""
    return func.coalesce(col(PublicPledge.last_reported_at) >= rule.opens_at, False)


async def _figures(session: AsyncSession, rule: Counting) -> tuple[int, int]:
    """The denominator, and how many of it have reported."""
    counts = select(func.count(), func.count().filter(_heard(rule))).select_from(PublicPledge)
    denominator, reported = (await session.execute(counts.where(*_counted(rule)))).one()
    return denominator, reported


_LAST_FIRST = pagination.Order({col(MilestoneHistory.step_id): pagination.number}, newest_first=True)


async def history(session: AsyncSession, code: str, limit: int, cursor: str | None) -> MilestoneSteps:
    """Who moved it, by role, when and why; the newest first. Raises NotFound."""
    await milestone(session, code)
    query = select(MilestoneHistory).where(col(MilestoneHistory.code) == code)
    rows, more = await pagination.page(session, query, _LAST_FIRST, f"steps {code}", limit, cursor)
    steps = [MilestoneStep.model_validate({**step.model_dump(), **step.details}) for (step,) in rows]
    return MilestoneSteps(items=steps, next=more)


async def preview(session: AsyncSession, code: str, to: Move, now: datetime) -> MovePreview:
    """What `commands.move` would do. Raises NotFound, and Invalid where the move would."""
    found = await milestone(session, code)
    lifecycle.require_ahead(end(found), lifecycle.ends_at(to.starts, to.ends, to.time_zone), now)
    wanted = to.model_dump(mode="json", exclude={"reason"})
    moved = Milestone(**{**found.model_dump(), **wanted})
    rule = await counting(session, shown(found), now)
    return MovePreview(
        fields=[name for name, value in wanted.items() if getattr(found, name) != value],
        now=await _when(session, rule, end(found)),
        then=await _when(session, await counting(session, shown(moved), now), end(moved)),
        may_be_invited=await session.scalar(_may_be_invited(rule)) or 0,
        says=(
            "Counted as by now, and as it would be. How many reminders would move or be skipped, the notifications"
            " service knows: GET /reminders/summary with the milestone and its new first day."
        ),
    )


def end(found: Milestone) -> datetime:
    """The end of its last day at its seat, in UTC."""
    ends = PartialDate(found.ends) if found.ends else None
    return lifecycle.ends_at(PartialDate(found.starts), ends, found.time_zone)


async def _when(session: AsyncSession, rule: Counting, until: datetime) -> Figures:
    denominator, heard = await _figures(session, rule)
    return Figures(counts_until=until, denominator=denominator, reported=heard, silent=denominator - heard)


def _may_be_invited(rule: Counting) -> Select[int]:
    open_ones = (col(PublicPledge.review_cycle) == rule.cycle, col(PublicPledge.state) == "published")
    return select(func.count()).select_from(PublicPledge).where(*open_ones, not_(_heard(rule)))


_NEWEST = pagination.Order(
    {col(PublicPledge.first_published_at): pagination.timestamp, col(PublicPledge.pledge_id): UUID}, newest_first=True
)
_PLEDGE = select(
    *(col(PublicPledge.pledge_id), col(PublicPledge.title), col(PublicPledge.status)),
    *(col(PublicPledge.first_published_at), col(PublicPledge.last_reported_at)),
    cast(col(PublicPledge.snapshot), JSON)["origin"].astext.label("origin"),
    *(col(Entity.entity_id), col(Entity.name), col(Entity.kind), col(Entity.fictional)),
).join(Entity, col(Entity.entity_id) == col(PublicPledge.entity_id))


async def pledges(
    session: AsyncSession, code: str, *, reported: bool | None, limit: int, cursor: str | None, now: datetime
) -> ReviewPledges:
    """A page of what the milestone counts, newest first, only reported or only silent ones if so wished.

    Raises NotFound, and Invalid for a cursor of another list.
    """
    review = shown(await milestone(session, code))
    rule = await counting(session, review, now)
    query = _PLEDGE.where(*_counted(rule))
    if reported is not None:
        query = query.where(_heard(rule) if reported else not_(_heard(rule)))
    rows, more = await pagination.page(session, query, _NEWEST, f"review {code} {reported}", limit, cursor)
    denominator, heard = await _figures(session, rule)
    return ReviewPledges(
        review=review,
        rule=rule.says,
        denominator=denominator,
        reported=heard,
        silent=denominator - heard,
        items=[_item(row._asdict(), rule) for row in rows],
        next=more,
    )


def _item(row: Mapping[str, Any], rule: Counting) -> CountedPledge:
    voice = rule.voice(row["last_reported_at"])
    entity = EntityRef(**{name: row[name] for name in EntityRef.model_fields})
    plain = {name: row[name] for name in ("pledge_id", "title", "origin", "status", "last_reported_at")}
    return CountedPledge(**plain, entity=entity, reported=voice == "reported", voice=voice)
