"""What is counted of a campaign, and for which days. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from itertools import zip_longest
from typing import Any, Self

from services.notifications.deliveries.lifecycle import State as DeliveryState
from services.notifications.reminders.lifecycle import Milestone, Reason, dates
from services.notifications.reminders.lifecycle import State as ReminderState
from services.notifications.reminders.policy import Policy

AFTERWARDS = timedelta(days=7)  # after its last day a campaign is counted less often
OFTEN, SELDOM = timedelta(minutes=1), timedelta(hours=1)
SHARE = 20  # counting takes at most one part in so many of the time
NEEDED_NO_MORE = frozenset(Reason)  # a mail that was stopped for one of these was not stopped for its address


@dataclass(frozen=True)
class Window:
    """From the day on which an offset's mails left, to the day before `until`; None: to this day and on."""

    offset_days: int
    on: date
    until: date | None


@dataclass
class Offset:
    """Counts of one offset. Each mail is in one of `waiting` to `dropped`; the rest are parts of others."""

    offset_days: int
    on: str = ""  # a date
    mails: int = 0
    waiting: int = 0
    deferred: int = 0
    sent: int = 0  # that the relay took, also those that came back
    failed: int = 0
    suppressed: int = 0
    dropped: int = 0  # that nobody needed any more when their turn came
    retried: int = 0  # of sent
    bounced: int = 0  # of sent
    complained: int = 0  # of sent
    to_come: int = 0  # pledges, as the following
    nobody: int = 0
    reminded: int = 0
    reminded_last: int = 0  # and not again for this milestone: over all offsets each pledge is here once
    acted: int = 0  # of reminded
    entities: int = 0
    entities_acted: int = 0
    pledges: int = 0
    reported_before: int = 0  # of pledges
    reported_after: int = 0  # of pledges

    @classmethod
    def kept(cls, row: Mapping[str, Any]) -> Self:
        return cls(**row)

    def keep(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class Tally:
    """What the pages of a plan add up to, for one offset."""

    counts: Offset
    days: set[date] = field(default_factory=set)  # on which its reminders are or were due
    first_left: date | None = None
    entities: set[str] = field(default_factory=set)
    entities_acted: set[str] = field(default_factory=set)


def span(milestone: Milestone, policy: Policy) -> tuple[date, date] | None:
    """The days on which a campaign changes; None while its days are not certain."""
    days = [due.due_on for due in dates(milestone, policy)]
    return (min(days) - timedelta(days=1), max(days) + timedelta(days=policy.lost_after_days)) if days else None


def pause(milestone: Milestone, policy: Policy, today: date, took: timedelta) -> timedelta:
    """Until it is counted again. `took`: how long it was counted."""
    days = span(milestone, policy)
    lively = days is not None and days[0] <= today <= days[1] + AFTERWARDS
    return max(OFTEN if lively else SELDOM, SHARE * took)


def review_ends(milestone: Milestone) -> date | None:
    """The day after its first: what comes before it came in time for the review. None: no day is certain."""
    day = milestone.first_day()
    return day + timedelta(days=1) if day else None


def windows(left: Mapping[int, date], milestone: Milestone, policy: Policy) -> list[Window]:
    """`left`: the day of each offset. A window ends at the next offset's day, the review, or after some days."""
    ordered = sorted(left.items(), key=lambda one: (one[1], one[0]))
    following = (day for _, day in ordered[1:])
    return [
        Window(offset, on, _earlier(_closes(on, milestone, policy), then))
        for (offset, on), then in zip_longest(ordered, following)
    ]


def _closes(on: date, milestone: Milestone, policy: Policy) -> date | None:
    end = review_ends(milestone)
    if end is None or on < end:
        return end
    return on + timedelta(days=policy.lost_after_days)


def _earlier(one: date | None, other: date | None) -> date | None:
    known = [day for day in (one, other) if day]
    return min(known) if known else None


def count_mail(counts: Offset, state: str, reason: str | None, *, attempts: int, lists: bool, complained: bool) -> None:
    """`lists`: a reminder of this offset is still on it; without, the mail left for other pledges."""
    counts.mails += 1
    bounced = state == DeliveryState.FAILED and (reason or "").startswith("bounced_")
    if state == DeliveryState.SENT or bounced:
        if not lists:
            counts.dropped += 1
            return
        counts.sent += 1
        counts.retried += attempts > 1
        counts.bounced += bounced
        counts.complained += complained
    elif state == DeliveryState.SUPPRESSED:
        name = "dropped" if reason in NEEDED_NO_MORE else "suppressed"
        setattr(counts, name, getattr(counts, name) + 1)
    elif state == DeliveryState.FAILED:
        counts.failed += 1
    elif state == DeliveryState.DEFERRED:
        counts.deferred += 1
    else:
        counts.waiting += 1


def count_reminders(tally: Tally, state: str, number: int) -> None:
    """Of the plan's lines those that stand for a pledge."""
    match state:
        case ReminderState.SENT:
            tally.counts.reminded += number
        case ReminderState.NO_CONTACT:
            tally.counts.nobody += number
        case ReminderState.PLANNED | ReminderState.QUEUED:
            tally.counts.to_come += number
