"""Pledges that may be the same, and merges, as the pledges service speaks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from shared.client.models.base import Received, Sent
from shared.client.models.entities import EntityRef
from shared.client.models.pledges import ExternalId


class DuplicateReason(Received):
    code: str
    parameters: dict[str, Any]
    says: str


class Candidate(Received):
    pledge_id: UUID
    entity: EntityRef
    title: str
    language: str
    state: str
    is_public: bool
    score: int
    reasons: list[DuplicateReason]


class Duplicates(Received):
    items: list[Candidate] = Field(description="The likeliest first")


class Merging(Sent):
    into: UUID


class Merged(Received):
    pledge_id: UUID
    entity: EntityRef
    title: str
    external_ids: list[ExternalId]
    merged_at: datetime


class MergeSide(Received):
    pledge_id: UUID
    entity: EntityRef
    title: str
    version: int
    reports: int
    external_ids: list[ExternalId]


class MergePreview(Received):
    merged: MergeSide
    into: MergeSide
    amendment: str | None
    support_requests: int
    merged_before: int
    review_cycle: str | None
    alike: Candidate
