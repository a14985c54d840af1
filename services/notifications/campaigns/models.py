"""What campaigns are measured from besides plan and ledger, and the measures that are kept of each."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.notifications.tables import Table
from shared.db import TIMESTAMPTZ


class ReportHeard(Table, table=True):
    """That a pledge was reported on at this moment. The pledge's own copy knows the newest report alone."""

    __tablename__: ClassVar[str] = "report_heard"

    pledge_id: UUID = Field(primary_key=True)
    reported_at: datetime = Field(sa_type=TIMESTAMPTZ, primary_key=True)  # business time


class Campaign(Table, table=True):
    """The reminders of one milestone, counted. `next_at` is a lease as well: nobody counts it before."""

    __tablename__: ClassVar[str] = "campaign"

    milestone: str = Field(primary_key=True)
    starts: str | None = None  # of the milestone when it was counted, as precise as is known
    offsets: list[dict[str, Any]] | None = Field(default=None, sa_type=JSONB)  # lifecycle.Offset
    measured_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)  # system time
    business_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    next_at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time
