"""Files of pledges."""

from datetime import datetime
from uuid import UUID

from shared.client.models.base import Received


class Attachment(Received):
    attachment_id: UUID
    pledge_id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    by: str
    uploaded_at: datetime
    public_since: datetime | None = None
    removed_at: datetime | None = None
