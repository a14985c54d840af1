"""Tables by which possible duplicates are found, and what was merged."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field

from services.pledges.tables import Table
from shared.db import TIMESTAMPTZ


class PledgeKey(Table, table=True):
    """Of what is public: see duplicates/keys.py."""

    __tablename__: ClassVar[str] = "pledge_key"

    key: int = Field(primary_key=True, sa_type=BigInteger)
    pledge_id: UUID = Field(primary_key=True)


class PledgeMerge(Table, table=True):
    """A pledge that is the same as another one. `state` is that of its working copy before; business time, UTC."""

    __tablename__: ClassVar[str] = "pledge_merge"

    merge_id: UUID = Field(primary_key=True)
    pledge_id: UUID
    into_id: UUID
    state: str
    merged_at: datetime = Field(sa_type=TIMESTAMPTZ)
    undone_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
