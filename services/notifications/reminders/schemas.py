"""What staff and reviewers see of the reminder plan."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.notifications.reminders.lifecycle import Reason, State


class ReminderShown(BaseModel):
    """An invitation to report on one pledge, due at an offset from a milestone."""

    model_config = ConfigDict(from_attributes=True)

    pledge_id: UUID
    entity_id: str = Field(examples=["veridia"])
    milestone: str = Field(examples=["plenary-2024"])
    offset_days: int = Field(examples=[-30], description="Days from the milestone's first day")
    due_on: date = Field(description="The day it goes out, at 09:00 in the recipient's time zone")
    state: State
    reason: Reason | None = Field(description="Why nothing is sent")
    updated_at: datetime = Field(description="System time, UTC")


class ReminderPage(BaseModel):
    """By the day they are due on, the earliest first."""

    items: list[ReminderShown]
    next: str | None
