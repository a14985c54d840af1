"""Presentations as the API takes and gives them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.pledges.entities.names import Language
from shared.events.common import EntityRef

PresentationState = Literal["asked", "granted", "withdrawn"]


class Wish(BaseModel):
    """To present a pledge at a milestone. It is voluntary, and can be withdrawn at any time."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"pledge_id": "01922f00-0000-7000-8000-000000000001", "language": "fr"}]},
    )

    pledge_id: UUID
    language: Language = Field(description="In which it will be presented")


class PresentationOut(BaseModel):
    """A wish to present, and whether there is a slot for it. Its ETag is its revision."""

    presentation_id: UUID
    milestone: str
    pledge_id: UUID
    title: str
    entity: EntityRef
    language: str
    state: PresentationState
    asked_at: datetime
    changed_at: datetime
    revision: int


class Presentations(BaseModel):
    """In the order in which they were asked for."""

    items: list[PresentationOut]
    next: str | None
