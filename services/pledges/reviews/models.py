"""Tables of the review cycles and their milestones."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Identity
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.pledges.tables import Table
from shared.db import TIMESTAMPTZ


class ReviewCycle(Table, table=True):
    """A stretch of reporting; reports count toward it from `opens_at` on (business time, UTC)."""

    __tablename__: ClassVar[str] = "review_cycle"

    code: str = Field(primary_key=True)
    names: dict[str, str] = Field(sa_type=JSONB)
    opens_at: datetime = Field(sa_type=TIMESTAMPTZ)
    opened_by: str | None = None  # a milestone of the reference data
    forum: str
    plenary: str | None = None


class CycleAdded(Table, table=True):
    """Append only: who added a cycle that the reference data does not have, and why."""

    __tablename__: ClassVar[str] = "review_cycle_added"

    code: str = Field(primary_key=True)
    at: datetime = Field(sa_type=TIMESTAMPTZ)
    recorded_at: datetime = Field(sa_type=TIMESTAMPTZ)
    person_id: str
    by: str
    reason: str


class Milestone(Table, table=True):
    """A dated event of a cycle, in days of its seat; `starts` and `ends` as precise as is known ("2024-11")."""

    __tablename__: ClassVar[str] = "milestone"

    code: str = Field(primary_key=True)
    cycle: str
    kind: str
    names: dict[str, str] = Field(sa_type=JSONB)
    starts: str
    ends: str | None = None
    starts_on: date  # the first day that `starts` can mean, to sort by
    seat: str | None = None
    time_zone: str
    tentative: bool = False
    cancelled: bool = False  # it does not take place; what was told of it stands
    reminders: bool = False
    group_code: str | None = None
    document: str | None = None
    revision: int = 1
    sequence: int = 1
    reference: dict[str, Any] | None = Field(default=None, sa_type=JSONB)  # what the reference data said last
    outcome: dict[str, Any] | None = Field(default=None, sa_type=JSONB)  # its newest version, see MilestoneOutcome


class MilestoneOutcome(Table, table=True):
    """Append only: every version of what came out of a milestone; `document` is schemas.OutcomeOut as JSON."""

    __tablename__: ClassVar[str] = "milestone_outcome"

    code: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    document: dict[str, Any] = Field(sa_type=JSONB)


class MilestoneHistory(Table, table=True):
    """Append only: who moved a milestone, and why. The application cannot change it."""

    __tablename__: ClassVar[str] = "milestone_history"

    step_id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    code: str
    revision: int
    action: str  # added, changed
    at: datetime = Field(sa_type=TIMESTAMPTZ)
    recorded_at: datetime = Field(sa_type=TIMESTAMPTZ)
    person_id: str | None = None  # None: the system
    by: str
    reason: str
    details: dict[str, Any] = Field(sa_type=JSONB)
