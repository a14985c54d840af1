"""How many were invited before a milestone, and what would become of the plan if it moved. Nothing is written."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.reminders import known
from services.notifications.reminders.lifecycle import Due, Milestone, State, dates, decide, plannable
from services.notifications.reminders.policy import Policy
from services.notifications.reminders.schemas import Invitation, Moved, Summary
from shared.errors import NotFound

_STATES = text("select state, count(*) from reminder where milestone = :milestone group by state order by state")
_INVITED = text("""
select count(distinct pledge_id), count(distinct entity_id) from reminder
where milestone = :milestone and state = 'sent'
""")
_KEPT = text("""
select count(*) filter (where (offset_days, due_on) in (
    select * from unnest(cast(:offsets as int[]), cast(:days as date[]))
)), count(*)
from reminder where milestone = :milestone and state = 'planned'
""")
# what commands.plan would add
_ADDED = text("""
select count(*) from known_pledge pledge
where review_cycle = :cycle and state = 'published' and first_published_at < :due_from
  and (last_reported_at is null or last_reported_at < :cycle_opens)
  and not exists (
    select from reminder there
    where there.pledge_id = pledge.pledge_id and there.milestone = :milestone and there.offset_days = :offset_days
      and (there.state in ('queued', 'sent') or (
        there.due_on = :due_on and not (there.state = 'skipped' and there.reason = 'moved')
      ))
  )
""")


async def milestone(session: AsyncSession, code: str) -> Milestone:
    """Raises NotFound for one that nobody told of."""
    for found in await known.milestones(session):
        if found.code == code:
            return found
    raise NotFound("No milestone with this code is known here; they are listed at GET /reviews of the pledges service.")


def moved(found: Milestone, starts: str, *, tentative: bool) -> Milestone:
    return replace(found, starts=starts, tentative=tentative)


async def summary(
    session: AsyncSession, found: Milestone, then: Milestone | None, policy: Policy, now: datetime
) -> Summary:
    """`then`: the milestone as it would be; `now` is business time."""
    states = (await session.execute(_STATES, {"milestone": found.code})).all()
    pledges, entities = (await session.execute(_INVITED, {"milestone": found.code})).one()
    return Summary(
        milestone=found.code,
        pledges=pledges,
        entities=entities,
        reminders={State(state): number for state, number in states},
        moved=await _moved(session, then, policy, now) if then else None,
    )


async def _moved(session: AsyncSession, then: Milestone, policy: Policy, now: datetime) -> Moved:
    wanted = dates(then, policy)
    values = {"offsets": [due.offset_days for due in wanted], "days": [due.due_on for due in wanted]}
    kept, planned = (await session.execute(_KEPT, {"milestone": then.code, **values})).one()
    invitations = [
        Invitation(
            offset_days=due.offset_days,
            due_on=due.due_on,
            reminders=await _added(session, then, due),
            overdue=decide(due.due_on, now, policy) == "overdue",
        )
        for due in plannable(then, policy, now)
    ]
    return Moved(starts=then.starts, kept=kept, dropped=planned - kept, planned=invitations)


async def _added(session: AsyncSession, then: Milestone, due: Due) -> int:
    values = {"milestone": then.code, "cycle": then.cycle, "cycle_opens": then.cycle_opens}
    values |= {"offset_days": due.offset_days, "due_on": due.due_on, "due_from": _midnight(due.due_on)}
    return int(await session.scalar(_ADDED, values) or 0)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
