"""What a reminder mail's end means for the reminders on it. The caller commits."""

from collections.abc import Mapping
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.deliveries import commands
from services.notifications.deliveries.commands import Claimed
from services.notifications.deliveries.lifecycle import FINAL, Settlement
from services.notifications.deliveries.lifecycle import State as DeliveryState
from services.notifications.reminders.lifecycle import Reason, State, due_days
from services.notifications.reminders.listing import Listing
from services.notifications.reminders.planning import Candidate
from services.notifications.reminders.policy import policy
from services.notifications.reminders.queueing import end, unreachable

# of several mails of one reminder that end at the same time, the later sees what the earlier did
_LOCK = text("""
select id from reminder
where id in (select reminder_id from reminder_delivery where delivery_id = :delivery)
order by id
for update
""")

_SENT = text("""
update reminder set state = 'sent', acted_on = cast(:now as date), updated_at = :at
where id = any(cast(:ids as bigint[])) and state = 'queued'
""")

_QUEUED = text("select id from reminder where id = any(cast(:ids as bigint[])) and state = 'queued'")

_LEFT = text("""
select reminder.id, pledge_id, reminder.entity_id, milestone, offset_days, due_on
from reminder join reminder_delivery link on link.reminder_id = reminder.id
where link.delivery_id = :delivery and reminder.state = 'queued' and not exists (
    select from reminder_delivery other join delivery on delivery.id = other.delivery_id
    where other.reminder_id = reminder.id and other.delivery_id <> :delivery
      and delivery.state in ('queued', 'deferred', 'sending')
)
order by reminder.id
""")

# its delegates are asked in their place, at the next look at the plan
_AGAIN = text("""
update reminder set state = 'planned', updated_at = :at
where id = any(cast(:ids as bigint[])) and due_on >= :first_day and not exists (
    select from reminder_delivery link where link.reminder_id = reminder.id and link.role = 'delegate'
)
returning id
""")


async def settle(
    session: AsyncSession,
    claimed: Claimed,
    settlement: Settlement,
    found: Listing | None,
    *,
    now: datetime,
    at: datetime,
) -> bool:
    """The mail, and with it the reminders on it: `found` is what it listed. False when the lease was lost."""
    await session.execute(_LOCK, {"delivery": claimed.id})
    if not await commands.settle(session, claimed, settlement, at):
        return False
    if settlement.state not in FINAL:
        return True
    if found and settlement.state is DeliveryState.SENT:
        mailed = [pledge.reminder_id for pledge in found.pledges]
        await session.execute(_SENT, {"ids": mailed, "now": now, "at": at})
    if found:
        await _drop(session, found.dropped, at)
    await _give_up(session, claimed.id, settlement.reason, now=now, at=at)
    return True


async def _drop(session: AsyncSession, reasons: Mapping[int, Reason], at: datetime) -> None:
    """These were taken off the list; those that another mail has sent stay sent."""
    queued = await session.scalars(_QUEUED, {"ids": list(reasons)})
    for reason, ids in groupby(sorted(queued, key=reasons.__getitem__), key=reasons.__getitem__):
        await end(session, list(ids), State.SKIPPED, reason, at)


async def _give_up(session: AsyncSession, mail: UUID, reason: str | None, *, now: datetime, at: datetime) -> None:
    """Reminders of a mail that has ended, which are on no other that may still leave."""
    left = [Candidate(*row) for row in await session.execute(_LEFT, {"delivery": mail})]
    if reason == Reason.OVERDUE:
        await end(session, [reminder.id for reminder in left], State.SKIPPED, Reason.OVERDUE, at)
        return
    first_day, _ = due_days(now, policy())
    ids = [reminder.id for reminder in left]
    again = set(await session.scalars(_AGAIN, {"ids": ids, "first_day": first_day, "at": at}))
    lost = [reminder for reminder in left if reminder.id not in again]
    await unreachable(session, lost, Reason.NOT_DELIVERED, at)
