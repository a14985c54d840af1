"""Tables of the desk: cases, what was done with them, officers, their own queues, who looks at what."""

from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.network_support.tables import Table
from services.network_support.triage.lifecycle import Act
from shared.db import TIMESTAMPTZ

NEVER = datetime(9999, 12, 31, tzinfo=UTC)  # when a case is due for which no clock runs: it sorts last


class Case(Table, table=True):
    """A request or work item as the queues need it, in one row. Follows its request, never the other way round."""

    __tablename__: ClassVar[str] = "triage_case"

    case_id: UUID = Field(primary_key=True)  # of the request or work item
    kind: str
    stage: str  # a request's state; of a work item: waiting, in_hand, done
    is_open: bool
    entity_id: str | None = None
    pledge_id: UUID | None = None
    region: str | None = None  # of the entity, as in gcm.entities: region_africa…
    type: str | None = None
    language: str | None = None
    objectives: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))  # of the pledge
    officer: str | None = None
    priority: int = Field(default=3, sa_type=SmallInteger)  # lifecycle.rank
    priority_reason: str | None = None
    due_at: datetime = Field(default=NEVER, sa_type=TIMESTAMPTZ)  # business time, of the clock that ends first
    clock: str | None = None  # which that is
    revision: int = 1  # counts what officers did; the ETag
    opened_at: datetime = Field(sa_type=TIMESTAMPTZ)  # business time
    changed_at: datetime = Field(sa_type=TIMESTAMPTZ)  # business time


class CaseHistory(Table, table=True):
    """Append-only. What officers did with a case, and its rules; the steps of a request are in its own history."""

    __tablename__: ClassVar[str] = "triage_history"

    case_id: UUID = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    act: Act = Field(sa_type=Text)
    officer: str | None  # who has it after the act
    priority: int = Field(sa_type=SmallInteger)
    reason: str | None = None
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)  # of a rule: which, and what agreed
    by: str  # network_staff, system
    person: str | None
    at: datetime = Field(sa_type=TIMESTAMPTZ)  # business time
    recorded_at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time


class Officer(Table, table=True):
    """Somebody of the staff, known by a token with that role, and what they can be given by rule."""

    __tablename__: ClassVar[str] = "officer"

    person_id: str = Field(primary_key=True)
    duty_station: str | None = None
    regions: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    languages: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    objectives: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    away: bool = False  # gets nothing by rule
    revision: int = 1
    given_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)  # the last one by rule; business time


class SavedQueue(Table, table=True):
    """A filter that an officer keeps for themselves."""

    __tablename__: ClassVar[str] = "saved_queue"

    queue_id: UUID = Field(primary_key=True)
    person_id: str
    name: str
    filters: dict[str, Any] = Field(sa_type=JSONB)
    order: str
    revision: int = 1


class Presence(Table, table=True):
    """An officer has the case open, until a moment of system time that each heartbeat moves."""

    __tablename__: ClassVar[str] = "case_presence"

    case_id: UUID = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    since: datetime = Field(sa_type=TIMESTAMPTZ)
    until: datetime = Field(sa_type=TIMESTAMPTZ)
