"""Tables of entities, their groups, their history, and who may act for them."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, Identity, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.pledges.tables import Table
from shared.db import TIMESTAMPTZ


class Entity(Table, table=True):
    """Who pledges or asks. `revision` counts saved edits (the ETag), `sequence` public records."""

    __tablename__: ClassVar[str] = "entity"

    entity_id: str = Field(primary_key=True)
    kind: str
    name: str  # in English, or in the first language there is
    names: dict[str, str] = Field(sa_type=JSONB)
    aliases: list[str] = Field(sa_type=ARRAY(Text))
    country: str | None = None
    fictional: bool = False
    sort_name: str  # folded: shared/searching/folding.py
    search: str  # all names, aliases and the code, folded
    revision: int = 1
    sequence: int = 1
    reference: dict[str, Any] | None = Field(default=None, sa_type=JSONB)  # what the reference data said last


class EntityGroup(Table, table=True):
    """Belonging to a region or group from `since` up to but not on `until`; None: no date is known."""

    __tablename__: ClassVar[str] = "entity_group"

    group_id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    entity_id: str
    code: str
    since: date | None = None
    until: date | None = None


class EntityHistory(Table, table=True):
    """Append only: what was done to an entity or its memberships, by whom. The application cannot change it."""

    __tablename__: ClassVar[str] = "entity_history"

    step_id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    entity_id: str
    revision: int
    action: str  # added, changed, membership_given, membership_ended, handed_over, handover_withdrawn, invited…
    at: datetime = Field(sa_type=TIMESTAMPTZ)
    recorded_at: datetime = Field(sa_type=TIMESTAMPTZ)
    person_id: str | None = None  # None: the system
    by: str
    details: dict[str, Any] = Field(sa_type=JSONB)


class Membership(Table, table=True):
    """A person or machine may act for an entity from `since` up to but not at `until`, in business time."""

    __tablename__: ClassVar[str] = "membership"

    membership_id: UUID = Field(primary_key=True)
    entity_id: str
    person_id: str
    role: str  # focal_point, delegate, viewer
    since: datetime = Field(sa_type=TIMESTAMPTZ)
    until: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    machine: bool = False  # an entity's own system: it acts for no other entity


class Handover(Table, table=True):
    """That a focal point's place goes to a successor, as long as both are known."""

    __tablename__: ClassVar[str] = "handover"

    handover_id: UUID = Field(primary_key=True)
    entity_id: str
    former: str
    former_membership: UUID
    successor: str
    since: datetime = Field(sa_type=TIMESTAMPTZ)  # business time
    withdrawn_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)  # business time; it never happens
