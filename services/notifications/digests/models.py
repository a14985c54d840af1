"""Which deliveries come together in which mail."""

from typing import ClassVar
from uuid import UUID

from sqlmodel import Field

from services.notifications.tables import Table


class DigestItem(Table, table=True):
    """A delivery is in one digest at most: in the last that it was put into."""

    __tablename__: ClassVar[str] = "digest_item"

    delivery_id: UUID = Field(primary_key=True)
    digest_id: UUID
