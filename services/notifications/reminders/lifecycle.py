"""When a reminder is due. Pure rules; `now` is business time, UTC."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

from services.notifications.reminders.policy import Policy
from shared.reference.dates import PartialDate

FIRST_ZONE, LAST_ZONE = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))  # Kiritimati; nobody's islands


class State(StrEnum):
    """planned → queued → sent; or skipped, or no_contact, with a reason."""

    PLANNED = "planned"
    QUEUED = "queued"
    SENT = "sent"
    SKIPPED = "skipped"
    NO_CONTACT = "no_contact"


class Reason(StrEnum):
    """Why nothing was sent."""

    OVERDUE = "overdue"
    REPORTED = "reported"
    CLOSED = "closed"
    MOVED = "moved"  # the milestone has another day, or none that is certain
    TOO_SOON = "too_soon"  # after another reminder for the same pledge
    JOINED_TOO_LATE = "joined_too_late"  # the person's mail of that day had left already
    NOBODY = "no_focal_point_with_an_address"
    NOT_DELIVERED = "not_delivered"


@dataclass(frozen=True)
class Milestone:
    """What of a milestone decides about reminders."""

    code: str
    cycle: str
    cycle_opens: datetime
    starts: str
    tentative: bool
    reminders: bool

    def first_day(self) -> date | None:
        """None while the day is not certain: then nobody is reminded of it."""
        starts = PartialDate(self.starts)
        if self.tentative or not self.reminders or starts.precision != "day":
            return None
        return starts.first_day()


@dataclass(frozen=True)
class Due:
    """One offset of a milestone, and the day in the recipient's time zone on which it is due."""

    offset_days: int
    due_on: date


def dates(milestone: Milestone, policy: Policy) -> list[Due]:
    """All offsets of the milestone as it stands now; empty when nobody is to be reminded of it."""
    day = milestone.first_day()
    return [Due(offset, day + timedelta(days=offset)) for offset in policy.offsets] if day else []


def plannable(milestone: Milestone, policy: Policy, now: datetime) -> list[Due]:
    """Those that enter the plan: of a milestone that is still to come all, of a passed one what can still be sent."""
    day = milestone.first_day()
    passed = day is not None and now.date() > day
    return [due for due in dates(milestone, policy) if not passed or decide(due.due_on, now, policy) != "overdue"]


def opens(due_on: date, policy: Policy) -> datetime:
    """The first moment at which the reminder is due for anybody on Earth."""
    return datetime.combine(due_on, policy.send_at, FIRST_ZONE).astimezone(UTC)


def closes(due_on: date, policy: Policy) -> datetime:
    """The last moment at which it is not late for everybody."""
    return datetime.combine(due_on, policy.send_at, LAST_ZONE).astimezone(UTC) + timedelta(hours=policy.late_hours)


def decide(due_on: date, now: datetime, policy: Policy) -> Literal["wait", "due", "overdue"]:
    """For everybody together: wait until it is due somewhere, overdue when it is late everywhere."""
    if now < opens(due_on, policy):
        return "wait"
    return "due" if now <= closes(due_on, policy) else "overdue"


def due_days(now: datetime, policy: Policy) -> tuple[date, date]:
    """The first and the last day whose reminders are due now; earlier ones are overdue."""
    around = [now.date() + timedelta(days=days) for days in range(-policy.late_hours // 24 - 2, 3)]
    due = [day for day in around if decide(day, now, policy) == "due"]
    return due[0], due[-1]


def send_at(due_on: date, time_zone: str, policy: Policy) -> datetime:
    """Nine in the morning of that day where the recipient lives, in UTC. An unknown zone counts as UTC."""
    return datetime.combine(due_on, policy.send_at, zone(time_zone)).astimezone(UTC)


def zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # no such zone, no such file, a directory of zones
        return ZoneInfo("UTC")


def late(not_before: datetime, now: datetime, policy: Policy) -> bool:
    """Whether a mail that was due at `not_before` is too late now to be sent at all."""
    return now > not_before + timedelta(hours=policy.late_hours)


def too_soon(due_on: date, others: Iterable[date], policy: Policy) -> bool:
    """`others`: the days of other reminders for the same pledge."""
    return any(abs((due_on - other).days) < policy.minimum_days_between for other in others)
