"""Writes to the reminder plan, set by set in SQL. Any number of replicas may do it at once. The caller commits."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.reminders.lifecycle import Due, Milestone

PAGE = 10_000  # pledges, or rows of the plan, in one statement: bounded, so that none of them runs for long
FIRST = UUID(int=0)  # before every pledge

# An offset that went out for another day never returns. A row that is there is not tried again: trying locks it. Only
# of a pledge that has rows already each offset is looked for: in a first sweep that is none of them.
_PLAN = text("""
with page as materialized (
    select pledge_id, entity_id, first_published_at, planned from known_pledge left join lateral (
        select true as planned from reminder earlier
        where earlier.pledge_id = known_pledge.pledge_id and earlier.milestone = :milestone
        limit 1
    ) earlier on true
    where review_cycle = :cycle and state = 'published' and pledge_id > :after
      and (last_reported_at is null or last_reported_at < :cycle_opens)
    order by pledge_id
    limit :most
), due as (
    select * from unnest(cast(:offsets as int[]), cast(:days as date[]), cast(:due_from as timestamptz[]))
        as due (offset_days, due_on, due_from)
), added as (
    insert into reminder (pledge_id, entity_id, milestone, offset_days, due_on, state, created_at, updated_at)
    select pledge_id, entity_id, :milestone, offset_days, due_on, 'planned', :at, :at
    from page cross join due
    where first_published_at < due_from and (planned is null or not exists (
        select from reminder there
        where there.pledge_id = page.pledge_id and there.milestone = :milestone
          and there.offset_days = due.offset_days
          and (there.due_on = due.due_on or there.state in ('queued', 'sent'))
    ))
    on conflict (pledge_id, milestone, due_on, offset_days) do nothing
)
select pledge_id from page order by pledge_id desc limit 1
""")

# a milestone that moved away and back, a merge that was undone: they find their rows again
_REVIVE = text("""
with due as (
    select * from unnest(cast(:offsets as int[]), cast(:days as date[])) as due (offset_days, due_on)
), page as (
    select reminder.id from reminder join due using (offset_days, due_on) join known_pledge pledge using (pledge_id)
    where reminder.milestone = :milestone and reminder.state = 'skipped' and reminder.reason in ('moved', 'closed')
      and pledge.review_cycle = :cycle and pledge.state = 'published'
      and (last_reported_at is null or last_reported_at < :cycle_opens)
      and not exists (
        select from reminder sent
        where sent.pledge_id = reminder.pledge_id and sent.milestone = :milestone
          and sent.offset_days = reminder.offset_days and sent.state in ('queued', 'sent')
      )
    limit :most
    for update of reminder skip locked
)
update reminder set state = 'planned', reason = null, updated_at = :at from page where reminder.id = page.id
""")

_MOVED = text("""
with page as (
    select id from reminder
    where milestone = :milestone and state = 'planned'
      and (offset_days, due_on) not in (select * from unnest(cast(:offsets as int[]), cast(:days as date[])))
    limit :most
    for update skip locked
)
update reminder set state = 'skipped', reason = 'moved', updated_at = :at from page where reminder.id = page.id
""")

_ANSWERED = text("""
with page as (
    select reminder.id, case
        when pledge.state <> 'published' then 'closed'
        when pledge.review_cycle is distinct from :cycle then 'moved'
        else 'reported' end as reason
    from reminder join known_pledge pledge using (pledge_id)
    where reminder.milestone = :milestone and reminder.state = 'planned'
      and (pledge.state <> 'published' or pledge.review_cycle is distinct from :cycle
           or pledge.last_reported_at >= :cycle_opens)
    limit :most
    for update of reminder skip locked
)
update reminder set state = 'skipped', updated_at = :at, reason = page.reason
from page where reminder.id = page.id
""")

_OVERDUE = text("""
with page as (
    select id from reminder where state = 'planned' and due_on < :first_day
    limit :most
    for update skip locked
)
update reminder set state = 'skipped', reason = 'overdue', updated_at = :at
from page where reminder.id = page.id
""")


async def plan(
    session: AsyncSession, milestone: Milestone, dues: Sequence[Due], after: UUID, at: datetime
) -> UUID | None:
    """Adds one page of pledges that follow `after`; returns the last of it, None when there was none.

    Only pledges that were published before the day on which the reminder is due.
    """
    values = _of(milestone) | _days(dues) | {"due_from": [_midnight(due.due_on) for due in dues]}
    found: UUID | None = await session.scalar(_PLAN, values | {"after": after, "most": PAGE, "at": at})
    return found


async def revive(session: AsyncSession, milestone: Milestone, dues: Sequence[Due], at: datetime) -> bool:
    """Puts one page back into the plan; whether there may be more, as each of the following."""
    return await _page(session, _REVIVE, _of(milestone) | _days(dues), at)


async def drop_moved(session: AsyncSession, milestone: Milestone, dues: Sequence[Due], at: datetime) -> bool:
    """Takes out of the plan what the milestone no longer calls for."""
    return await _page(session, _MOVED, {"milestone": milestone.code, **_days(dues)}, at)


async def drop_answered(session: AsyncSession, milestone: Milestone, at: datetime) -> bool:
    """Takes pledges out that need no reminder any more."""
    return await _page(session, _ANSWERED, _of(milestone), at)


async def skip_overdue(session: AsyncSession, first_day: date, at: datetime) -> bool:
    """Planned reminders that were due before `first_day` are lines in the plan, and no mails."""
    return await _page(session, _OVERDUE, {"first_day": first_day}, at)


async def _page(session: AsyncSession, statement: TextClause, values: dict[str, Any], at: datetime) -> bool:
    done: Any = await session.execute(statement, values | {"most": PAGE, "at": at})
    return bool(done.rowcount)


def _of(milestone: Milestone) -> dict[str, Any]:
    return {"milestone": milestone.code, "cycle": milestone.cycle, "cycle_opens": milestone.cycle_opens}


def _days(dues: Sequence[Due]) -> dict[str, Any]:
    return {"offsets": [due.offset_days for due in dues], "days": [due.due_on for due in dues]}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
