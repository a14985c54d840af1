"""Suggestions, proposals and matches as the API takes and gives them."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from services.network_support.offers.lifecycle import Kind, MatchState
from services.network_support.offers.models import Offer, OfferMatch
from services.network_support.offers.schemas import OfferView, Reason, Said
from services.network_support.offers.scoring import Code, Criterion
from services.network_support.requests.lifecycle import Type
from shared.web.text import Text

MOST_OFFERS = 20  # of one reply

_EXAMPLE_ID = "01922f00-0000-7000-8000-000000000002"


def _each_once(offer_ids: list[UUID]) -> list[UUID]:
    return list(dict.fromkeys(offer_ids))


OfferIds = Annotated[list[UUID], Field(min_length=1, max_length=MOST_OFFERS), AfterValidator(_each_once)]


class SuggestionReason(BaseModel):
    """Why one criterion has its points; a client puts code and values in its own words."""

    criterion: Criterion
    code: Code
    points: float = Field(description="Below 0 for a conflict with the entity that asks")
    of: int = Field(description="What the criterion weighs")
    values: list[str] = Field(description="Codes, numbers or names that the code speaks of")
    pledge_id: UUID | None = Field(description="The pledge that is alike")


class Suggested(BaseModel):
    """An offer that may fit, and why."""

    offer: OfferView
    points: float
    of: int = Field(description="What an offer can have at most")
    conflict: bool = Field(description="Whether a conflict with the entity that asks is declared")
    reasons: list[SuggestionReason]


class Suggestions(BaseModel):
    """The best first. Nothing is matched by itself: staff choose."""

    items: list[Suggested]
    next: None = None


class Proposing(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"offer_id": _EXAMPLE_ID}]})

    offer_id: UUID
    note: Annotated[Text, Field(max_length=4000)] = Field(default="", description="For Network staff")


class Dropping(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Reason | None = Field(default=None, description="For Network staff", examples=["They cannot travel."])


class Matching(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"offer_ids": [_EXAMPLE_ID], "reply": "Two experts can come in November."}]},
    )

    offer_ids: OfferIds
    reply: Said = Field(description="One reply to the requester for all of them")
    despite: Reason | None = Field(
        default=None, description="Why, although a conflict of interest with the entity is declared. For Network staff"
    )


class Releasing(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Reason = Field(description="The requester reads it", examples=["The experts are no longer free."])


class MatchView(BaseModel):
    """An offer for a request: from the proposal to the end."""

    match_id: UUID
    offer_id: UUID
    state: MatchState
    kind: Kind
    title: str
    text: str
    language: str
    languages: list[str]
    types: list[Type]
    entity_id: str | None = Field(description="Who gives it; null: recorded by Network staff")
    provider: str | None
    valid_until: date | None
    conflicts: str
    note: str = Field(description="For Network staff; empty for others")
    despite: str | None = Field(description="Likewise: why it was matched in spite of a conflict")
    reason: str | None = Field(description="Why it ended")
    proposed_at: AwareDatetime = Field(description="UTC")
    matched_at: AwareDatetime | None
    ended_at: AwareDatetime | None


_OF_OFFER = ("kind", "title", "text", "language", "languages", "types", "entity_id", "provider", "valid_until")
_OF_MATCH = ("match_id", "offer_id", "state", "reason", "proposed_at", "matched_at", "ended_at")


def match_view(match: OfferMatch, offer: Offer, *, whole: bool) -> MatchView:
    """`whole`: with what is for Network staff."""
    given: dict[str, Any] = {name: getattr(offer, name) for name in (*_OF_OFFER, "conflicts")}
    given |= {name: getattr(match, name) for name in _OF_MATCH}
    given |= {"note": match.note, "despite": match.despite} if whole else {"note": "", "despite": None}
    return MatchView(**given)


class Matches(BaseModel):
    """All of a request, the oldest first; who asked sees those that were matched."""

    items: list[MatchView]
    next: None = None


class ReplyDraft(BaseModel):
    """A text for the requester, put together from offers; staff change it before it goes out."""

    language: str = Field(description="Of its own words; what offers say stands in theirs")
    text: str
    conflicts: list[str] = Field(description="Titles of the offers that declare a conflict with the entity that asks")
