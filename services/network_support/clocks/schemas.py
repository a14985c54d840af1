"""What the API gives of clocks and calendars."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from services.network_support.clocks.calendars import WEEKDAYS, Day, Off, Station
from services.network_support.clocks.lifecycle import Ended, Kind
from services.network_support.clocks.working_time import Hours

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class ClockView(BaseModel):
    """A promise to the requester, in working time of the duty station that answers."""

    kind: Kind = Field(description="acknowledge: read; scoping: accepted or not; offers: there are some; matched")
    station: str = Field(description="Whose working time, a code of GET /calendars")
    started_at: AwareDatetime = Field(description="UTC")
    due_at: AwareDatetime | None = Field(description="UTC; null while it is paused, unless it is overdue")
    spent_minutes: int = Field(description="Working minutes so far, without those while it was paused")
    left_minutes: int = Field(description="Working minutes; below 0 it is overdue by so many")
    paused_since: AwareDatetime | None = Field(description="UTC; null when it runs or has ended")
    ended: Ended | None = Field(description="met, or cancelled because the request was merged, withdrawn or declined")
    ended_at: AwareDatetime | None = Field(description="UTC")


class Span(BaseModel):
    """Of a day, as the clock on the station's wall shows it."""

    opens: Annotated[str, Field(examples=["08:30"])]
    closes: Annotated[str, Field(examples=["17:30"], description="24:00 is the day's end")]


class CalendarView(BaseModel):
    """When a duty station works; single days are asked of its /days."""

    station: str
    name: str
    zone: str = Field(description="IANA time zone", examples=["Europe/Zurich"])
    week: dict[Weekday, list[Span]] = Field(description="Days that are not worked have none")
    holidays: str = Field(description="Of which country, and part of it", examples=["CH/GE"])
    working_day_minutes: int = Field(description="How long a working day counts: the average of those of a week")


class CalendarList(BaseModel):
    items: list[CalendarView]
    next: None = None


class DayView(BaseModel):
    date: date
    working: bool
    hours: list[Span]
    why: Off | None = Field(description="It is not worked; null when it is")
    name: str | None = Field(description="Of the holiday or local day off")


class DayList(BaseModel):
    items: list[DayView]
    next: None = None


class RunView(BaseModel):
    """One computing anew of all open clocks, after the policy or a calendar changed or because it was asked for."""

    run_id: UUID
    cause: Literal["rules", "asked"]
    total: int = Field(description="Clocks that there were to compute when it began")
    done: int
    moved: int = Field(description="Clocks whose due instant changed")
    begun_at: AwareDatetime = Field(description="UTC, system time")
    updated_at: AwareDatetime = Field(description="UTC, system time: when it last went on")
    ended_at: AwareDatetime | None = Field(description="UTC, system time; null while it goes on")


class RunList(BaseModel):
    """The newest first."""

    items: list[RunView]
    next: None = None


def calendar_view(station: Station) -> CalendarView:
    listed = station.listed
    return CalendarView(
        station=station.code,
        name=listed.name,
        zone=listed.zone,
        week={day: _spans(hours) for day, hours in zip(WEEKDAYS, station.week, strict=True)},
        holidays=listed.holidays,
        working_day_minutes=int(station.working_day.total_seconds()) // 60,
    )


def day_view(day: Day) -> DayView:
    return DayView(date=day.date, working=bool(day.hours), hours=_spans(day.hours), why=day.why, name=day.name)


def _spans(hours: Hours) -> list[Span]:
    return [Span(opens=_clock(opens), closes=_clock(closes)) for opens, closes in hours]


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
