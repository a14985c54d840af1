"""Progress updates as the API takes and gives them (¶77: voluntary; ¶22: barriers)."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from services.pledges.registry.content import MOST, Number, Strict
from shared.events.common import EntityRef
from shared.reference import catalogue
from shared.web.text import Line, Text

Status = Literal["planning", "in_progress", "delayed", "stalled", "fulfilled", "discontinued"]
LONGEST = 20_000
LONGEST_TOKEN = 2_000
MOST_REPORTS = 2**31 - 1


def _known(code: str) -> str:
    catalogue.barrier(code)  # raises ValueError with suggestions
    return code


class Reached(Strict):
    """Where a target stands: `target` repeats the target's `what`."""

    target: Line
    value: Number | None = None
    value_text: Line | None = Field(default=None, description="The value as you put it, where it is no plain number")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.value is None and self.value_text is None:
            raise ValueError("has neither value nor value_text; give one of them")
        return self


EXAMPLE: dict[str, Any] = {
    "status": "in_progress",
    "summary": "Seven posts issue documents now; the other five are being equipped.",
    "values": [{"target": "Consular posts that issue identity documents", "value": 7}],
    "barriers": ["resources"],
}


class Report(Strict):
    """A dated statement of the entity on its pledge. What was wrong is corrected by another one."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    status: Status | None = Field(default=None, description="Needed, unless nothing has changed since the last report")
    summary: Annotated[Text, Field(max_length=LONGEST)] = ""
    values: list[Reached] = Field(default=[], max_length=MOST)
    barriers: list[Annotated[str, AfterValidator(_known)]] = Field(default=[], max_length=MOST)
    no_change: bool = Field(default=False, description="Confirms the last report; the other fields stay empty")
    confirms: int | None = Field(
        default=None,
        ge=0,
        le=MOST_REPORTS,
        description="With no_change: the number of the report that it confirms; refused when a newer one has come",
    )

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        said = bool(self.status or self.summary or self.values or self.barriers)
        if self.no_change and said:
            raise ValueError("no_change stands alone; leave out the other fields, or set it to false")
        if not self.no_change and self.confirms is not None:
            raise ValueError("confirms goes with no_change; leave it out, or set no_change to true")
        if not self.no_change and self.status is None:
            raise ValueError("status is missing; say how it goes, or set no_change to true")
        return self


class Update(BaseModel):
    """A report as it stands: numbered by pledge, by the entity and never by person."""

    pledge_id: UUID
    number: int
    status: Status
    no_change: bool
    summary: str
    values: list[Reached]
    barriers: list[str]
    reported_at: datetime = Field(description="Business time, UTC")


class LinkToken(Strict):
    """What stands in the address of an action link."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"token": "gAAAAABn…"}]})

    token: Text = Field(max_length=LONGEST_TOKEN, repr=False)


class LinkUse(LinkToken):
    """A report by an action link."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"token": "gAAAAABn…", "report": {"no_change": True}}]})

    report: Report


LinkState = Literal["open", "used", "expired", "pledge_closed", "membership_ended"]


class LinkShown(BaseModel):
    """An action link as it stands now. All that it shows of the pledge is public."""

    state: LinkState
    until: datetime = Field(description="System time, UTC")
    pledge_id: UUID
    title: str
    entity: EntityRef
    last: Update | None = Field(description="The last report, which `no_change` would confirm; null: there is none")
    recorded: Update | None = Field(description="What this link has recorded")


class UpdatePage(BaseModel):
    items: list[Update]
    next: str | None
