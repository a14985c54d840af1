"""Files as the API gives them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field


class AttachmentOut(BaseModel):
    """A file of a pledge, for its entity, who filed it, and the Network's staff."""

    attachment_id: UUID
    pledge_id: UUID
    name: str = Field(description="As it is saved on a computer: cleaned, with the ending of its content")
    media_type: str = Field(description="By its content")
    size: int = Field(description="Bytes")
    sha256: str
    by: Literal["focal_point", "delegate", "proxy"] = Field(description="Who uploaded it, by role")
    uploaded_at: datetime = Field(description="Business time, UTC")
    public_since: datetime | None = None
    removed_at: datetime | None = None


class AttachmentPage(BaseModel):
    items: list[AttachmentOut]
    next: str | None
