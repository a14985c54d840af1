"""Tables of pledges. What is worked on and what is public stand apart: no public query can show a draft."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from services.pledges.tables import Table
from shared.db import TIMESTAMPTZ


class Pledge(Table, table=True):
    """The working copy, for its entity and the Network's staff. `content` is schemas.Content as JSON."""

    __tablename__: ClassVar[str] = "pledge"

    pledge_id: UUID = Field(primary_key=True)
    entity_id: str
    revision: int
    state: str
    title: str
    content: str
    created_at: datetime = Field(sa_type=TIMESTAMPTZ)
    updated_at: datetime = Field(sa_type=TIMESTAMPTZ)
    proxy_entity_id: str | None = None  # who filed it in the entity's name
    proxy_answer: str | None = None  # what the entity says of that: asked, accepted, refused


class PledgeHistory(Table, table=True):
    """Append only. `at` is business time, `recorded_at` system time; `details` JSON: what staff asked for, say."""

    __tablename__: ClassVar[str] = "pledge_history"

    step_id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    pledge_id: UUID
    revision: int
    action: str
    state: str
    at: datetime = Field(sa_type=TIMESTAMPTZ)
    recorded_at: datetime = Field(sa_type=TIMESTAMPTZ)
    person_id: str
    by: str
    fields: list[str] = Field(sa_type=ARRAY(Text))
    details: str


class PublicPledge(Table, table=True):
    """What anybody may see. `snapshot` is PledgeSnapshot as JSON, stored ready; the columns serve filters.

    `revision` is that of the working copy when it was published or closed: as the ETag it does not tell that an
    amendment is being written.
    """

    __tablename__: ClassVar[str] = "public_pledge"

    pledge_id: UUID = Field(primary_key=True)
    entity_id: str
    entity_kind: str
    state: str
    closed_reason: str | None = None
    merged: bool = False
    version: int
    sequence: int
    title: str
    kind: str
    objectives: list[str] = Field(sa_type=ARRAY(Text))
    review_cycle: str | None = None
    published_at: datetime = Field(sa_type=TIMESTAMPTZ)
    first_published_at: datetime = Field(sa_type=TIMESTAMPTZ)
    status: str | None = None
    last_reported_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    reports: int = 0
    revision: int
    snapshot: str


class PledgeVersion(Table, table=True):
    """Append only: the snapshot of every version that was published."""

    __tablename__: ClassVar[str] = "pledge_version"

    pledge_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    published_at: datetime = Field(sa_type=TIMESTAMPTZ)
    snapshot: str


class PublicHistory(Table, table=True):
    """Append only: the public steps, by role."""

    __tablename__: ClassVar[str] = "public_history"

    pledge_id: UUID = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    version: int
    action: str
    at: datetime = Field(sa_type=TIMESTAMPTZ)
    by: str
    fields: list[str] = Field(sa_type=ARRAY(Text))


class SignOffNow(Table, table=True):
    """What each partner says now, or that it is asked: of the pledge (`number` 0), or of its report of that number."""

    __tablename__: ClassVar[str] = "sign_off"

    pledge_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    entity_id: str = Field(primary_key=True)
    version: int  # of the pledge, that was public then
    answer: str
    reason: str
    at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)  # business time


class SignOffHistory(Table, table=True):
    """Append only: every answer. `at` is business time, `recorded_at` system time."""

    __tablename__: ClassVar[str] = "sign_off_history"

    step_id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    pledge_id: UUID
    number: int
    entity_id: str
    version: int
    answer: str
    reason: str
    person_id: str
    at: datetime = Field(sa_type=TIMESTAMPTZ)
    recorded_at: datetime = Field(sa_type=TIMESTAMPTZ)


class PledgeSupport(Table, table=True):
    """What the public may know of requests for support, from gcm.support."""

    __tablename__: ClassVar[str] = "pledge_support"

    request_id: UUID = Field(primary_key=True)
    pledge_id: UUID
    status: str
    sequence: int
