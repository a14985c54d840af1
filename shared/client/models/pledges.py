"""Pledges and reports. Dates of targets and periods are as precise as known: "2026", "2026-06", "2026-06-30"."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.client.models.base import Received, Sent
from shared.client.models.entities import EntityRef


class _Kept(BaseModel):
    """Content is read, changed and sent back whole, so fields that this client does not know are kept in it."""

    model_config = ConfigDict(extra="allow")


class Target(_Kept):
    what: str
    unit: str | None = None
    baseline: Decimal | None = None
    comparator: str | None = None
    value: Decimal | None = None
    value_text: str | None = None
    by: str | None = None
    disaggregated_by: list[str] = Field(default_factory=list)


class Period(_Kept):
    start: str | None = None
    end: str | None = None


class Translation(_Kept):
    language: str
    title: str
    description: str = ""


class Place(_Kept):
    country: str | None = None
    name: str | None = None


class Plan(_Kept):
    title: str
    url: str | None = None


class Money(_Kept):
    said: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    bound: str = "exactly"


class ExternalId(_Kept):
    system: str
    id: str
    url: str | None = None


class Content(_Kept):
    title: str
    kind: str = "individual"
    matches: UUID | None = None
    description: str = ""
    language: str = "en"
    main_objectives: list[str] = Field(default_factory=list)
    objectives: list[str] = Field(default_factory=list)
    principles: list[str] = Field(default_factory=list)
    forms: list[str] = Field(default_factory=list)
    targets: list[Target] = Field(default_factory=list)
    period: Period = Period()
    review_cycle: str | None = None
    partners: list[str] = Field(default_factory=list)
    translations: list[Translation] = Field(default_factory=list)
    commitments: list[str] = Field(default_factory=list)
    levels: list[str] = Field(default_factory=list)
    places: list[Place] = Field(default_factory=list)
    partner_entities: list[str] = Field(default_factory=list)
    national_plan: Plan | None = None
    sdg_targets: list[str] = Field(default_factory=list)
    frameworks: list[str] = Field(default_factory=list)
    money: list[Money] = Field(default_factory=list)
    external_ids: list[ExternalId] = Field(default_factory=list)
    attachment: UUID | None = None


class Saving(Content):
    """The whole content: `Saving(**copy.content.model_dump() | {"title": "…"})`."""


class NewPledge(Content):
    entity_id: str
    proxy_entity_id: str | None = None
    submit: bool = False


class Source(Sent):
    title: str
    url: str | None = None


class Statement(Content):
    entity_id: str
    sources: list[Source]


class WantedChange(Sent):
    field: str
    says: str


class ChangeRequest(Sent):
    fields: list[WantedChange]


class Closing(Sent):
    reason: str
    superseded_by: UUID | None = None


class Step(Received):
    revision: int
    action: str
    state: str
    at: datetime
    by: str
    fields: list[str]
    asked: list[WantedChange] = Field(default_factory=list)
    reason: str = ""


class FiledBy(Received):
    entity_id: str
    answer: str


class ProxyAnswering(Sent):
    answer: str
    reason: str = ""


class WorkingCopy(Received):
    pledge_id: UUID
    entity: EntityRef
    revision: int
    state: str
    version: int
    content: Content
    created_at: datetime
    updated_at: datetime
    proxy: FiledBy | None = None
    steps: list[Step] = Field(default_factory=list, description="Newest first")

    @property
    def asked(self) -> list[WantedChange]:
        """What staff want to see changed; nothing once it is submitted again."""
        steps = self.steps if self.state == "changes_requested" else []
        return next((step.asked for step in steps if step.action == "changes_requested"), [])


class WorkItem(Received):
    pledge_id: UUID
    entity_id: str
    entity_name: str = ""
    title: str
    state: str
    revision: int
    version: int
    updated_at: datetime
    review_cycle: str | None = None
    status: str | None = None
    last_reported_at: datetime | None = None
    proxy: FiledBy | None = None


class SupportStatus(Received):
    request_id: UUID
    status: str


class Sum(Received):
    amount: Decimal
    currency: str
    bound: str = "exactly"


class Attached(Received):
    attachment_id: UUID
    name: str
    media_type: str
    size: int
    sha256: str


class SignOff(Received):
    entity: EntityRef
    answer: str
    reason: str = ""
    at: datetime | None = None


class Stuck(Received):
    """A report that says its entity cannot go on alone. `partner`: None, the pledge's own entity reported it."""

    number: int
    partner: str | None = None
    summary: str = ""
    barriers: list[str] = Field(default_factory=list)


class Progress(Received):
    status: str | None = None
    last_reported_at: datetime | None = None
    reports: int = 0
    paid: list[Sum] = Field(default_factory=list)
    evidence: str | None = None
    stuck: Stuck | None = None


class Snapshot(Received):
    pledge_id: UUID
    sequence: int
    version: int
    state: str
    closed_reason: str | None = None
    superseded_by: UUID | None = None
    entity: EntityRef
    kind: str
    matches: UUID | None = None
    title: str
    description: str
    language: str
    objectives: list[str]
    main_objectives: list[str]
    principles: list[str]
    forms: list[str]
    targets: list[Target]
    period: Period
    review_cycle: str | None
    partners: list[str]
    translations: list[Translation] = Field(default_factory=list)
    commitments: list[str] = Field(default_factory=list)
    levels: list[str] = Field(default_factory=list)
    places: list[Place] = Field(default_factory=list)
    partner_entities: list[str] = Field(default_factory=list)
    national_plan: Plan | None = None
    sdg_targets: list[str] = Field(default_factory=list)
    frameworks: list[str] = Field(default_factory=list)
    money: list[Money] = Field(default_factory=list)
    external_ids: list[ExternalId] = Field(default_factory=list)
    attachment: UUID | None = None
    sign_offs: list[SignOff] = Field(default_factory=list)
    pledged: list[Sum] = Field(default_factory=list)
    attached: Attached | None = None
    proxy: EntityRef | None = None
    merged: bool = False
    origin: str
    sources: list[Source]
    progress: Progress
    published_at: datetime
    first_published_at: datetime


class PublicView(Snapshot):
    support: list[SupportStatus]


class PublicItem(Received):
    pledge_id: UUID
    entity_id: str
    entity: EntityRef
    origin: str
    title: str
    kind: str
    state: str
    version: int
    objectives: list[str]
    review_cycle: str | None
    first_published_at: datetime
    status: str | None
    last_reported_at: datetime | None


class PublicStep(Received):
    sequence: int
    version: int
    action: str
    at: datetime
    by: str
    fields: list[str]
