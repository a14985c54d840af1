"""Contacts that are lost: nobody of an entity can be reached, or nobody reacts through a whole cycle. Staff are told.

Once for an entity and milestone, by the table's key; undone by nobody: the next milestone begins anew. The caller
commits.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.reminders.lifecycle import Milestone, dates
from services.notifications.reminders.policy import Policy
from shared.events.notifications import ContactLost
from shared.messaging import outbox

PATIENCE = timedelta(days=30)  # after which nobody is told of what was long ago, at a first start

_UNREACHABLE = text("""
insert into contact_lost (entity_id, milestone, reason, created_at)
select entity_id, milestone, 'nobody_reachable', :at
from unnest(cast(:entities as text[]), cast(:milestones as text[])) as silent (entity_id, milestone)
order by entity_id, milestone
on conflict do nothing
returning entity_id, milestone, reason
""")

# a report on one pledge is a reaction, also where another one of the entity has none
_NEVER_REACTED = text("""
insert into contact_lost (entity_id, milestone, reason, created_at)
select distinct entity_id, :milestone, 'no_reaction', cast(:at as timestamptz)
from reminder
where milestone = :milestone and state = 'sent'
  and exists (
    select from known_pledge open
    where open.entity_id = reminder.entity_id and open.review_cycle = :cycle and open.state = 'published'
  )
  and not exists (
    select from known_pledge reported
    where reported.entity_id = reminder.entity_id and reported.review_cycle = :cycle
      and reported.last_reported_at >= :cycle_opens
  )
order by entity_id
on conflict do nothing
returning entity_id, milestone, reason
""")


async def unreachable(session: AsyncSession, silent: Collection[tuple[str, str]], at: datetime) -> None:
    """`silent`: entities for whom nobody can be written to, each with the milestone; `at` is system time."""
    if silent:
        entities, milestones = zip(*silent, strict=True)
        found = await session.execute(
            _UNREACHABLE, {"entities": list(entities), "milestones": list(milestones), "at": at}
        )
        await _tell(session, [tuple(row) for row in found], at)


async def never_reacted(
    session: AsyncSession, milestone: Milestone, policy: Policy, *, now: datetime, at: datetime
) -> None:
    """Entities that were reminded of it and reported on nothing, some days after the last offset."""
    dues = dates(milestone, policy)
    last = max((due.due_on for due in dues), default=None)
    waited = now.date() - last if last else timedelta()
    if not timedelta(days=policy.lost_after_days) <= waited <= timedelta(days=policy.lost_after_days) + PATIENCE:
        return
    values = {"milestone": milestone.code, "cycle": milestone.cycle, "cycle_opens": milestone.cycle_opens, "at": at}
    found = await session.execute(_NEVER_REACTED, values)
    await _tell(session, [tuple(row) for row in found], at)


async def _tell(session: AsyncSession, lost: Collection[tuple[str, ...]], at: datetime) -> None:
    for entity_id, milestone, reason in lost:
        told = {"lost_id": uuid5(NAMESPACE_URL, f"{entity_id} {milestone}"), "entity_id": entity_id, "reason": reason}
        await outbox.add(session, "contact.lost.v1", entity_id, ContactLost.model_validate(told), at)
