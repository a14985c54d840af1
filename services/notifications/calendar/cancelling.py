"""A milestone that does not take place: whoever was reminded of it is told, once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.deliveries import commands
from services.notifications.deliveries.steps import CANCELLED

_REMINDED = text("""
select distinct on (delivery.person_id) delivery.person_id, coalesce(link.entity_id, reminder.entity_id) as entity_id
from reminder
join reminder_delivery link on link.reminder_id = reminder.id
join delivery on delivery.id = link.delivery_id
where reminder.milestone = :milestone and reminder.state = 'sent' and delivery.state = 'sent'
order by delivery.person_id, delivery.sent_at desc, reminder.id
""")


async def tell(session: AsyncSession, event_id: UUID, milestone: str, at: datetime) -> None:
    """A mail for each; `at` is system time. What of them has changed since is looked at when it is sent."""
    people = await session.execute(_REMINDED, {"milestone": milestone})
    common = {"cause": f"event:{event_id}", "template": CANCELLED.template, "facts": {"milestone": milestone}}
    rows = [
        commands.new(**common, person_id=row.person_id, entity_id=row.entity_id, next_try_at=at, created_at=at)
        for row in people
    ]
    await commands.add(session, rows)
