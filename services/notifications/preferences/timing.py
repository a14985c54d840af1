"""When a person wants mail: their quiet hours, and when what comes together comes. Pure; moments are UTC and aware.

Hours are those of the person's clock (`zone`). Where it is put forward over an hour, that hour ends with the change;
where it is put back, an hour that comes twice counts both times.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

Rhythm = Literal["at_once", "daily", "weekly"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Quiet:
    """`since` belongs to it, `until` does not; it goes past midnight where `since` is the later. They differ."""

    since: time
    until: time

    def holds(self, at: time) -> bool:
        if self.since < self.until:
            return self.since <= at < self.until
        return at >= self.since or at < self.until


@dataclass(frozen=True)
class Choices:
    """What a person has chosen; of whoever has not, this. `off_since` (system time) is of one category."""

    off_since: datetime | None = None
    rhythm: Rhythm = "at_once"
    weekday: Weekday | None = None
    quiet: Quiet | None = None


AS_EVERYBODY = Choices()


def until(moment: datetime, zone: ZoneInfo, quiet: Quiet | None) -> datetime:
    """The first moment, from `moment` on, that is not in quiet hours."""
    at = moment
    while quiet and quiet.holds(_clock(at, zone)):
        at = _end(at, zone, quiet)
    return at


def _clock(moment: datetime, zone: ZoneInfo) -> time:
    return moment.astimezone(zone).time()


def _end(moment: datetime, zone: ZoneInfo, quiet: Quiet) -> datetime:
    """The next time that the clock shows the end. Of an end that it passes over: when it does."""
    today = moment.astimezone(zone).date()
    days = (today + timedelta(days=number) for number in range(3))
    shown = (datetime.combine(day, quiet.until, zone).replace(fold=fold) for day in days for fold in (0, 1))
    end = min(at for local in shown if (at := local.astimezone(UTC)) > moment)
    while moment < (before := end - _MINUTE) and not quiet.holds(_clock(before, zone)):
        end = before
    return end


def together(moment: datetime, zone: ZoneInfo, weekday: Weekday | None, at: time) -> datetime:
    """The next `at` on the person's clock after `moment`: of any day, or of this weekday."""
    today = moment.astimezone(zone).date()
    days = (today + timedelta(days=number) for number in range(9))
    wanted = (day for day in days if weekday is None or WEEKDAYS[day.weekday()] == weekday)
    moments = (datetime.combine(day, at, zone).astimezone(UTC) for day in wanted)
    return next(found for found in moments if found > moment)
