"""Files of pledges. Their bytes lie in the object store; which of its objects holds them, the tables say."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlmodel import Field

from services.pledges.tables import Table
from shared.db import TIMESTAMPTZ


class Attachment(Table, table=True):
    """A file of one pledge. `recorded_at` is system time, the other times are business time.

    What was public once stays public, as all versions do.
    """

    __tablename__: ClassVar[str] = "attachment"

    attachment_id: UUID = Field(primary_key=True)
    pledge_id: UUID
    object: str
    name: str
    media_type: str
    size: int
    sha256: str
    person_id: str
    by: str
    uploaded_at: datetime = Field(sa_type=TIMESTAMPTZ)
    recorded_at: datetime = Field(sa_type=TIMESTAMPTZ)
    public_since: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    removed_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
