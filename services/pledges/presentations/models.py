"""Tables of presentations."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity
from sqlmodel import Field

from services.pledges.tables import Table
from shared.db import TIMESTAMPTZ


class Presentation(Table, table=True):
    """A wish to present a pledge at a milestone. `number` is the order in which they were asked for."""

    __tablename__: ClassVar[str] = "presentation"

    number: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    presentation_id: UUID
    milestone: str
    pledge_id: UUID
    entity_id: str
    language: str
    state: str  # asked, granted, withdrawn
    asked_at: datetime = Field(sa_type=TIMESTAMPTZ)
    changed_at: datetime = Field(sa_type=TIMESTAMPTZ)
    revision: int


class PresentationHistory(Table, table=True):
    """Append only: who asked, granted and withdrew."""

    __tablename__: ClassVar[str] = "presentation_history"

    presentation_id: UUID = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    state: str
    at: datetime = Field(sa_type=TIMESTAMPTZ)
    recorded_at: datetime = Field(sa_type=TIMESTAMPTZ)
    person_id: str
    by: str
