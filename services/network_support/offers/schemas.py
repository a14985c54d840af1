"""Offers as the API takes and gives them."""

import re
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

from services.network_support.offers.lifecycle import Availability, Kind, State, Step
from services.network_support.offers.models import Offer, OfferHistory
from services.network_support.requests.lifecycle import Type
from services.network_support.requests.schemas import LONGEST_TEXT, EntityId, Language
from shared.reference import catalogue
from shared.reference.regions import place
from shared.web.text import Line, Text

MOST_CAPACITY = 100_000
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _says_something(text: str) -> str:
    if not text.strip():
        raise ValueError("is blank; say it in some words")
    return text


def _objective(code: str) -> str:
    return catalogue.objective(code).code


def _written(day: Any) -> Any:
    """A day as the API describes it: no number of seconds, no time."""
    if day is not None and not (isinstance(day, str) and _DAY.fullmatch(day)):
        raise ValueError("is no day; write it like 2024-09-30")
    return day


Day = Annotated[date, BeforeValidator(_written)]
Title = Annotated[Line, Field(min_length=1), AfterValidator(_says_something)]
Said = Annotated[Text, Field(max_length=LONGEST_TEXT), AfterValidator(_says_something)]
Reason = Annotated[Text, Field(max_length=LONGEST_TEXT), AfterValidator(_says_something)]


class OfferContent(BaseModel):
    """What is offered. Names and addresses of persons do not belong in it: staff keep those elsewhere."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "kind": "expert",
                    "provider": "Civil registry of Kalmora",
                    "title": "Two experts for civil registration abroad",
                    "text": "They have set up registration at nine consulates, and can come for two weeks each.",
                    "language": "en",
                    "languages": ["en", "fr"],
                    "places": ["region_africa"],
                    "objectives": ["objective-4"],
                    "types": ["knowledge_exchange"],
                    "valid_from": "2024-09-01",
                    "valid_until": "2025-08-31",
                    "capacity": 2,
                    "conflicts": "The registry sells software for registration.",
                    "conflicts_with": [],
                }
            ]
        },
    )

    kind: Kind
    provider: Line | None = Field(default=None, description="Who gives it, if that is not the entity itself")
    title: Title
    text: Said = Field(description="What it consists of, and what it needs")
    language: Language = Field(description="Of title and text, as a BCP 47 tag")
    languages: list[Language] = Field(min_length=1, max_length=50, description="In which the help can be given")
    places: list[Annotated[str, AfterValidator(place)]] = Field(
        default_factory=list, max_length=250, description="States, regions and groups; none: anywhere"
    )
    objectives: list[Annotated[str, AfterValidator(_objective)]] = Field(
        default_factory=list, max_length=23, description="None: all of them"
    )
    types: list[Type] = Field(default_factory=list, max_length=7, description="Kinds of help; none: all of them")
    pledge_id: UUID | None = Field(
        default=None, validate_default=True, description="The published pledge that it is, or that it comes from"
    )
    valid_from: Day | None = Field(default=None, description="The first day, in UTC; null: from now on")
    valid_until: Day | None = Field(default=None, description="The last day, in UTC; null: until it is withdrawn")
    capacity: int | None = Field(
        default=None,
        ge=1,
        le=MOST_CAPACITY,
        strict=True,
        description="How many requests it can be matched to, in all; null: as many as there are",
    )
    conflicts: Annotated[Text, Field(max_length=LONGEST_TEXT)] = Field(
        default="", description="Interests of who gives it that a requester should know; empty: none are declared"
    )
    conflicts_with: list[EntityId] = Field(
        default_factory=list, max_length=50, description="Entities with which there is such a conflict"
    )

    @field_validator("provider")
    @classmethod
    def _none_if_blank(cls, name: str | None) -> str | None:
        return name or None

    @field_validator("languages", "places", "objectives", "types", "conflicts_with")
    @classmethod
    def _each_once(cls, codes: list[str]) -> list[str]:
        return list(dict.fromkeys(codes))

    @field_validator("valid_until")
    @classmethod
    def _not_before_it_begins(cls, until: date | None, info: ValidationInfo) -> date | None:
        begins = info.data.get("valid_from")
        if until and begins and until < begins:
            raise ValueError(f"is before the first day, {begins}; choose a later day")
        return until

    @field_validator("pledge_id")
    @classmethod
    def _named_if_it_is_one(cls, pledge_id: UUID | None, info: ValidationInfo) -> UUID | None:
        if pledge_id is None and info.data.get("kind") == "pledge":
            raise ValueError("is needed for an offer of this kind; name the pledge")
        return pledge_id


CONTENT: tuple[str, ...] = tuple(OfferContent.model_fields)


class Offering(OfferContent):
    """A new offer."""

    entity_id: EntityId | None = Field(
        default=None, description="Who gives it: an entity that you may act for. Staff leave it away"
    )


class Returning(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Reason = Field(description="What is missing, for who offers it", examples=["Please say in which months."])


class Withdrawing(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Reason | None = Field(default=None, examples=["The experts are no longer free."])


class OfferView(BaseModel):
    """An offer as who gives it, Network staff and reviewers see it."""

    kind: Kind
    provider: str | None
    title: str
    text: str
    language: str
    languages: list[str]
    places: list[str]
    objectives: list[str]
    types: list[Type]
    pledge_id: UUID | None
    valid_from: date | None
    valid_until: date | None
    capacity: int | None
    conflicts: str
    conflicts_with: list[str]
    offer_id: UUID
    entity_id: str | None = Field(description="Who gives it; null: recorded by Network staff")
    state: State = Field(description="Staff check what entities offer for completeness: submitted, then open")
    availability: Availability = Field(description="Whether it can be matched now; otherwise why not")
    used: int = Field(description="Matches that count against the capacity")
    returned: str | None = Field(description="What staff ask to be added, while that is awaited")
    revision: int = Field(description="The ETag")
    created_at: AwareDatetime = Field(description="UTC")
    changed_at: AwareDatetime = Field(description="UTC")


def view(offer: Offer, today: date, returned: str | None) -> OfferView:
    return OfferView(**offer.model_dump(), availability=offer.availability(today), returned=returned)


class OfferPage(BaseModel):
    items: list[OfferView]
    next: str | None = Field(description="Cursor of the next page; null on the last")


class OfferLine(BaseModel):
    """A step in the life of an offer."""

    revision: int
    step: Step
    state: State = Field(description="After the step")
    fields: list[str] = Field(description="Names of the fields that this step changed")
    reason: str | None
    content: dict[str, Any] = Field(description="The whole offer after the step")
    by: Literal["entity", "network_staff"] = Field(description="The role, never the person")
    at: AwareDatetime = Field(description="UTC")


def line(step: OfferHistory) -> OfferLine:
    return OfferLine(**step.model_dump(include=set(OfferLine.model_fields)))


class OfferLines(BaseModel):
    """All of them, the oldest first."""

    items: list[OfferLine]
    next: None = None
