"""Tables of work items. What officers do with one is in the history of its case."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.network_support.tables import Table
from shared.db import TIMESTAMPTZ


class WorkItem(Table, table=True):
    """Something that another service cannot settle without people. Ids and codes only, as events have them."""

    __tablename__: ClassVar[str] = "work_item"

    item_id: UUID = Field(primary_key=True)
    kind: str
    entity_id: str | None = None
    facts: dict[str, Any] = Field(sa_type=JSONB)  # of its first cause
    raised_at: datetime = Field(sa_type=TIMESTAMPTZ)  # business time


class WorkItemCause(Table, table=True):
    """Its key is for ever: a cause that is told again, in whatever way, makes nothing."""

    __tablename__: ClassVar[str] = "work_item_cause"

    kind: str = Field(primary_key=True)
    cause: str = Field(primary_key=True)
    item_id: UUID
    facts: dict[str, Any] = Field(sa_type=JSONB)
    at: datetime = Field(sa_type=TIMESTAMPTZ)  # business time
