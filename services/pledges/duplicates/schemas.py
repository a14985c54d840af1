"""Possible duplicates and merges as the API takes and gives them."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.pledges.registry.content import Strict
from services.pledges.registry.schemas import State
from shared.events.common import EntityRef
from shared.events.pledges import ExternalId


class DuplicateReason(BaseModel):
    """Why it may be the same: `code` for programs, with what its sentence says in `parameters`; the sentence."""

    code: str = Field(examples=["similar_title"])
    parameters: dict[str, Any] = Field(examples=[{"percent": 93}])
    says: str = Field(examples=["The titles are alike (93 %)."])


class Candidate(BaseModel):
    """A pledge that may be the same. What is not public is of the same entity, and shown to its people and staff."""

    pledge_id: UUID
    entity: EntityRef
    title: str
    language: str
    state: State
    is_public: bool
    score: int = Field(ge=0, le=100, description="Orders what people look at; it decides nothing")
    reasons: list[DuplicateReason]


class Duplicates(BaseModel):
    """The likeliest first, at most ten."""

    items: list[Candidate]


class Merging(Strict):
    model_config = ConfigDict(json_schema_extra={"examples": [{"into": "01922f00-0000-7000-8000-000000000001"}]})

    into: UUID = Field(description="The published pledge that stays")


class Merged(BaseModel):
    """A pledge that was merged into the one asked about, and may be found there by its identifiers."""

    pledge_id: UUID
    entity: EntityRef
    title: str
    external_ids: list[ExternalId]
    merged_at: datetime


class MergedPage(BaseModel):
    items: list[Merged]
    next: str | None


class MergeSide(BaseModel):
    """One of the two pledges of a merge, as it is public."""

    pledge_id: UUID
    entity: EntityRef
    title: str
    version: int
    reports: int
    external_ids: list[ExternalId]


class MergePreview(BaseModel):
    """What a merge would do, before it is done."""

    merged: MergeSide
    into: MergeSide
    amendment: Literal["draft", "submitted", "changes_requested"] | None = Field(
        description="Work on the merged pledge that rests until the merge is undone; null when there is none"
    )
    support_requests: int = Field(description="Requests for support on the merged pledge; they stay with it")
    merged_before: int = Field(description="Pledges that were merged into it and stay with it")
    review_cycle: str | None = Field(description="The cycle in whose counts the merged pledge is no longer")
    alike: Candidate = Field(description="How alike the two are")
