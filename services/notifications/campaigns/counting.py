"""Counts a campaign out of plan, ledger and reports: page by page, each of bounded work, all in one snapshot."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.campaigns.lifecycle import (
    Offset,
    Tally,
    Window,
    count_mail,
    count_reminders,
    review_ends,
    windows,
)
from services.notifications.reminders.lifecycle import Milestone, dates
from services.notifications.reminders.lifecycle import State as ReminderState
from services.notifications.reminders.policy import Policy

PAGE = 5000  # lines of the plan, mails or pledges in one statement
BEGINNING = date(1, 1, 1)
NEVER = datetime.max.replace(tzinfo=UTC)

# A report counts for the last reminder before it: until the pledge's next one, of whatever milestone, or the review.
# Nobody was reached, and then somebody at another day: that is no pledge without anybody.
_LINES = text("""
with page as materialized (
    select id, due_on, pledge_id, entity_id, milestone, offset_days, acted_on,
        case when state = 'no_contact' and exists (
            select from reminder other
            where other.pledge_id = reminder.pledge_id and other.milestone = reminder.milestone
              and other.offset_days = reminder.offset_days and other.state in ('planned', 'queued', 'sent')
        ) then 'skipped' else state end as state
    from reminder
    where milestone = :milestone and (due_on, id) > (cast(:day as date), :after)
    order by due_on, id
    limit :most
), line as (
    select page.*, coalesce(again, false) as again, cast(least(next_on, case
        when cast(:review_ends as date) is null then date 'infinity'
        when acted_on < cast(:review_ends as date) then cast(:review_ends as date)
        else acted_on + cast(:patience as int) end) as timestamp) at time zone 'UTC' as closes
    from page left join lateral (
        select min(acted_on) as next_on, bool_or(milestone = page.milestone) as again from reminder next
        where next.pledge_id = page.pledge_id and next.state = 'sent'
          and (next.acted_on, next.id) > (page.acted_on, page.id)
    ) next on page.state = 'sent'
), answered as (
    select line.*, state = 'sent' and exists (
        select from (
            select reported_at from report_heard heard where heard.pledge_id = line.pledge_id
            union all
            select last_reported_at from known_pledge known where known.pledge_id = line.pledge_id
        ) said
        where reported_at >= cast(acted_on as timestamp) at time zone 'UTC' and reported_at < closes
    ) as acted
    from line
)
select offset_days, due_on, state, max(id) as last, count(*) as number, min(acted_on) as left_on,
    count(*) filter (where acted) as acted, count(*) filter (where state = 'sent' and not again) as not_again,
    array_agg(distinct entity_id) filter (where state = 'sent') as entities,
    array_agg(distinct entity_id) filter (where acted) as entities_acted
from answered
group by offset_days, due_on, state
""")

# a day's mails may be for other milestones, too
_MAILS = text("""
with page as materialized (
    select id, person_id, state, reason, attempts from delivery
    where cause = :cause and person_id > :after and template = 'reminder'
    order by person_id
    limit :most
)
select person_id, state, reason, attempts, ours, lists,
    exists (select from returned where delivery_id = page.id and kind = 'complaint') as complained
from page
left join lateral (
    select true as ours from reminder_delivery link join reminder on reminder.id = link.reminder_id
    where link.delivery_id = page.id and milestone = :milestone and offset_days = :offset_days
    limit 1
) ours on true
left join lateral (
    select true as lists from reminder_delivery link join reminder on reminder.id = link.reminder_id
    where link.delivery_id = page.id and milestone = :milestone and offset_days = :offset_days
      and reminder.state in ('queued', 'sent')
    limit 1
) lists on ours
order by person_id
""")

_PLEDGES = text("""
with page as materialized (
    select pledge_id, first_published_at, last_reported_at from known_pledge
    where review_cycle = :cycle and state = 'published' and pledge_id > :after
    order by pledge_id
    limit :most
), heard as (
    select page.*, least(
        case when last_reported_at >= :cycle_opens then last_reported_at end,
        (select min(reported_at) from report_heard one
         where one.pledge_id = page.pledge_id and reported_at >= :cycle_opens)
    ) as first_reported_at
    from page
), span as (
    select * from unnest(cast(:offsets as int[]), cast(:begins as timestamptz[]), cast(:ends as timestamptz[]))
        as span (offset_days, begins, ends)
)
select offset_days, (select pledge_id from page order by pledge_id desc limit 1) as last,
    count(pledge_id) as pledges, count(*) filter (where first_reported_at < begins) as before,
    count(*) filter (where first_reported_at >= begins and first_reported_at < ends) as after
