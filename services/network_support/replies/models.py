"""The table of saved replies. Never of one request: those are messages."""

from typing import ClassVar
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.network_support.tables import Table


class SavedReply(Table, table=True):
    __tablename__: ClassVar[str] = "saved_reply"

    reply_id: UUID = Field(primary_key=True)
    name: str
    texts: dict[str, str] = Field(sa_type=JSONB)  # by language
    retired: bool = False
    revision: int = 1
