"""Tables of offers and matches."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from services.network_support.offers.lifecycle import (
    Availability,
    Kind,
    MatchState,
    Standing,
    State,
    Step,
    availability,
)
from services.network_support.requests.lifecycle import Type
from services.network_support.tables import Table
from shared.db import TIMESTAMPTZ


class Offer(Table, table=True):
    __tablename__: ClassVar[str] = "offer"

    offer_id: UUID = Field(primary_key=True)  # version 7: keys sort by the time they were made
    kind: Kind = Field(sa_type=Text)
    entity_id: str | None  # who gives it; None: recorded by staff, in `provider`'s or the Network's name
    provider: str | None
    title: str
    text: str
    language: str
    languages: list[str] = Field(sa_type=ARRAY(Text))
    places: list[str] = Field(sa_type=ARRAY(Text))
    objectives: list[str] = Field(sa_type=ARRAY(Text))
    types: list[Type] = Field(sa_type=ARRAY(Text))
    pledge_id: UUID | None
    valid_from: date | None
    valid_until: date | None
    capacity: int | None
    used: int = 0  # matches that count; not part of the revision, as it is no edit
    conflicts: str
    conflicts_with: list[str] = Field(sa_type=ARRAY(Text))
    state: State = Field(sa_type=Text)
    revision: int = 0
    created_at: datetime = Field(sa_type=TIMESTAMPTZ)  # business time
    changed_at: datetime = Field(sa_type=TIMESTAMPTZ)  # business time

    def availability(self, today: date) -> Availability:
        standing = Standing(self.state, self.valid_from, self.valid_until, self.capacity, self.used)
        return availability(standing, today)


class OfferHistory(Table, table=True):
    """Append-only, with the whole content after each step."""

    __tablename__: ClassVar[str] = "offer_history"

    offer_id: UUID = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    step: Step = Field(sa_type=Text)
    state: State = Field(sa_type=Text)  # after the step
    fields: list[str] = Field(sa_type=ARRAY(Text))
    reason: str | None
    content: dict[str, Any] = Field(sa_type=JSONB)
    by: str
    person: str | None
    at: datetime = Field(sa_type=TIMESTAMPTZ)  # business time
    recorded_at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time


class OfferMatch(Table, table=True):
    """An offer for a request, from its proposal to its end. Persons stay in the table; no API shows them."""

    __tablename__: ClassVar[str] = "offer_match"

    match_id: UUID = Field(primary_key=True)  # version 7
    request_id: UUID
    offer_id: UUID
    state: MatchState = Field(sa_type=Text)
    note: str = ""  # of staff, for staff
    despite: str | None = None  # why it was matched although a conflict with the requester is declared
    reason: str | None = None  # why it ended
    proposed_at: datetime = Field(sa_type=TIMESTAMPTZ)  # business time, like the others
    proposed_by: str
    matched_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    matched_by: str | None = None
    ended_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    ended_by: str | None = None
