"""What came back of mails that the relay had taken."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlmodel import Field

from services.notifications.tables import Table
from shared.db import TIMESTAMPTZ


class Back(Table, table=True):
    """One report of a kind for each mail; the same one again says nothing new."""

    __tablename__: ClassVar[str] = "returned"

    delivery_id: UUID = Field(primary_key=True)
    kind: str = Field(primary_key=True)  # hard, soft, complaint
    status: str  # RFC 3463, or the kind of complaint (RFC 5965)
    received_at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time
    address_hash: bytes | None = None  # of a soft one, to count how often; null: whose it was, was erased