from span left join heard on first_published_at < begins
group by offset_days
""")


async def count(session: AsyncSession, milestone: Milestone, policy: Policy, today: date) -> list[Offset]:
    """By offset, the earliest first. In a transaction that sees one moment; it writes nothing.

    Of days that are to come nobody is said to have reported before or after. `today` is of business time.
    """
    tallies = await _lines(session, milestone, policy)
    due = {one.offset_days: one.due_on for one in dates(milestone, policy)}
    for offset, tally in tallies.items():
        for day in sorted(tally.days):
            await _mails(session, milestone.code, offset, day, tally.counts)
    left = {offset: _day(tally, due.get(offset)) for offset, tally in tallies.items()} | {
        offset: day for offset, day in due.items() if offset not in tallies
    }
    counts = {offset: tallies[offset].counts if offset in tallies else Offset(offset) for offset in left}
    spans = [one for one in windows(left, milestone, policy) if one.on <= today]
    await _pledges(session, milestone, spans, counts)
    for offset, day in left.items():
        counts[offset].on = day.isoformat()
    return [counts[offset] for offset in sorted(counts)]


def _day(tally: Tally, due_on: date | None) -> date:
    """When its mails left first, else when they will, else when they would have."""
    return tally.first_left or due_on or max(tally.days)


async def _lines(session: AsyncSession, milestone: Milestone, policy: Policy) -> dict[int, Tally]:
    """By offset, of those that have gone out or are to."""
    made: dict[int, Tally] = {}
    values: dict[str, Any] = {"milestone": milestone.code, "most": PAGE}
    values |= {"review_ends": review_ends(milestone), "patience": policy.lost_after_days}
    place = (BEGINNING, 0)
    while rows := (await session.execute(_LINES, values | {"day": place[0], "after": place[1]})).all():
        for row in rows:
            if row.state != ReminderState.SKIPPED:
                _add(made.setdefault(row.offset_days, Tally(Offset(row.offset_days))), row)
        place = max((row.due_on, row.last) for row in rows)
    for tally in made.values():
        tally.counts.entities, tally.counts.entities_acted = len(tally.entities), len(tally.entities_acted)
    return made


def _add(tally: Tally, row: Row[Any]) -> None:
    count_reminders(tally, row.state, row.number)
    tally.days.add(row.due_on)
    tally.counts.acted += row.acted
    tally.counts.reminded_last += row.not_again
    tally.entities.update(row.entities or ())
    tally.entities_acted.update(row.entities_acted or ())
    if row.state == ReminderState.SENT:
        tally.first_left = min(tally.first_left or row.left_on, row.left_on)


async def _mails(session: AsyncSession, milestone: str, offset: int, day: date, counts: Offset) -> None:
    values: dict[str, Any] = {"milestone": milestone, "offset_days": offset, "cause": f"reminder:{day}", "most": PAGE}
    after = ""
    while rows := (await session.execute(_MAILS, values | {"after": after})).all():
        for row in rows:
            if row.ours:
                told = {"attempts": row.attempts, "lists": bool(row.lists), "complained": row.complained}
                count_mail(counts, row.state, row.reason, **told)
        after = rows[-1].person_id


async def _pledges(
    session: AsyncSession, milestone: Milestone, spans: Collection[Window], counts: dict[int, Offset]
) -> None:
    values: dict[str, Any] = {"cycle": milestone.cycle, "cycle_opens": milestone.cycle_opens, "most": PAGE}
    values |= {"offsets": [one.offset_days for one in spans], "begins": [_midnight(one.on) for one in spans]}
    values |= {"ends": [_midnight(one.until) if one.until else NEVER for one in spans]}
    after: UUID | None = UUID(int=0)
    while after is not None and spans:
        last = None
        for row in await session.execute(_PLEDGES, values | {"after": after}):
            one, last = counts[row.offset_days], row.last
            one.pledges += row.pledges
            one.reported_before += row.before
            one.reported_after += row.after
        after = last


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
