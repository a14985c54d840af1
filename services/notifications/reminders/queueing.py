"""Due reminders become deliveries, one to a person for all that person's pledges. The caller commits."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.deliveries import commands as deliveries
from services.notifications.deliveries.lifecycle import State as DeliveryState
from services.notifications.deliveries.steps import REMINDER
from services.notifications.recipients import Person
from services.notifications.reminders.lifecycle import Allotment, Candidate, Letter, Reason, State, allot
from services.notifications.reminders.policy import Policy
from shared.events.notifications import ReminderUnreachable
from shared.messaging import outbox

PAGE = 1000
LOCK = 7_302_101  # any number that nothing else of this database locks

# unknown pledges wait: their copy may be being read anew
_DUE = text("""
select reminder.id, reminder.pledge_id, reminder.entity_id, milestone, offset_days, due_on
from reminder join known_pledge pledge using (pledge_id)
where reminder.state = 'planned' and due_on between :first_day and :last_day and reminder.id > :after
order by reminder.id
limit :most
""")

_LOCK = text("select pg_advisory_xact_lock(:lock)")

_STILL_PLANNED = text("""
select id from reminder where id = any(cast(:ids as bigint[])) and state = 'planned'
""")

_REMINDED = text("""
select pledge_id, acted_on from reminder
where pledge_id = any(cast(:pledges as uuid[])) and state in ('queued', 'sent')
""")

_MAILS = text("""
select id, cause, person_id, state from delivery
where template = 'reminder' and (cause, person_id) in (
    select * from unnest(cast(:causes as text[]), cast(:people as text[]))
)
order by id
for update
""")

_LINK = text("""
insert into reminder_delivery (reminder_id, delivery_id)
select * from unnest(cast(:reminders as bigint[]), cast(:deliveries as uuid[]))
on conflict do nothing
""")

_QUEUED = text("""
update reminder set state = 'queued', acted_on = greatest(due_on, cast(:today as date)), updated_at = :at
where id = any(cast(:ids as bigint[]))
""")

_ENDED = text("""
update reminder set state = :state, reason = :reason, updated_at = :at where id = any(cast(:ids as bigint[]))
""")

_RELEASE = text("""
update delivery set next_try_at = :at where template = 'reminder' and state = 'queued' and next_try_at is null
""")


async def due(session: AsyncSession, days: tuple[date, date], after: int) -> list[Candidate]:
    """One page of planned reminders that are due on these days, by id."""
    values = {"first_day": days[0], "last_day": days[1], "after": after, "most": PAGE}
    return [Candidate(*row) for row in await session.execute(_DUE, values)]


async def queue(
    session: AsyncSession,
    batch: Sequence[Candidate],
    contacts: Mapping[str, Collection[Person]],
    policy: Policy,
    *,
    now: datetime,
    at: datetime,
) -> None:
    """What becomes of the batch, of which another replica may have done a part. After the last one: release."""
    # one replica at a time, so that each sees for which days the others have queued
    await session.execute(_LOCK, {"lock": LOCK})
    planned = set(await session.scalars(_STILL_PLANNED, {"ids": [candidate.id for candidate in batch]}))
    batch = [candidate for candidate in batch if candidate.id in planned]
    allotment = allot(batch, contacts, await _reminded(session, batch), now, policy)
    linked = await _mail(session, allotment, at)
    joined_too_late = {id_ for letter in allotment.letters.values() for id_ in letter.reminders} - linked
    skipped = allotment.skipped | dict.fromkeys(joined_too_late, Reason.JOINED_TOO_LATE)
    await session.execute(_QUEUED, {"ids": sorted(linked), "today": now.date(), "at": at})
    for reason, ids in groupby(sorted(skipped, key=skipped.__getitem__), key=skipped.__getitem__):
        await end(session, list(ids), State.SKIPPED, reason, at)
    await unreachable(session, allotment.unreachable, Reason.NOBODY, at)


async def release(session: AsyncSession, at: datetime) -> None:
    """Every mail has its whole list now, and may leave."""
    await session.execute(_RELEASE, {"at": at})


async def unreachable(session: AsyncSession, reminders: Sequence[Candidate], reason: Reason, at: datetime) -> None:
    """A line in the plan and, for staff who look after contacts, an event; each once, since the state ends here."""
    await end(session, [reminder.id for reminder in reminders], State.NO_CONTACT, reason, at)
    for reminder in reminders:
        event = ReminderUnreachable(
            pledge_id=reminder.pledge_id,
            entity_id=reminder.entity_id,
            milestone=reminder.milestone,
            offset_days=reminder.offset_days,
            due_on=reminder.due_on,
        )
        await outbox.add(session, "reminder.unreachable.v1", str(reminder.pledge_id), event, at)


async def end(session: AsyncSession, ids: Sequence[int], state: State, reason: Reason, at: datetime) -> None:
    """Nothing is sent for these, and here is why."""
    if ids:
        await session.execute(_ENDED, {"ids": list(ids), "state": state.value, "reason": reason.value, "at": at})


async def _reminded(session: AsyncSession, batch: Sequence[Candidate]) -> dict[UUID, list[date]]:
    days: dict[UUID, list[date]] = {}
    pledges = [candidate.pledge_id for candidate in batch]
    for pledge_id, day in await session.execute(_REMINDED, {"pledges": pledges}):
        days.setdefault(pledge_id, []).append(day)
    return days


async def _mail(session: AsyncSession, allotment: Allotment, at: datetime) -> set[int]:
    """Adds the mails, or joins those that wait already; returns the reminders that are on one."""
    if not allotment.letters:
        return set()
    await deliveries.add(session, [_delivery(*key, letter, at) for key, letter in allotment.letters.items()])
    causes, people = zip(*allotment.letters, strict=True)
    mails = await session.execute(_MAILS, {"causes": list(causes), "people": list(people)})
    links = [(id_, mail.id) for mail in mails for id_ in _joining(mail, allotment)]
    values = {"reminders": [link[0] for link in links], "deliveries": [link[1] for link in links]}
    await session.execute(_LINK, values)
    return {link[0] for link in links}


def _delivery(cause: str, person_id: str, letter: Letter, at: datetime) -> dict[str, Any]:
    """`next_try_at` stays open until the list is whole (release)."""
    return deliveries.new(
        cause=cause, person_id=person_id, template=REMINDER.template, not_before=letter.not_before, created_at=at
    )


def _joining(mail: Row[Any], allotment: Allotment) -> list[int]:
    """A mail that has left, or is about to, takes no more."""
    if mail.state != DeliveryState.QUEUED:
        return []
    return allotment.letters[mail.cause, mail.person_id].reminders
