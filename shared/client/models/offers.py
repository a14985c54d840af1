"""Offers of help, which of them may fit a request, and which are matched to it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from shared.client.models.base import Received, Sent


class OfferContent(Sent):
    kind: str
    provider: str | None = None
    title: str
    text: str
    language: str
    languages: list[str]
    places: list[str] = Field(default_factory=list)
    objectives: list[str] = Field(default_factory=list)
    types: list[str] = Field(default_factory=list)
    pledge_id: UUID | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    capacity: int | None = None
    conflicts: str = ""
    conflicts_with: list[str] = Field(default_factory=list)


class Offering(OfferContent):
    """`entity_id` None: recorded by staff."""

    entity_id: str | None = None


class Returning(Sent):
    reason: str


class Withdrawing(Sent):
    reason: str | None = None


class Offer(Received):
    offer_id: UUID
    kind: str
    entity_id: str | None
    provider: str | None
    title: str
    text: str
    language: str
    languages: list[str]
    places: list[str]
    objectives: list[str]
    types: list[str]
    pledge_id: UUID | None
    valid_from: date | None
    valid_until: date | None
    capacity: int | None
    used: int
    conflicts: str
    conflicts_with: list[str]
    state: str
    availability: str
    returned: str | None
    revision: int
    created_at: datetime
    changed_at: datetime


class OfferLine(Received):
    """A step in the life of an offer, with the whole of it after the step."""

    revision: int
    step: str
    state: str
    fields: list[str]
    reason: str | None
    content: dict[str, Any]
    by: str
    at: datetime


class SuggestionReason(Received):
    """`code` and `values` say why; the reader's words for them are the client's."""

    criterion: str
    code: str
    points: float
    of: int
    values: list[str]
    pledge_id: UUID | None


class Suggested(Received):
    offer: Offer
    points: float
    of: int
    conflict: bool
    reasons: list[SuggestionReason]


class Proposing(Sent):
    offer_id: UUID
    note: str = ""


class Dropping(Sent):
    reason: str | None = None


class Matching(Sent):
    offer_ids: list[UUID]
    reply: str
    despite: str | None = None


class Releasing(Sent):
    reason: str


class Match(Received):
    """An offer for a request: proposed, dropped, matched, released or delivered."""

    match_id: UUID
    offer_id: UUID
    state: str
    kind: str
    title: str
    text: str
    language: str
    languages: list[str]
    types: list[str]
    entity_id: str | None
    provider: str | None
    valid_until: date | None
    conflicts: str
    note: str
    despite: str | None
    reason: str | None
    proposed_at: datetime
    matched_at: datetime | None
    ended_at: datetime | None


class ReplyDraft(Received):
    language: str
    text: str
    conflicts: list[str]


class Demand(Received):
    """`unmet` of `requests`."""

    unmet: int
    requests: int


class DemandBy(Demand):
    code: str


class DemandCell(Demand):
    objective: str
    region: str


class UnmetDemand(Received):
    says: str
    as_of: datetime
    all: Demand
    objectives: list[DemandBy]
    regions: list[DemandBy]
    cells: list[DemandCell]
