"""Which pledges a milestone counts, and when one of them has reported. Pure.

Reporting is voluntary (¶77): a pledge that nobody reports on is silent, and silence is no failure.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from shared.errors import FieldProblem, Invalid
from shared.reference.dates import PartialDate

WITHDRAWN = "withdrawn"  # the reason of closing that takes a pledge out of the count

Voice = Literal["reported", "silent"]


@dataclass(frozen=True)
class Counting:
    """The count of one milestone. Times are business time, UTC."""

    cycle: str
    opens_at: datetime  # reports count from here on
    before: datetime  # pledges count that were first published before this

    def counts(
        self, cycle: str | None, first_published_at: datetime, closed_reason: str | None, merged: bool = False
    ) -> bool:
        in_time = first_published_at < self.before
        return cycle == self.cycle and in_time and closed_reason != WITHDRAWN and not merged

    def voice(self, last_reported_at: datetime | None) -> Voice:
        heard = last_reported_at is not None and last_reported_at >= self.opens_at
        return "reported" if heard else "silent"

    @property
    def says(self) -> str:
        """The rule in words, to stand beside the figures."""
        return (
            f"Counted are pledges made in the context of the review cycle {self.cycle} that were first published"
            f" before {self.before:%Y-%m-%d %H:%M} UTC and are neither withdrawn nor merged into another. Reported"
            f" means at least one progress update since {self.opens_at:%Y-%m-%d %H:%M} UTC; all others are silent,"
            " which is no failure."
        )


def counting(cycle: str, opens_at: datetime, ends_at: datetime, now: datetime) -> Counting:
    """The count as it stands at `now`; it stays open to new pledges until the milestone has ended."""
    return Counting(cycle, opens_at, min(now, ends_at))


def require_ahead(present_end: datetime, new_end: datetime, now: datetime) -> None:
    """Raises Invalid when a milestone that lies ahead would be over by its new dates.

    The dates of one that is over may be corrected: no reminder follows from a day that has passed.
    """
    if new_end <= now < present_end:
        remedy = "name a day from today on; once a milestone is over, its dates can be corrected"
        fault = FieldProblem("starts", "lies in the past, and the milestone is still ahead", remedy)
        raise Invalid("A milestone that lies ahead cannot be moved into the past; nothing was moved.", [fault])


def begins_at(day: PartialDate, time_zone: str) -> datetime:
    """The beginning of the first day that it can mean, at that seat; in UTC."""
    return datetime.combine(day.first_day(), time(), ZoneInfo(time_zone)).astimezone(UTC)


def past(
    starts: PartialDate, ends: PartialDate | None, time_zone: str, now: datetime, field: str
) -> list[FieldProblem]:
    """The fault of a new milestone that would be over already; `field` is where it begins."""
    if ends_at(starts, ends, time_zone) > now:
        return []
    return [FieldProblem(field, "lies in the past", "name a day from today on: nothing follows from one that is over")]


def ends_at(starts: PartialDate, ends: PartialDate | None, time_zone: str) -> datetime:
    """The end of the last day that it can last, at its seat; in UTC. Pledges are made while a forum meets."""
    after = (ends or starts).last_day() + timedelta(days=1)
    return datetime.combine(after, time(), ZoneInfo(time_zone)).astimezone(UTC)
