"""What the plan came to in a sandbox: the mails that wait there, and how many reminders had which fate."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.rehearsals.schemas import Day
from services.notifications.reminders.lifecycle import Reason, State

PAGE = 1000

# the sender asks again when the mail leaves
_OFF = """exists (
    select from mail_preference
    where mail_preference.person_id = delivery.person_id and category = 'reminders' and off_since is not null
)"""

_MAILS = text(f"""
select delivery.person_id, delivery.not_before, reminder.due_on, jsonb_agg(
    jsonb_build_object(
        'pledge_id', reminder.pledge_id, 'entity_id', coalesce(link.entity_id, reminder.entity_id),
        'role', coalesce(link.role, 'focal_point'), 'milestone', reminder.milestone,
        'offset_days', reminder.offset_days
    ) order by reminder.milestone, link.entity_id, reminder.pledge_id
) as lists
from delivery
join reminder_delivery link on link.delivery_id = delivery.id
join reminder on reminder.id = link.reminder_id
where delivery.sent_at is null and reminder.state = 'queued' and reminder.due_on between :first_day and :last_day
  and not {_OFF}
group by delivery.id, reminder.due_on
order by reminder.due_on, delivery.not_before, delivery.person_id
""").columns(lists=JSONB)  # noqa: S608 - of a constant

_TURNED_OFF = text(f"""
select due_on, count(distinct delivery.id) as mails
from delivery
join reminder_delivery link on link.delivery_id = delivery.id
join reminder on reminder.id = link.reminder_id
where delivery.sent_at is null and reminder.state = 'queued' and due_on between :first_day and :last_day and {_OFF}
group by due_on
""")  # noqa: S608 - of a constant

_FATES = text("""
select due_on, state, reason, count(*) as reminders from reminder
where due_on between :first_day and :last_day
group by due_on, state, reason
""")


async def mails(session: AsyncSession, days: tuple[date, date]) -> AsyncIterator[Sequence[dict[str, Any]]]:
    """By day, hour and person, in pages; `days` are the first and the last of the month."""
    found = await session.stream(_MAILS, {"first_day": days[0], "last_day": days[1]})
    async for page in found.mappings().partitions(PAGE):
        yield [dict(row) for row in page]


async def days(
    session: AsyncSession, month: tuple[date, date], mails: Mapping[date, int], *, changed: bool
) -> list[Day]:
    """Those on which a reminder is due; `mails` are how many leave on each."""
    fates: dict[date, Counter[str]] = defaultdict(Counter)
    for row in await session.execute(_FATES, {"first_day": month[0], "last_day": month[1]}):
        fates[row.due_on][row.reason if row.state == State.SKIPPED else row.state] += row.reminders
    values = {"first_day": month[0], "last_day": month[1]}
    off = {row.due_on: row.mails for row in await session.execute(_TURNED_OFF, values)}
    return [
        _day(day, fates[day], mails.get(day, 0), turned_off=off.get(day, 0), changed=changed) for day in sorted(fates)
    ]


def _day(day: date, fates: Counter[str], mails: int, *, turned_off: int, changed: bool) -> Day:
    return Day(
        turned_off=turned_off,
        day=day,
        changed=changed,
        mails=mails,
        reminders=fates[State.QUEUED],
        sent=fates[State.SENT],
        nobody=fates[State.NO_CONTACT],
        skipped={reason: fates[reason] for reason in Reason if fates[reason]},
    )
