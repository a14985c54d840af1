"""The table of merges, with those that were undone."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field

from services.network_support.requests.lifecycle import State
from services.network_support.tables import Table
from shared.db import TIMESTAMPTZ


class RequestMerge(Table, table=True):
    """A request that is the same as another one. At most one of a request is not undone."""

    __tablename__: ClassVar[str] = "request_merge"

    merge_id: UUID = Field(primary_key=True)
    request_id: UUID
    into_id: UUID
    state: State = Field(sa_type=Text)  # of the merged request before
    reason: str
    merged_at: datetime = Field(sa_type=TIMESTAMPTZ)  # business time
    undone_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)  # business time
