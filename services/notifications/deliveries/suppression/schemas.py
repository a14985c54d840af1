"""What staff see of suppressed addresses: whose and why, never the address."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.notifications.deliveries.steps import Audience
from services.notifications.deliveries.suppression.commands import Reason
from shared.web.text import Line


class SuppressionShown(BaseModel):
    """An address of one person that is written to no more, or is again."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    person_id: str
    role: Audience = Field(description="As whom the person was written to")
    entity_ids: list[str] = Field(description="For whom; of a reminder several", examples=[["veridia"]])
    reason: Reason
    status: str = Field(description="RFC 3463, or the kind of complaint", examples=["5.1.1"])
    delivery_id: UUID = Field(description="The mail that came back")
    created_at: datetime = Field(description="System time, UTC")
    lifted_at: datetime | None = Field(description="System time, UTC; null: it holds")
    lifted_by: str | None
    lifted_because: str | None


class SuppressionPage(BaseModel):
    """The newest first."""

    items: list[SuppressionShown]
    next: str | None


class Lifting(BaseModel):
    """Why mail to this address may be tried again."""

    model_config = ConfigDict(extra="forbid")

    because: Line = Field(min_length=1, max_length=300, examples=["The address works again, says the focal point"])
