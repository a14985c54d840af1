"""What staff and reviewers see of deliveries: ids, codes and times, never an address."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.notifications.deliveries.lifecycle import State


class DeliveryShown(BaseModel):
    """One e-mail to one person."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    template: str = Field(examples=["pledge_published"])
    cause: str = Field(examples=["reminder:plenary-2024:-30:2024-11-05"], description="The event or the reminder")
    person_id: str
    entity_id: str | None = Field(examples=["veridia"])
    pledge_id: UUID | None
    state: State
    reason: str | None = Field(description="Why it is not sent, or not yet", examples=["smtp_451"])
    attempts: int
    not_before: datetime | None = Field(description="Business time, UTC; null: at once")
    created_at: datetime = Field(description="System time, UTC")
    sent_at: datetime | None = Field(description="System time, UTC")


class DeliveryPage(BaseModel):
    """The newest first."""

    items: list[DeliveryShown]
    next: str | None
