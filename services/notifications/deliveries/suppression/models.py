"""Addresses that are written to no more. Of an address a keyed hash is kept, and nothing else."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlmodel import Field

from services.notifications.tables import Table
from shared.db import TIMESTAMPTZ


class Suppression(Table, table=True):
    """At most one holds for an address at a time: that which is not lifted."""

    __tablename__: ClassVar[str] = "suppression"

    id: UUID = Field(primary_key=True)
    address_hash: bytes | None  # null: whose it was, was erased
    reason: str  # bounced, complained
    status: str  # RFC 3463, or the kind of complaint (RFC 5965)
    delivery_id: UUID  # to whom and about what
    created_at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time
    lifted_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)  # system time
    lifted_by: str | None = None
    lifted_because: str | None = None
