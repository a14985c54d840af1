"""Pauses as the API takes and gives them."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.notifications.pauses.lifecycle import Paused
from shared.web.text import Line

LONGEST_REASON = 500


class NewPause(BaseModel):
    """Mail that is not to leave for a while."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"category": "reminders", "reason": "The plenary may move"}]},
    )

    category: Paused
    reason: Line = Field(min_length=1, max_length=LONGEST_REASON)


class PauseShown(BaseModel):
    """A pause, with how many mails wait for its end."""

    model_config = ConfigDict(from_attributes=True)

    pause_id: UUID
    category: Paused
    reason: str
    begun_by: str = Field(description="Person id")
    begun_at: datetime = Field(description="System time, UTC")
    ended_by: str | None
    ended_at: datetime | None = Field(description="System time, UTC; null: it holds")
    skipped: int | None = Field(description="Mails that were too late when it ended, and went no more")
    waiting: int = Field(default=0, description="Mails that it holds back now")


class PausePage(BaseModel):
    """The newest first."""

    items: list[PauseShown]
    next: str | None
