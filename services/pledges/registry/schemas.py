"""A pledge as the API takes and gives it."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.pledges.entities.schemas import EntityId
from services.pledges.registry.content import EXAMPLE, MOST, Address, Content, Kind, Strict, Title
from shared.events.common import EntityRef
from shared.events.pledges import PledgeSnapshot
from shared.web.text import Line, Text

State = Literal["draft", "submitted", "changes_requested", "published", "closed"]
Reason = Literal["fulfilled", "partly_fulfilled", "ended", "withdrawn", "superseded"]


class Saving(Content):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})


class NewPledge(Content):
    """A draft, or with `submit` a submission in one request."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"entity_id": "veridia", **EXAMPLE, "submit": True}]})

    entity_id: EntityId = Field(description="For whom you write", examples=["veridia"])
    submit: bool = False


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
    action: Literal["published", "amended", "reported", "closed", "merged", "unmerged"]
    at: datetime
    by: str = Field(description="The role, never the person")
    fields: list[str]


class PublicSteps(BaseModel):
    items: list[PublicStep]
    next: str | None
