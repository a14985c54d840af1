"""A pledge as the API takes and gives it."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from services.pledges.entities.schemas import EntityId
from shared.events.common import EntityRef
from shared.events.pledges import PledgeSnapshot
from shared.reference import catalogue
from shared.reference.dates import PartialDate
from shared.web.text import Line, Text

LONGEST_DESCRIPTION = 20_000
MOST = 50  # entries of a list; the longest of the real pledges has 23
LARGEST_NUMBER = Decimal(10) ** 24

Kind = Literal["individual", "common", "in_partnership", "matching"]
State = Literal["draft", "submitted", "changes_requested", "published", "closed"]
Reason = Literal["fulfilled", "partly_fulfilled", "ended", "withdrawn", "superseded"]
Language = Annotated[str, Field(pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", description="BCP 47", examples=["en"])]
Number = Annotated[
    Decimal, Field(allow_inf_nan=False, max_digits=30, decimal_places=6, ge=-LARGEST_NUMBER, le=LARGEST_NUMBER)
]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


def _one_of(entries: Any) -> AfterValidator:
    def known(code: str) -> str:
        entries(code)  # raises ValueError with suggestions
        return code

    return AfterValidator(known)


def _distinct(values: list[str]) -> list[str]:
    if len(set(values)) < len(values):
        raise ValueError("names something twice; name each once")
    return values


Objective = Annotated[str, _one_of(catalogue.objective)]
Objectives = Annotated[list[Objective], Field(max_length=MOST), AfterValidator(_distinct)]
Principles = Annotated[
    list[Annotated[str, _one_of(catalogue.principle)]], Field(max_length=MOST), AfterValidator(_distinct)
]
Form = Annotated[str, _one_of(catalogue.form)]
Forms = Annotated[list[Form], Field(max_length=MOST), AfterValidator(_distinct)]
Dimensions = Annotated[
    list[Annotated[str, _one_of(catalogue.disaggregation)]], Field(max_length=MOST), AfterValidator(_distinct)
]
Cycle = Annotated[str, _one_of(catalogue.cycle)]


class Target(Strict):
    """What is to be reached; value and baseline are numbers, `value_text` is what no number says."""

    what: Line
    unit: Line | None = None
    baseline: Number | None = None
    comparator: Literal["at_least", "exactly", "at_most", "about"] | None = None
    value: Number | None = None
    value_text: Line | None = None
    by: PartialDate | None = None
    disaggregated_by: Dimensions = []


class Period(Strict):
    """From when to when, as precisely as is known."""

    start: PartialDate | None = None
    end: PartialDate | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start and self.end and self.end.ends_before(self.start):
            raise ValueError(f"ends ({self.end}) before it starts ({self.start}); exchange or correct the dates")
        return self


class Content(Strict):
    """What is pledged. Only the title must be there in a draft; what a submission needs, `submit` says."""

    title: Annotated[Line, Field(min_length=1)]
    kind: Kind = "individual"
    matches: UUID | None = Field(default=None, description="The published pledge that a matching pledge points at")
    description: Annotated[Text, Field(max_length=LONGEST_DESCRIPTION)] = ""
    language: Language = "en"
    main_objectives: Objectives = Field(default=[], description="Those of `objectives` that matter most")
    objectives: Objectives = []
    principles: Principles = []
    forms: Forms = []
    targets: list[Target] = Field(default=[], max_length=MOST)
    period: Period = Period()
    review_cycle: Cycle | None = Field(
        default=None,
        description="The cycle in whose context it is made (¶77); if none is named, the one open at submission",
    )
    partners: list[Line] = Field(default=[], max_length=MOST, description="Who pledges or acts with you, by name")

    @model_validator(mode="after")
    def _main_ones_are_among_all(self) -> Self:
        if unknown := [code for code in self.main_objectives if code not in self.objectives]:
            raise ValueError(f"main_objectives names {unknown[0]}, which is not in objectives; add it there too")
        return self


EXAMPLE: dict[str, Any] = {
    "title": "Identity documents at every consulate",
    "kind": "individual",
    "description": "Veridia will issue identity documents to its nationals at twelve consular posts, up from four.",
    "language": "en",
    "main_objectives": ["objective-4"],
    "objectives": ["objective-4", "objective-14"],
    "principles": ["people-centred"],
    "forms": ["process", "human_resources"],
    "targets": [
        {
            "what": "Consular posts that issue identity documents",
            "unit": "posts",
            "baseline": 4,
            "comparator": "at_least",
            "value": 12,
            "by": "2026",
            "disaggregated_by": ["location"],
        }
    ],
    "period": {"start": "2024-09", "end": "2026-06"},
    "review_cycle": "2022",
    "partners": [],
}


class Saving(Content):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})


class NewPledge(Content):
    """A draft, or with `submit` a submission in one request."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"entity_id": "veridia", **EXAMPLE, "submit": True}]})

    entity_id: EntityId = Field(description="For whom you write", examples=["veridia"])
    submit: bool = False


