"""What boards are told."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

What = Literal["new", "stage", "officer", "priority", "clock", "conversation", "presence"]


class Changed(BaseModel):
    """A case has changed. What it is like now, its own routes say: texts and names never travel here."""

    case_id: UUID = Field(description="Of the request, or of the work item")
    revision: int = Field(description="Of the case, when this was sent")
    changed: list[What] = Field(description="new: it came to the desk; presence: who has it open; the others: as named")
    by: Literal["network_staff", "entity", "system"] | None = Field(description="Who did its last step, where one was")
    officer: str | None = Field(description="The person's id, if an officer did it")


class Place(BaseModel):
    """Where the board is."""

    position: str = Field(description="For `after` of GET /board/events", examples=["84512-0-1732788000"])
