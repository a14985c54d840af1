"""Review cycles, milestones and their counts as the API takes and gives them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from services.pledges.entities.groups import known
from services.pledges.registry.content import Address
from services.pledges.reviews.lifecycle import Voice
from services.pledges.time_zone import TimeZone
from shared.events.common import EntityRef
from shared.reference.dates import PartialDate
from shared.web.text import Line, Text

Kind = Literal["forum", "plenary", "regional_review", "hlpf", "report_deadline"]


class Outcome(BaseModel):
    """What came out of a milestone, in words and as a document, and of which region or group."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "text": "States agreed to report every two years, and to name a focal point each.",
                    "document": "https://documents.example/outcome",
                    "region": "african",
                }
            ]
        },
    )

    text: Annotated[Text, Field(min_length=1, max_length=20_000)]
    document: Address | None = None
    region: Annotated[str, AfterValidator(known)] | None = Field(
        default=None, description="Code of a region or group; that of the milestone, if none is named"
    )


class OutcomeOut(Outcome):
    """A version of it: corrections are new versions, and all stay."""

    version: int
    at: datetime = Field(description="Business time, UTC")


class OutcomePage(BaseModel):
    items: list[OutcomeOut]
    next: str | None


class MilestoneOut(BaseModel):
    """A dated event of a review cycle. Its ETag is its revision. Days are those of its seat."""

    code: str = Field(examples=["plenary-2024"])
    cycle: str
    kind: Kind
    name: str = Field(description="In English")
    names: dict[str, str] = Field(description="By UN language")
    starts: PartialDate
    ends: PartialDate | None
    seat: str | None
    time_zone: str = Field(description="IANA name, of the seat")
    tentative: bool
    reminders: bool = Field(description="Whether entities are invited to report before it")
    group: str | None = Field(description="The country group or regional commission that meets")
    document: str | None
    outcome: OutcomeOut | None = None
    revision: int


class CycleOut(BaseModel):
    """A stretch of reporting with its milestones, in order of their days."""

    code: str
    names: dict[str, str]
    opens_at: datetime = Field(description="Reports count from here on, business time, UTC")
    forum: str = Field(description="Code of its International Migration Review Forum")
    plenary: str | None = Field(description="Code of its General Assembly plenary")
    milestones: list[MilestoneOut]


class Reviews(BaseModel):
    items: list[CycleOut]
    next: None = Field(default=None, description="All cycles are on one page")


class Move(BaseModel):
    """When and where a milestone takes place, and why that is changed. Send all fields."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "starts": "2024-12-05",
                    "seat": "New York",
                    "time_zone": "America/New_York",
                    "reason": "Confirmed by the Office of the President of the General Assembly",
                }
            ]
        },
    )

    starts: PartialDate
    ends: PartialDate | None = None
    seat: Line | None = None
    time_zone: TimeZone
    tentative: bool = False
    reason: Annotated[Text, Field(min_length=1, max_length=2000)]

    @field_validator("ends")
    @classmethod
    def _in_order(cls, ends: PartialDate | None, others: ValidationInfo) -> PartialDate | None:
        starts = others.data.get("starts")
        if ends and starts and ends.ends_before(starts):
            raise ValueError(f"is {ends}, before it starts ({starts}); exchange or correct the dates")
        return ends


class NewMilestone(Move):
    """A milestone that the reference data does not have."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "code": "africa-dialogue-2025",
                    "cycle": "2026",
                    "kind": "regional_review",
                    "names": {"en": "Dialogue of the African States, 2025"},
                    "starts": "2025-09",
                    "time_zone": "Africa/Addis_Ababa",
                    "tentative": True,
                    "group": "african",
                    "reason": "The African States meet before the Forum.",
                }
            ]
        },
    )

    code: Annotated[str, Field(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    cycle: Annotated[Line, Field(max_length=60)]
    kind: Kind
    names: dict[Literal["ar", "zh", "en", "fr", "ru", "es"], Annotated[Line, Field(min_length=1)]]
    reminders: bool = Field(default=False, description="Whether entities are invited to report before it")
    group: Annotated[str, AfterValidator(known)] | None = None
    document: Address | None = None

    @field_validator("names")
    @classmethod
    def _in_english_too(cls, names: dict[str, str]) -> dict[str, str]:
        if "en" not in names:
            raise ValueError("has no name in English; add one")
        return names


class Figures(BaseModel):
    """What a milestone counts, at this moment or as it would be."""

    counts_until: datetime = Field(description="Pledges first published before this are counted. Business time, UTC")
    denominator: int
    reported: int
    silent: int


class MovePreview(BaseModel):
    """What a move would do, before it is done. Refused as the move itself would be."""

    fields: list[str] = Field(description="What would be different; empty: nothing would be written")
    now: Figures
    then: Figures
    may_be_invited: int = Field(description="Pledges of the cycle, not closed, that nobody has reported on yet")
    says: str


class MilestoneStep(BaseModel):
    """One change of a milestone: by role, never by person."""

    revision: int
    action: Literal["added", "changed"]
    at: datetime = Field(description="Business time, UTC")
    by: str
    reason: str
    fields: list[str]
    before: dict[str, Any] = Field(description="What these fields were before")


class MilestoneSteps(BaseModel):
    items: list[MilestoneStep]
    next: str | None


PresentationState = Literal["asked", "granted", "withdrawn"]


class Wish(BaseModel):
    """To present a pledge at a milestone. It is voluntary, and can be withdrawn at any time."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"pledge_id": "01922f00-0000-7000-8000-000000000001", "language": "fr"}]},
    )

    pledge_id: UUID
    language: Literal["ar", "zh", "en", "fr", "ru", "es"] = Field(description="In which it will be presented")


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


class CountedPledge(BaseModel):
    """A pledge that the milestone counts."""

    pledge_id: UUID
    title: str
    entity: EntityRef
    origin: Literal["submitted", "public_statement"]
    reported: bool
    voice: Voice = Field(description="silent: nobody has reported since the cycle opened, which is no failure")
    status: str | None = Field(description="What the last report said; null without a report")
    last_reported_at: datetime | None


class ReviewPledges(BaseModel):
    """One page, newest first, with the figures of the whole milestone."""

    review: MilestoneOut
    rule: str = Field(description="Which pledges are counted, in words")
    denominator: int
    reported: int
    silent: int
    items: list[CountedPledge]
    next: str | None
