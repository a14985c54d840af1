"""Review cycles, milestones and their counts as the API takes and gives them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from services.pledges.reviews.lifecycle import Voice
from services.pledges.time_zone import TimeZone
from shared.events.common import EntityRef
from shared.reference.dates import PartialDate
from shared.web.text import Line, Text

Kind = Literal["forum", "plenary", "regional_review", "hlpf", "report_deadline"]


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
