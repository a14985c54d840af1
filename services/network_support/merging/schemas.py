"""Merges and possible duplicates as the API takes and gives them."""

from typing import Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from services.network_support.requests.lifecycle import State, Type
from services.network_support.triage.schemas import Reason, Strict, example

Code = Literal["same_entity", "same_pledge", "same_type", "same_text", "similar_text", "other_language"]


class WhyAlike(BaseModel):
    code: Code
    parameters: dict[str, Any]
    says: str = Field(description="In English")


class Candidate(BaseModel):
    """A request that may be the same one."""

    request_id: UUID
    state: State
    type: Type
    language: str
    pledge_id: UUID
    excerpt: str = Field(description="How it begins")
    sent_at: AwareDatetime = Field(description="Business time")
    score: int = Field(ge=0, le=100, description="Orders the list; decides nothing")
    reasons: list[WhyAlike]


class Candidates(BaseModel):
    """The likeliest first."""

    items: list[Candidate]
    next: None = None


class Merging(Strict):
    """Into which one, and why."""

    model_config = example(into="01922f00-0000-7000-8000-000000000009", reason="Sent twice: by form and by mail")

    into: UUID = Field(description="The request that stays, of the same entity")
    reason: Reason


class Preview(BaseModel):
    """What a merge would do. Nothing is done."""

    possible: bool
    problem: str | None = Field(description="Why it cannot be")
    merged: Candidate = Field(description="The one that would end, and how alike it is to the other")
    into: Candidate = Field(description="The one that would stay")
    clocks: list[str] = Field(description="Clocks of the merged one that would be cancelled; an undo brings them back")
    comes_along: list[UUID] = Field(description="Requests that were merged into it before, and would follow it")


class MergedRequest(BaseModel):
    """A request that was merged into another one."""

    request_id: UUID
    into: UUID
    reason: str
    state_before: State
    merged_at: AwareDatetime = Field(description="Business time")


class MergedRequests(BaseModel):
    items: list[MergedRequest]
    next: None = None
