"""Files as the API gives them."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field


class AttachmentView(BaseModel):
    """A file of a request, for its entity, Network staff and reviewers."""

    attachment_id: UUID
    request_id: UUID
    name: str = Field(description="As it is saved on a computer: cleaned, with the ending of its content")
    media_type: str = Field(description="By its content")
    size: int = Field(description="Bytes")
    sha256: str
    by: Literal["entity", "network_staff", "system"] = Field(description="Whose it is: the role, never the person")
    message: int | None = Field(description="The number of the mail that it came with, among the messages")
    uploaded_at: AwareDatetime = Field(description="Business time, UTC")
    removed_at: AwareDatetime | None = None


class Attachments(BaseModel):
    """All of them, the oldest first: a request has few."""

    items: list[AttachmentView]
    next: None = None
