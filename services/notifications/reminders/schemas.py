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


class Invitation(BaseModel):
    """One offset from the milestone's first day."""

    offset_days: int
    due_on: date
    reminders: int = Field(description="That are not in the plan yet, and would be")
    overdue: bool = Field(description="The day has passed: they would be skipped, never sent late")


class Moved(BaseModel):
    """What a move would do to the reminders that have not gone out. What has gone out is never sent again."""

    starts: str
    kept: int = Field(description="Planned reminders that stay where they are")
    dropped: int = Field(description="Planned reminders whose day would be no more")
    planned: list[Invitation]


class Summary(BaseModel):
    """The invitations to report before one milestone."""

    milestone: str
    pledges: int = Field(description="Pledges that somebody was invited to report on, by e-mail")
    entities: int = Field(description="Entities that they belong to")
    reminders: dict[State, int] = Field(description="How many there are in each state; 0 is left out")
    moved: Moved | None


class ReminderPage(BaseModel):
    """By the day they are due on, the earliest first."""

    items: list[ReminderShown]
    next: str | None