class Source(Strict):
    """Where the statement was found."""

    title: Annotated[Line, Field(min_length=1)]
    url: Annotated[Line, Field(max_length=2000, pattern="^https?://")] | None = None


class Statement(Content):
    """What an entity pledged elsewhere in public, recorded with its sources."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"entity_id": "kalmora", **EXAMPLE, "sources": [{"title": "Statement in the plenary, 5 December 2024"}]}
            ]
        }
    )

    entity_id: EntityId = Field(examples=["kalmora"])
    sources: Annotated[list[Source], Field(min_length=1, max_length=20)]


class WantedChange(Strict):
    field: Line = Field(max_length=100, description="A field of the pledge, or a place in it", examples=["period.end"])
    says: Annotated[Text, Field(min_length=1, max_length=2000)]


class ChangeRequest(Strict):
    """What staff need to see changed before publication: completeness, never merit."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"fields": [{"field": "period", "says": "Please say when it ends."}]}]}
    )

    fields: Annotated[list[WantedChange], Field(min_length=1, max_length=MOST)]


class Closing(Strict):
    """Why a published pledge ends."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "fulfilled"}]})

    reason: Reason
    superseded_by: UUID | None = None

    @model_validator(mode="after")
    def _named_when_superseded(self) -> Self:
        if (self.reason == "superseded") != (self.superseded_by is not None):
            raise ValueError("superseded_by goes with the reason superseded, and only with it; add or remove it")
        return self


class Step(BaseModel):
    """One step of the exchange before publication, for the entity and staff."""

    revision: int
    action: str
    state: State
    at: datetime
    by: str
    fields: list[str]
    asked: list[WantedChange] = []


class WorkingCopy(BaseModel):
    """What the entity and the Network's staff see. `revision` is the ETag; `version` counts what was published."""

    pledge_id: UUID
    entity: EntityRef
    revision: int
    state: State
    version: int
    content: Content
    created_at: datetime
    updated_at: datetime
    steps: list[Step] = []


class WorkItem(BaseModel):
    """A line of a list of working copies."""

    pledge_id: UUID
    entity_id: str
    entity_name: str
    title: str
    state: State
    revision: int
    version: int
    updated_at: datetime
    review_cycle: str | None = Field(description="As published; null while it is not")
    status: str | None = Field(description="That was reported last")
    last_reported_at: datetime | None


class WorkPage(BaseModel):
    items: list[WorkItem]
    next: str | None


class Support(BaseModel):
    """What the public may know of a request for support (¶73)."""

    request_id: UUID
    status: Literal["requested", "matched", "delivered"]


class PublicView(PledgeSnapshot):
    support: list[Support]


class PublicItem(BaseModel):
    """A line of the public list."""

    pledge_id: UUID
    entity_id: str
    entity: EntityRef
    origin: Literal["submitted", "public_statement"]
    title: str
    kind: Kind
    state: Literal["published", "closed"]
    version: int
    objectives: list[str]
    review_cycle: str | None
    first_published_at: datetime
    status: str | None
    last_reported_at: datetime | None


class PublicPage(BaseModel):
    items: list[PublicItem]
    next: str | None


class PublicStep(BaseModel):
    sequence: int
    version: int
    action: Literal["published", "amended", "reported", "closed"]
    at: datetime
    by: str = Field(description="The role, never the person")
    fields: list[str]


class PublicSteps(BaseModel):
    items: list[PublicStep]
    next: str | None
