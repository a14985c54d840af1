"""Files of requests. Their bytes lie in the object store; which of its objects holds them, the table says."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlmodel import Field

from services.network_support.tables import Table
from shared.db import TIMESTAMPTZ


class Attachment(Table, table=True):
    """A file of one request. `recorded_at` is system time, the other times are business time."""

    __tablename__: ClassVar[str] = "attachment"

    attachment_id: UUID = Field(primary_key=True)
    request_id: UUID
    object: str
    name: str
    media_type: str
    size: int
    sha256: str
    person: str | None  # who, for the record; None: the system. No API shows it
    message: int | None = None  # the number of the message that it came with
    by: str  # entity, network_staff, system
    uploaded_at: datetime = Field(sa_type=TIMESTAMPTZ)
    recorded_at: datetime = Field(sa_type=TIMESTAMPTZ)
    removed_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
