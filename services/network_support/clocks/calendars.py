"""Duty stations and when they work: calendars.yaml and days_off.yaml, checked, with the holidays of a library."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from services.network_support.clocks.working_time import Hours, WorkingTime

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
MIDNIGHT = 24 * 60
LONGEST = 366  # days off in one entry

Code = Annotated[str, StringConstraints(pattern=r"^[a-z]+(-[a-z]+)*$", max_length=40)]
Off = Literal["not_a_weekday", "holiday", "day_off"]


def week(hours: Mapping[str, str]) -> tuple[Hours, ...]:
    """The hours of each weekday from Monday on, of {"mon-thu": "09:00-12:30 13:30-17:00"}.

    Raises ValueError that says what is wrong and what to write.
    """
    found: dict[int, Hours] = {}
    for days, spans in hours.items():
        for day in _weekdays(days):
            if day in found:
                raise ValueError(f"has {WEEKDAYS[day]} twice; name each weekday once")
            found[day] = _hours(spans)
    if not found:
        raise ValueError("has no working day; name one at least, as in { mon-fri: 09:00-17:00 }")
    return tuple(found.get(day, ()) for day in range(7))


def _weekdays(named: str) -> list[int]:
    first, _, last = named.partition("-")
    if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
        raise ValueError(f'has "{named}", which is no weekday; write one of {", ".join(WEEKDAYS)}, or mon-fri')
    begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
    return [day % 7 for day in range(begin, end + (1 if end >= begin else 8))]


def _hours(spans: str) -> Hours:
    found: list[tuple[int, int]] = []
    for span in spans.split():
        match = _SPAN.fullmatch(span)
        opens, closes = _minutes(match, 1), _minutes(match, 3)
        if not (found[-1][1] if found else 0) <= opens < closes <= MIDNIGHT:
            raise ValueError(f'has "{spans}" as hours of a day; write them in order, as 09:00-12:30 13:30-17:00')
        found.append((opens, closes))
    if not found:
        raise ValueError("has a weekday without hours; write them, or leave the weekday out")
    return tuple(found)


def _minutes(match: re.Match[str] | None, group: int) -> int:
    return -1 if match is None else int(match[group]) * 60 + int(match[group + 1])


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'"{name}" is no IANA time zone; write one such as Europe/Zurich') from None
    return name


def _known_holidays(of: str) -> str:
    try:
        _library(of)
    except (NotImplementedError, ValueError, TypeError):
        raise ValueError(f'"{of}" is not known to the library; write a country such as KE, or CH/GE') from None
    return of


def _library(of: str) -> Mapping[date, str]:
    """By day, with their English names where the library has them; years are computed when they are asked for."""
    import holidays  # takes half a second, which roles without clocks need not spend

    country, _, part = of.partition("/")
    language = "en_US" if "en_US" in holidays.country_holidays(country).supported_languages else None
    found: Mapping[date, str] = holidays.country_holidays(country, subdiv=part or None, language=language)
    return found


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Listed(Strict):
    """A station in calendars.yaml."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    zone: Annotated[str, AfterValidator(_zone)]
    hours: Mapping[str, str]
    holidays: Annotated[str, StringConstraints(max_length=10), AfterValidator(_known_holidays)]

    @field_validator("hours")
    @classmethod
    def _possible(cls, hours: Mapping[str, str]) -> Mapping[str, str]:
        week(hours)
        return hours


class Calendars(RootModel[dict[Code, Listed]]):
    """calendars.yaml."""

    root: dict[Code, Listed] = Field(min_length=1)


class Days(Strict):
    """One day, or all until another, in the words of days_off.yaml."""

    day: date
    until: date | None = None
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until and not 0 <= (self.until - self.day).days < LONGEST:
            raise ValueError("ends before it begins, or is longer than a year; correct `until`")
        return self

    def all(self) -> Iterator[date]:
        for number in range(((self.until or self.day) - self.day).days + 1):
            yield self.day + timedelta(days=number)


class Exceptions(Strict):
    """What a station's calendar does not know."""

    days_off: tuple[Days, ...] = ()
    days_at_work: tuple[Days, ...] = ()


def _of_a_station(code: str, info: ValidationInfo) -> str:
    known: Mapping[str, Listed] = (info.context or {})["stations"]
    if code not in known:
        raise ValueError(f"is no duty station of calendars.yaml; name one of {', '.join(sorted(known))}")
    return code


StationCode = Annotated[str, AfterValidator(_of_a_station)]  # in files whose context has the `stations`


class DaysOff(RootModel[dict[StationCode, Exceptions]]):
    """days_off.yaml."""


@dataclass(frozen=True)
class Day:
    """One day of a station. `why` it is not worked, with the `name` of the holiday or day off; None: it is worked."""

    date: date
    hours: Hours
    why: Off | None = None
    name: str | None = None


@dataclass(frozen=True)
class Station:
    """A duty station. What is asked of it is computed once, a year at a time."""

    code: str
    listed: Listed
    exceptions: Exceptions = field(default_factory=Exceptions)

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.listed.zone)

    @cached_property
    def week(self) -> tuple[Hours, ...]:
        return week(self.listed.hours)

    @cached_property
    def working_day(self) -> timedelta:
        """The average of the weekdays that are worked, in whole minutes."""
        worked = [sum(closes - opens for opens, closes in hours) for hours in self.week if hours]
        return timedelta(minutes=round(sum(worked) / len(worked)))

    @cached_property
    def time(self) -> WorkingTime:
        return WorkingTime(self.zone, lambda day: self.day(day).hours)

    def day(self, day: date) -> Day:
        """What the day is, and why. A local day off comes before all else, a day at work before a holiday."""
        hours = self.week[day.weekday()]
        if day in self._days_off:
            return Day(day, (), "day_off", self._days_off[day])
        if not hours:
            return Day(day, (), "not_a_weekday")
        if day not in self._days_at_work and (holiday := self._holidays.get(day)):
            return Day(day, (), "holiday", holiday)
        return Day(day, hours)

    def idle_year(self) -> int | None:
        """A year in which days off leave no working day."""
        for year in sorted({day.year for day in self._days_off}):
            first = date(year, 1, 1)
            days = (first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days))
            if not any(self.week[day.weekday()] and day not in self._days_off for day in days):
                return year
        return None

    @cached_property
    def _holidays(self) -> Mapping[date, str]:
        return _library(self.listed.holidays)

    @cached_property
    def _days_off(self) -> Mapping[date, str]:
        return {day: days.name for days in self.exceptions.days_off for day in days.all()}

    @cached_property
    def _days_at_work(self) -> frozenset[date]:
        return frozenset(day for days in self.exceptions.days_at_work for day in days.all())
