"""Review cycles, milestones and their counts as the API takes and gives them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from services.pledges.entities.names import Language
from services.pledges.plain import Flag
from services.pledges.registry.content import CYCLE_CODE, LONGEST_CYCLE, Address
from services.pledges.reviews.lifecycle import Voice
from services.pledges.time_zone import TimeZone
from shared.events.common import EntityRef
from shared.reference.dates import PartialDate
from shared.reference.regions import known
from shared.web.text import Line, Text

Kind = Literal["forum", "plenary", "regional_review", "hlpf", "report_deadline"]
NAMES = "By UN language: English always, of the others those that there are. Who shows English instead should say so"
MOST_MILESTONES = 20  # that come with a new cycle


def _in_english_too(names: dict[str, str]) -> dict[str, str]:
    if "en" not in names:
        raise ValueError("has no name in English; add one")
    return names


Names = Annotated[
    dict[Language, Annotated[Line, Field(min_length=1)]],
    AfterValidator(_in_english_too),
    Field(description=NAMES),
]
Reason = Annotated[Text, Field(min_length=1, max_length=2000)]


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
    names: dict[str, str] = Field(description=NAMES)
    starts: PartialDate
    ends: PartialDate | None
    seat: str | None
    time_zone: str = Field(description="IANA name, of the seat")
    tentative: bool
    cancelled: bool = Field(default=False, description="It does not take place")
    reminders: bool = Field(description="Whether entities are invited to report before it")
    group: str | None = Field(description="The country group or regional commission that meets")
    document: str | None
    outcome: OutcomeOut | None = None
    revision: int


class Added(BaseModel):
    """Who added a cycle that the reference data does not have, by role, and why."""

    at: datetime = Field(description="Business time, UTC")
    by: str
    reason: str


class CycleOut(BaseModel):
    """A stretch of reporting with its milestones, in order of their days."""

    code: str
    names: dict[str, str] = Field(description=NAMES)
    opens_at: datetime = Field(description="Reports count from here on, business time, UTC")
    forum: str = Field(description="Code of its International Migration Review Forum")
    plenary: str | None = Field(description="Code of its General Assembly plenary")
    milestones: list[MilestoneOut]
    added: Added | None = Field(default=None, description="Null: it is one of the reference data")


class Reviews(BaseModel):
    items: list[CycleOut]
    next: None = Field(default=None, description="All cycles are on one page")


class When(BaseModel):
    """When and where a milestone takes place, in days of its seat."""

    model_config = ConfigDict(extra="forbid")

    starts: PartialDate
    ends: PartialDate | None = None
    seat: Line | None = None
    time_zone: TimeZone
    tentative: Flag = False

    @field_validator("ends")
    @classmethod
    def _in_order(cls, ends: PartialDate | None, others: ValidationInfo) -> PartialDate | None:
        starts = others.data.get("starts")
        if ends and starts and ends.ends_before(starts):
            raise ValueError(f"is {ends}, before it starts ({starts}); exchange or correct the dates")
        return ends


class Move(When):
    """When and where a milestone takes place, and why that is changed. Send all fields."""

    model_config = ConfigDict(
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

    cancelled: Flag = Field(default=False, description="It does not take place: nobody is reminded of it any more")
    reason: Reason


class MilestoneOfCycle(When):
    """A milestone that comes with its cycle."""

    code: Annotated[str, Field(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    kind: Kind
    names: Names
    reminders: Flag = Field(default=False, description="Whether entities are invited to report before it")
    group: Annotated[str, AfterValidator(known)] | None = None
    document: Address | None = None


class NewMilestone(MilestoneOfCycle):
    """A milestone that the reference data does not have."""

    model_config = ConfigDict(
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

    cycle: Annotated[Line, Field(max_length=60)]
    reason: Reason


class NewCycle(BaseModel):
    """A review cycle that the reference data does not have, with its forum and what else is known of it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "code": "2030",
                    "names": {"en": "Review cycle of the 2030 Forum", "fr": "Cycle d’examen du Forum de 2030"},
                    "opens": "2026-05-09",
                    "time_zone": "America/New_York",
                    "milestones": [
                        {
                            "code": "imrf-2030",
                            "kind": "forum",
                            "names": {"en": "International Migration Review Forum 2030"},
                            "starts": "2030-05",
                            "seat": "New York",
                            "time_zone": "America/New_York",
                            "tentative": True,
                            "reminders": True,
                        }
                    ],
                    "reason": "States begin to pledge for the third Forum.",
                }
            ]
        },
    )

    code: Annotated[str, Field(pattern=CYCLE_CODE, max_length=LONGEST_CYCLE, description="Begins with a year")]
    names: Names
    opens: PartialDate = Field(description="Reports count from the first day on that this can mean")
    time_zone: TimeZone = Field(description="Of the seat where that day begins")
    milestones: list[MilestoneOfCycle] = Field(
        min_length=1, max_length=MOST_MILESTONES, description="One forum, at most one plenary, and others"
    )
    reason: Reason


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
