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
from services.notifications.reminders.lifecycle import Candidate, Reason, State
from services.notifications.reminders.listing import Listing
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
select reminder.id, pledge_id, entity_id, milestone, offset_days, due_on
from reminder join reminder_delivery link on link.reminder_id = reminder.id
where link.delivery_id = :delivery and reminder.state = 'queued' and not exists (
    select from reminder_delivery other join delivery on delivery.id = other.delivery_id
    where other.reminder_id = reminder.id and other.delivery_id <> :delivery and delivery.state in ('queued', 'sending')
)
order by reminder.id
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
    await _give_up(session, claimed.id, overdue=settlement.reason == Reason.OVERDUE, at=at)
    return True


async def _drop(session: AsyncSession, reasons: Mapping[int, Reason], at: datetime) -> None:
    """These were taken off the list; those that another mail has sent stay sent."""
    queued = await session.scalars(_QUEUED, {"ids": list(reasons)})
    for reason, ids in groupby(sorted(queued, key=reasons.__getitem__), key=reasons.__getitem__):
        await end(session, list(ids), State.SKIPPED, reason, at)


async def _give_up(session: AsyncSession, delivery_id: UUID, *, overdue: bool, at: datetime) -> None:
    """Reminders of a mail that has ended, which are on no other that may still leave."""
    left = [Candidate(*row) for row in await session.execute(_LEFT, {"delivery": delivery_id})]
    if overdue:
        await end(session, [reminder.id for reminder in left], State.SKIPPED, Reason.OVERDUE, at)
    else:
        await unreachable(session, left, Reason.NOT_DELIVERED, at)
