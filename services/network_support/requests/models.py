"""Tables. Texts stand in `support_request` only; history and projections hold ids, codes and times."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field

from services.network_support.requests.lifecycle import PledgeState, Refusal, State, Step, Type
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
    created_at: datetime = Field(sa_type=TIMESTAMPTZ)  # business time
    changed_at: datetime = Field(sa_type=TIMESTAMPTZ)  # business time


class RequestHistory(Table, table=True):
    """Append-only: the application's role may not change or delete it. Its key lets a revision happen once."""

    __tablename__: ClassVar[str] = "request_history"

    request_id: UUID = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    step: Step = Field(sa_type=Text)
    state: State = Field(sa_type=Text)  # after the step
    refusal: Refusal | None = Field(default=None, sa_type=Text)
    by: str  # entity, network_staff, system
    person: str | None  # who, for the record; None: the system. No API shows it
    at: datetime = Field(sa_type=TIMESTAMPTZ)  # business time
    recorded_at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time


class KnownPledge(Table, table=True):
    """Projection of gcm.pledges."""

    __tablename__: ClassVar[str] = "known_pledge"

    pledge_id: UUID = Field(primary_key=True)
    entity_id: str
    title: str
    state: PledgeState = Field(sa_type=Text)
    sequence: int


class PledgeMark(Table, table=True):
    """The newest record that was ever read of a pledge. Stays when the projection is cleared."""

    __tablename__: ClassVar[str] = "pledge_mark"

    pledge_id: UUID = Field(primary_key=True)
    sequence: int
