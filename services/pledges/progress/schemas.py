"""Progress updates as the API takes and gives them (¶77: voluntary; ¶22: barriers)."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from services.pledges.entities.schemas import EntityId
from services.pledges.plain import Flag, Whole
from services.pledges.progress.comparison import Obstacle
from services.pledges.registry.content import MOST, Address, Money, Number, Strict
from shared.events.common import EntityRef
from shared.events.pledges import SignOff
from shared.reference import catalogue
from shared.web.text import Line, Text

Status = Literal["planning", "in_progress", "delayed", "stalled", "fulfilled", "discontinued"]
Level = Literal["reported", "evidenced", "confirmed"]
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
    unit: Line | None = Field(default=None, description="Of the value, if it is not the target's")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.value is None and self.value_text is None:
            raise ValueError("has neither value nor value_text; give one of them")
        return self


class Measured(Reached):
    """A value with the share of the way from baseline to target as they were then, or why there is none."""

    share: Decimal | None = Field(default=None, ge=0, le=1, description="From 0 to 1, rounded down")
    not_comparable: Obstacle | None = None


class Evidence(Strict):
    """Where others can see what a report says: a link, or a file of the pledge, which gets public with the report."""

    url: Address | None = None
    file: UUID | None = Field(default=None, description="Uploaded before: POST /pledges/{pledge_id}/attachments")
    title: Line | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.url is None) == (self.file is None):
            raise ValueError("has neither url nor file, or both; give one of them")
        return self


EXAMPLE: dict[str, Any] = {
    "status": "in_progress",
    "summary": "Seven posts issue documents now; the other five are being equipped.",
    "values": [{"target": "Consular posts that issue identity documents", "value": 7}],
    "barriers": ["resources"],
    "paid": [{"said": "1.1 million euros so far", "amount": 1100000, "currency": "EUR"}],
    "evidence": [{"url": "https://mfa.veridia.example/consular-posts", "title": "The posts and what they issue"}],
    "ask_confirmation": True,
}


class Report(Strict):
    """A dated statement of the entity on its pledge. What was wrong is corrected by another one."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    status: Status | None = Field(default=None, description="Needed, unless nothing has changed since the last report")
    summary: Annotated[Text, Field(max_length=LONGEST)] = ""
    values: list[Reached] = Field(default=[], max_length=MOST)
    barriers: list[Annotated[str, AfterValidator(_known)]] = Field(default=[], max_length=MOST)
    stuck: Flag = Field(default=False, description="You cannot go on alone; to ask for help is a request of its own")
    paid: list[Money] = Field(default=[], max_length=MOST, description="Of the money pledged: all that is paid so far")
    evidence: list[Evidence] = Field(default=[], max_length=MOST)
    ask_confirmation: Flag = Field(default=False, description="Asks the Network's staff to check the evidence")
    corrects: Whole | None = Field(
        default=None, ge=1, le=MOST_REPORTS, description="The number of the report that this one replaces"
    )
    entity_id: EntityId | None = Field(
        default=None, description="For which of the pledge's entities you report; needed if you act for several"
    )
    no_change: Flag = Field(default=False, description="Confirms the last report; the other fields stay empty")
    confirms: Whole | None = Field(
        default=None,
        ge=0,
        le=MOST_REPORTS,
        description="With no_change: the number of the report that it confirms; refused when a newer one has come",
    )

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if self.no_change and self._says_anything():
            raise ValueError("no_change stands alone; leave out the other fields, or set it to false")
        if not self.no_change and self.confirms is not None:
            raise ValueError("confirms goes with no_change; leave it out, or set no_change to true")
        if not self.no_change and self.status is None:
            raise ValueError("status is missing; say how it goes, or set no_change to true")
        if self.ask_confirmation and not self.evidence:
            raise ValueError("ask_confirmation needs evidence that can be checked; add a link, or set it to false")
        return self

    def _says_anything(self) -> bool:
        return any(
            getattr(self, name) for name in Report.model_fields if name not in {"no_change", "confirms", "entity_id"}
        )


class Update(BaseModel):
    """A report as it stands: numbered by pledge, by the entity and never by person."""

    pledge_id: UUID
    number: int
    reporter: EntityRef | None = Field(default=None, description="The partner that reported; null: the pledge's entity")
    status: Status
    no_change: bool
    summary: str
    values: list[Measured]
    barriers: list[str]
    stuck: bool = False
    paid: list[Money] = []
    evidence: list[Evidence] = []
    level: Level = Field(default="reported", description="The entity's word, with evidence, or checked by staff")
    corrects: int | None = Field(default=None, description="The number of the report that this one replaces")
    corrected_by: int | None = Field(default=None, description="The number of the report that replaces this one")
    sign_offs: list[SignOff] = Field(default=[], description="What the pledge's other entities say of it")
    reported_at: datetime = Field(description="Business time, UTC")


class Check(Strict):
    """What staff found when they checked the evidence of a report. A confirmation may be taken back: declined."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"answer": "confirmed"}]})

    answer: Literal["confirmed", "declined"]
    reason: Annotated[Text, Field(max_length=2000)] = Field(
        default="", description="For its entity, never public; needed to decline"
    )

    @model_validator(mode="after")
    def _declined_with_reason(self) -> Self:
        if self.answer == "declined" and not self.reason.strip():
            raise ValueError("reason is missing; say what the evidence does not show")
        return self


class Checked(BaseModel):
    """How the check of a report's evidence stands, for its entities and staff."""

    pledge_id: UUID
    number: int
    answer: Literal["asked", "confirmed", "declined"]
    reason: str = ""
    at: datetime | None = Field(default=None, description="Of the answer; business time, UTC")


class CheckAsked(BaseModel):
    """A report whose evidence waits for staff."""

    pledge_id: UUID
    number: int
    title: str
    entity: EntityRef
    reported_at: datetime = Field(description="Business time, UTC")


class CheckPage(BaseModel):
    items: list[CheckAsked]
    next: str | None


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
    entity: EntityRef = Field(description="In whose name it records")
    owner: EntityRef | None = Field(default=None, description="Whose pledge it is, if that is another one")
    last: Update | None = Field(description="The last report, which `no_change` would confirm; null: there is none")
    recorded: Update | None = Field(description="What this link has recorded")


class UpdatePage(BaseModel):
    items: list[Update]
    next: str | None
