"""Due reminders become deliveries, one to a person for all that person's pledges. The caller commits."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.deliveries import commands as deliveries
from services.notifications.deliveries.lifecycle import WAITING
from services.notifications.deliveries.steps import REMINDER
from services.notifications.reminders import lost, planning
from services.notifications.reminders.lifecycle import Reason, State
from services.notifications.reminders.planning import Allotment, Candidate, Letter, Link, Past, allot
from services.notifications.reminders.policy import Policy
from shared.events.notifications import ReminderUnreachable
from shared.messaging import outbox

PAGE = 1000
PLANNED_AWAY = ", ".join(f"'{reason}'" for reason in Reason)
LOCK = 7_302_101  # any number that nothing else of this database locks

# bounced, refused, or to an address that takes nothing; what was not sent for a reason of the plan's is no such thing
UNDELIVERED = f"""(
    delivery.state = 'failed' or (delivery.state = 'suppressed' and delivery.reason not in ({PLANNED_AWAY}))
)"""

# unknown pledges wait: their copy may be being read anew
_DUE = text("""
select reminder.id, reminder.pledge_id, reminder.entity_id, milestone, offset_days, due_on, partner_ids
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

_TRIED = text(f"""
select reminder.id, reminder.pledge_id, coalesce(link.entity_id, reminder.entity_id) as entity_id,
    delivery.person_id, {UNDELIVERED} as bounced
from reminder join reminder_delivery link on link.reminder_id = reminder.id
join delivery on delivery.id = link.delivery_id
where reminder.pledge_id = any(cast(:pledges as uuid[]))
""")  # noqa: S608 - of constants

_MAILS = text("""
select id, cause, person_id, state from delivery
where template = 'reminder' and (cause, person_id) in (
    select * from unnest(cast(:causes as text[]), cast(:people as text[]))
)
order by id
for update
""")

_LINK = text("""
insert into reminder_delivery (reminder_id, delivery_id, entity_id, role)
select * from unnest(
    cast(:reminders as bigint[]), cast(:deliveries as uuid[]), cast(:entities as text[]), cast(:roles as text[])
)
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
with page as (
    select id from delivery where template = 'reminder' and state = 'queued' and next_try_at is null
    limit :most
    for update skip locked
)
update delivery set next_try_at = :at from page where delivery.id = page.id
""")


class Contacts(NamedTuple):
    """Who can be written to, by entity: delegates only where they have to be asked for."""

    focal_points: planning.Contacts
    delegates: planning.Contacts


async def due(session: AsyncSession, days: tuple[date, date], after: int) -> list[Candidate]:
    """One page of planned reminders that are due on these days, by id."""
    values = {"first_day": days[0], "last_day": days[1], "after": after, "most": PAGE}
    return [Candidate(*row) for row in await session.execute(_DUE, values)]


async def past(session: AsyncSession, batch: Sequence[Candidate]) -> Past:
    """What earlier reminders for the batch's pledges were."""
    pledges = [candidate.pledge_id for candidate in batch]
    days, asked, bounced = defaultdict(list), defaultdict(set), defaultdict(set)
    for pledge_id, day in await session.execute(_REMINDED, {"pledges": pledges}):
        days[pledge_id].append(day)
    for row in await session.execute(_TRIED, {"pledges": pledges}):
        asked[row.id].add(row.person_id)
        if row.bounced:
            bounced[row.pledge_id, row.entity_id].add(row.person_id)
    return Past(dict(days), dict(asked), dict(bounced))


async def queue(
    session: AsyncSession,
    batch: Sequence[Candidate],
    contacts: Contacts,
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
    allotment = allot(batch, *contacts, await past(session, batch), now, policy)
    linked = await _mail(session, allotment, at)
    joined_too_late = {link.reminder_id for letter in allotment.letters.values() for link in letter.links} - linked
    skipped = allotment.skipped | dict.fromkeys(joined_too_late, Reason.JOINED_TOO_LATE)
    await session.execute(_QUEUED, {"ids": sorted(linked), "today": now.date(), "at": at})
    for reason, ids in groupby(sorted(skipped, key=skipped.__getitem__), key=skipped.__getitem__):
        await end(session, list(ids), State.SKIPPED, reason, at)
    for reason, reached_nobody in _by_reason(allotment):
        await unreachable(session, reached_nobody, reason, at)
    await lost.unreachable(session, {(one.entity_id, one.candidate.milestone) for one in allotment.lost}, at)


def _by_reason(allotment: Allotment) -> Iterator[tuple[Reason, list[Candidate]]]:
    for reason, found in groupby(sorted(allotment.unreachable, key=itemgetter(1)), key=itemgetter(1)):
        yield reason, [candidate for candidate, _ in found]


async def release(session: AsyncSession, at: datetime) -> bool:
    """One page of mails has its whole list now, and may leave; whether there may be more."""
    done: Any = await session.execute(_RELEASE, {"at": at, "most": PAGE})
    return bool(done.rowcount)


async def unreachable(session: AsyncSession, reminders: Sequence[Candidate], reason: Reason, at: datetime) -> None:
    """A line in the plan, and an event, each once, since the state ends here."""
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
    await lost.unreachable(session, {(reminder.entity_id, reminder.milestone) for reminder in reminders}, at)


async def end(session: AsyncSession, ids: Sequence[int], state: State, reason: Reason, at: datetime) -> None:
    """Nothing is sent for these, and here is why."""
    if ids:
        await session.execute(_ENDED, {"ids": list(ids), "state": state.value, "reason": reason.value, "at": at})


async def _mail(session: AsyncSession, allotment: Allotment, at: datetime) -> set[int]:
    """Adds the mails, or joins those that wait already; returns the reminders that are on one."""
    if not allotment.letters:
        return set()
    await deliveries.add(session, [_delivery(*key, letter, at) for key, letter in allotment.letters.items()])
    causes, people = zip(*allotment.letters, strict=True)
    mails = await session.execute(_MAILS, {"causes": list(causes), "people": list(people)})
    links = [(link, mail.id) for mail in mails for link in _joining(mail, allotment)]
    values = {
        "reminders": [link.reminder_id for link, _ in links],
        "deliveries": [id_ for _, id_ in links],
        "entities": [link.entity_id for link, _ in links],
        "roles": [link.role for link, _ in links],
    }
    await session.execute(_LINK, values)
    return {link.reminder_id for link, _ in links}


def _delivery(cause: str, person_id: str, letter: Letter, at: datetime) -> dict[str, Any]:
    """`next_try_at` stays open until the list is whole (release)."""
    return deliveries.new(
        cause=cause, person_id=person_id, template=REMINDER.template, not_before=letter.not_before, created_at=at
    )


def _joining(mail: Row[Any], allotment: Allotment) -> list[Link]:
    """A mail that has left, or is about to, takes no more."""
    if mail.state not in WAITING:
        return []
    return allotment.letters[mail.cause, mail.person_id].links
