"""A pledge as the API takes and gives it."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.pledges.entities.schemas import EntityId
from services.pledges.plain import Flag, Whole
from services.pledges.registry.content import EXAMPLE, MOST, Address, Content, Strict, Title
from shared.events.common import EntityRef
from shared.events.pledges import PledgeSnapshot
from shared.web.text import Line, Text

State = Literal["draft", "submitted", "changes_requested", "published", "closed"]
ProxyAnswer = Literal["asked", "accepted", "refused"]
Reason = Literal["fulfilled", "partly_fulfilled", "ended", "withdrawn", "superseded"]


class Saving(Content):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})


class NewPledge(Content):
    """A draft, or with `submit` a submission in one request."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"entity_id": "veridia", **EXAMPLE, "submit": True}]})

    entity_id: EntityId = Field(description="Whose pledge it is", examples=["veridia"])
    proxy_entity_id: EntityId | None = Field(
        default=None, description="For whom you write, if it is not the entity itself: that has to accept the pledge"
    )
    submit: Flag = False


class Source(Strict):
    """Where the statement was found."""

    title: Title
    url: Address | None = None


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


class ProxyAnswering(Strict):
    """What an entity says of a pledge that another one filed in its name."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"answer": "accepted"}]})

    answer: Literal["accepted", "refused"]
    reason: Annotated[Text, Field(max_length=2000)] = Field(default="", description="Needed to refuse; never public")

    @model_validator(mode="after")
    def _refused_with_reason(self) -> Self:
        if self.answer == "refused" and not self.reason.strip():
            raise ValueError("reason is missing; say what is wrong with the pledge")
        return self


class Answering(Strict):
    """What a partner says of a pledge, or of a report on it; it may be changed later."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"answer": "signed_off"}]})

    answer: Literal["signed_off", "dissented"]
    reason: Annotated[Text, Field(max_length=2000)] = Field(default="", description="Needed to dissent; public")
    version: Whole | None = Field(
        default=None, ge=1, le=1_000_000, description="Which version you have read; refused when a newer one is public"
    )
    entity_id: EntityId | None = Field(
        default=None, description="For which entity you answer; needed if you act for several of the pledge's"
    )

    @model_validator(mode="after")
    def _dissented_with_reason(self) -> Self:
        if self.answer == "dissented" and not self.reason.strip():
            raise ValueError("reason is missing; say from what you dissent")
        return self


class Answered(BaseModel):
    """One answer of a partner, in the history of them all."""

    entity: EntityRef
    version: int = Field(description="Of the pledge, that was public then")
    update: int | None = Field(description="The number of the report that was answered; null: the pledge itself")
    answer: Literal["signed_off", "dissented"]
    reason: str
    at: datetime = Field(description="Business time, UTC")


class AnsweredPage(BaseModel):
    items: list[Answered]
    next: str | None


class Awaited(BaseModel):
    """What awaits an answer: a pledge, or a report on it."""

    pledge_id: UUID
    version: int
    update: int | None = Field(description="The number of the report; null: the pledge itself")
    title: str
    entity: EntityRef = Field(description="Whose pledge it is")
    partner_id: str = Field(description="Whose answer is awaited")


class AwaitedPage(BaseModel):
    items: list[Awaited]
    next: str | None


class Step(BaseModel):
    """One step of the exchange before publication, for the entity and staff."""

    revision: int
    action: str
    state: State
    at: datetime
    by: str
    fields: list[str]
    asked: list[WantedChange] = []
    reason: str = ""


class FiledBy(BaseModel):
    """Who filed it in the entity's name, and whether the entity has accepted that."""

    entity_id: str
    answer: ProxyAnswer


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
    proxy: FiledBy | None = None
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
    proxy: FiledBy | None = None


class WorkPage(BaseModel):
    items: list[WorkItem]
    next: str | None


class Support(BaseModel):
    """What the public may know of a request for support (¶73)."""

    request_id: UUID
    status: Literal["requested", "matched", "delivered"]


class PublicView(PledgeSnapshot):
    support: list[Support]


class PublicStep(BaseModel):
    sequence: int
    version: int
    action: Literal["published", "amended", "reported", "closed", "merged", "unmerged", "signed_off", "confirmed"]
    at: datetime
    by: str = Field(description="The role, never the person")
    fields: list[str]


class PublicSteps(BaseModel):
    items: list[PublicStep]
    next: str | None
