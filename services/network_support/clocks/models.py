"""Tables of clocks. All times are business time."""

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, Interval, SmallInteger, Text
from sqlmodel import Field

from services.network_support.clocks.lifecycle import Ended, Kind
from services.network_support.tables import Table
from shared.db import TIMESTAMPTZ


class RequestClock(Table, table=True):
    """A stopwatch with a promise. At most one of a kind is open; it is never opened again but by undoing a merge.

    `due_at` is null while a clock is paused that was not overdue: until it goes on, nobody knows.
    """

    __tablename__: ClassVar[str] = "request_clock"

    request_id: UUID = Field(primary_key=True)
    kind: Kind = Field(primary_key=True, sa_type=Text)
    round: int = Field(primary_key=True, sa_type=SmallInteger)  # 2 and more: of a request that was taken up again
    station: str
    started_at: datetime = Field(sa_type=TIMESTAMPTZ)
    allowed: timedelta = Field(sa_type=Interval)  # working time
    spent: timedelta = Field(default=timedelta(), sa_type=Interval)  # working time, until running_since or the end
    running_since: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    paused_since: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    due_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    ended_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    ended: Ended | None = Field(default=None, sa_type=Text)
    rules: int = Field(sa_type=BigInteger)  # the mark of those that it was computed by
    changes: int = 1  # counts all but computing it anew


class RequestPause(Table, table=True):
    """A span in which no clock of the request ran. They do not overlap; at most one is open."""

    __tablename__: ClassVar[str] = "request_pause"

    pause_id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    request_id: UUID
    begun_at: datetime = Field(sa_type=TIMESTAMPTZ)
    ended_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)


class ClockRules(Table, table=True):
    """Which rules were in use; those that a worker adopted last are the ones that clocks are brought to."""

    __tablename__: ClassVar[str] = "clock_rules"

    rules: int = Field(primary_key=True, sa_type=BigInteger)
    adopted_at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time


class ClockRun(Table, table=True):
    """One computing anew of all open clocks: how far it is, and where it goes on. At most one has not ended."""

    __tablename__: ClassVar[str] = "clock_run"

    run_id: UUID = Field(primary_key=True)
    rules: int = Field(sa_type=BigInteger)  # that the clocks are brought to
    cause: str = Field(sa_type=Text)  # rules, asked
    person: str | None = None  # who asked, for the record; no API shows it
    total: int  # clocks that there were to compute when it began
    done: int = 0
    moved: int = 0  # whose due instant changed
    after_request: UUID | None = None  # all up to this clock are done
    after_kind: str | None = None
    begun_at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time
    updated_at: datetime = Field(sa_type=TIMESTAMPTZ)
    ended_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
