"""The local copy of the milestones as calendars show them: a projection of gcm.reviews, guarded by `sequence`."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.notifications.tables import Table
from shared.db import TIMESTAMPTZ


class CalendarEntry(Table, table=True):
    """A milestone in days of its seat; `starts` and `ends` as precise as is known: "2024-11"."""

    __tablename__: ClassVar[str] = "calendar_entry"

    code: str = Field(primary_key=True)
    cycle: str
    names: dict[str, str] = Field(sa_type=JSONB)
    starts: str
    ends: str | None = None
    time_zone: str
    tentative: bool = False
    cancelled: bool = False
    sequence: int
    told_at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time of the event, the same whenever it is read again
