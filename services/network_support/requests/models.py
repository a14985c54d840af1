"""Tables. What was asked stands in `support_request`; history holds reasons as they were given, codes and times."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.network_support.requests.lifecycle import PledgeState, Refusal, State, Status, Step, Type
from services.network_support.tables import Table
from shared.db import TIMESTAMPTZ


class SupportRequest(Table, table=True):
    __tablename__: ClassVar[str] = "support_request"

    request_id: UUID = Field(primary_key=True)  # version 7: keys sort by the time they were made
    pledge_id: UUID
    entity_id: str
    type: Type = Field(sa_type=Text)
    text: str
    language: str
    state: State = Field(sa_type=Text)
    refusal: Refusal | None = Field(default=None, sa_type=Text)
    revision: int = 0  # counts saved edits; the ETag
    sequence: int = 0  # counts public records; 0: the public has never seen it
    status: Status | None = Field(default=None, sa_type=Text)  # what the public sees
    from_update: int | None = None  # the report that a draft was made from
    created_at: datetime = Field(sa_type=TIMESTAMPTZ)  # business time
    sent_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)  # business time; None: only its entity knows it
    changed_at: datetime = Field(sa_type=TIMESTAMPTZ)  # business time


class RequestHistory(Table, table=True):
    """Append-only: the application's role may not change or delete it. Its key lets a revision happen once."""

    __tablename__: ClassVar[str] = "request_history"

    request_id: UUID = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    step: Step = Field(sa_type=Text)
    state: State = Field(sa_type=Text)  # after the step
    refusal: Refusal | None = Field(default=None, sa_type=Text)
    reason: str | None = None  # as the others may read it
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)  # ids and codes that belong to the step
    by: str  # entity, network_staff, system
    person: str | None  # who, for the record; None: the system. No API shows it
    at: datetime = Field(sa_type=TIMESTAMPTZ)  # business time
    recorded_at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time


class RequestFeedback(Table, table=True):
    """What was said at the end: a rating and a comment by who asked, lessons by either side. Append-only."""

    __tablename__: ClassVar[str] = "request_feedback"

    request_id: UUID = Field(primary_key=True)
    revision: int = Field(primary_key=True)  # of the step that it came with
    by: str
    rating: int | None = None  # 1 to 5
    comment: str | None = None
    lessons: str | None = None


class KnownPledge(Table, table=True):
    """Projection of gcm.pledges."""

    __tablename__: ClassVar[str] = "known_pledge"

    pledge_id: UUID = Field(primary_key=True)
    entity_id: str
    title: str
    state: PledgeState = Field(sa_type=Text)
    sequence: int
    language: str = ""
    objectives: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    main_objectives: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    forms: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))


class PledgeMark(Table, table=True):
    """The newest record that was ever read of a pledge. Stays when the projection is cleared."""

    __tablename__: ClassVar[str] = "pledge_mark"

    pledge_id: UUID = Field(primary_key=True)
    sequence: int


class KnownEntity(Table, table=True):
    """Projection of gcm.entities."""

    __tablename__: ClassVar[str] = "known_entity"

    entity_id: str = Field(primary_key=True)
    kind: str
    country: str | None = None  # ISO 3166 alpha-3
    names: dict[str, str] = Field(default_factory=dict, sa_type=JSONB)  # by language
    groups: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)  # code, since, until
    sequence: int
