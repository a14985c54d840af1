"""Writes to the reminder plan, set by set in SQL. Any number of replicas may do it at once. The caller commits."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.reminders.lifecycle import Due, Milestone

PAGE = 1000
FIRST = UUID(int=0)  # before every pledge

# A milestone that moved away and back, a merge that was undone: they find their rows again; an offset that went out
# for another day never returns.
_PLAN = text("""
with page as (
    select pledge_id, entity_id from known_pledge
    where review_cycle = :cycle and state = 'published' and pledge_id > :after
      and first_published_at < :due_from
      and (last_reported_at is null or last_reported_at < :cycle_opens)
    order by pledge_id
    limit :most
), added as (
    insert into reminder (pledge_id, entity_id, milestone, offset_days, due_on, state, created_at, updated_at)
    select pledge_id, entity_id, :milestone, :offset_days, :due_on, 'planned', :at, :at from page
    where not exists (
        select from reminder sent
        where sent.pledge_id = page.pledge_id and sent.milestone = :milestone and sent.offset_days = :offset_days
          and sent.state in ('queued', 'sent')
    )
    on conflict (pledge_id, milestone, due_on, offset_days) do update
        set state = 'planned', reason = null, updated_at = :at
        where reminder.state = 'skipped' and reminder.reason in ('moved', 'closed')
)
select pledge_id from page order by pledge_id desc limit 1
""")

_MOVED = text("""
update reminder set state = 'skipped', reason = 'moved', updated_at = :at
where milestone = :milestone and state = 'planned'
  and (offset_days, due_on) not in (
    select * from unnest(cast(:offsets as int[]), cast(:days as date[]))
  )
""")

_ANSWERED = text("""
update reminder
set state = 'skipped', updated_at = :at, reason = case
    when pledge.state <> 'published' then 'closed'
    when pledge.review_cycle is distinct from :cycle then 'moved'
    else 'reported' end
from known_pledge pledge
where reminder.milestone = :milestone and reminder.state = 'planned' and pledge.pledge_id = reminder.pledge_id
  and (pledge.state <> 'published' or pledge.review_cycle is distinct from :cycle
       or pledge.last_reported_at >= :cycle_opens)
""")

_OVERDUE = text("""
update reminder set state = 'skipped', reason = 'overdue', updated_at = :at
where state = 'planned' and due_on < :first_day
""")


async def plan(session: AsyncSession, milestone: Milestone, due: Due, after: UUID, at: datetime) -> UUID | None:
    """Adds one page of pledges that follow `after`; returns the last of it, None when there was none.

    Only pledges that were published before the day on which the reminder is due.
    """
    values = _of(milestone) | {"offset_days": due.offset_days, "due_on": due.due_on, "due_from": _midnight(due.due_on)}
    found: UUID | None = await session.scalar(_PLAN, values | {"after": after, "most": PAGE, "at": at})
    return found


async def withdraw(session: AsyncSession, milestone: Milestone, dates: Sequence[Due], at: datetime) -> None:
    """Takes out of the plan what the milestone no longer calls for, and pledges that need no reminder any more."""
    moved = {"offsets": [due.offset_days for due in dates], "days": [due.due_on for due in dates]}
    await session.execute(_MOVED, {"milestone": milestone.code, "at": at, **moved})
    await session.execute(_ANSWERED, _of(milestone) | {"at": at})


async def skip_overdue(session: AsyncSession, first_day: date, at: datetime) -> None:
    """Planned reminders that were due before `first_day` are lines in the plan, and no mails."""
    await session.execute(_OVERDUE, {"first_day": first_day, "at": at})


def _of(milestone: Milestone) -> dict[str, Any]:
    return {"milestone": milestone.code, "cycle": milestone.cycle, "cycle_opens": milestone.cycle_opens}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
