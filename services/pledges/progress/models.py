"""The table of progress updates."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, Text
from sqlmodel import Field

from services.pledges.tables import Table
from shared.db import TIMESTAMPTZ


class ProgressUpdate(Table, table=True):
    """Append only: what the entity said about a published pledge. A correction is a new update."""

    __tablename__: ClassVar[str] = "progress_update"

    pledge_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)  # 1, 2, 3… of this pledge
    status: str
    no_change: bool
    corrects: int | None = None  # the number of the report that this one replaces
    asked: bool = False  # staff are asked to check its evidence
    person_id: str
    reported_at: datetime = Field(sa_type=TIMESTAMPTZ)  # business time
    recorded_at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time
    document: str = Field(sa_type=Text)  # JSON of schemas.Update, ready to be sent


class EvidenceCheck(Table, table=True):
    """Append only: what staff found of a report's evidence. The last answer holds."""

    __tablename__: ClassVar[str] = "evidence_check"

    step_id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    pledge_id: UUID
    number: int
    answer: str  # confirmed or declined
    reason: str
    person_id: str
    at: datetime = Field(sa_type=TIMESTAMPTZ)  # business time
    recorded_at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time


class UsedLink(Table, table=True):
    """Append only: the report that an action link made. A link is used once; its person stands with the report."""

    __tablename__: ClassVar[str] = "used_link"

    link_id: UUID = Field(primary_key=True)
    pledge_id: UUID
    number: int
    used_at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time
