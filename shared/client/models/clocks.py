"""Clocks of requests in working time, and the calendars that they go by."""

from datetime import date, datetime
from uuid import UUID

from shared.client.models.base import Received


class RequestClock(Received):
    """Minutes are of working time; `left_minutes` is below 0 when it is overdue."""

    kind: str
    station: str
    started_at: datetime
    due_at: datetime | None
    spent_minutes: int
    left_minutes: int
    paused_since: datetime | None
    ended: str | None
    ended_at: datetime | None


class Span(Received):
    opens: str
    closes: str


class Calendar(Received):
    station: str
    name: str
    zone: str
    week: dict[str, list[Span]]
    holidays: str
    working_day_minutes: int


class Day(Received):
    date: date
    working: bool
    hours: list[Span]
    why: str | None
    name: str | None


class ClockRun(Received):
    """One computing anew of all open clocks."""

    run_id: UUID
    cause: str
    total: int
    done: int
    moved: int
    begun_at: datetime
    updated_at: datetime
    ended_at: datetime | None
