"""Pledges: the public topic `gcm.pledges` and the internal `gcm.pledges.workflow`."""

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.events.common import Change, EntityRef, Sequence
from shared.events.envelope import Data
from shared.reference.dates import PartialDate


class Target(Data):
    """What is to be reached (¶48 for the disaggregation)."""

    what: str
    unit: str | None = None
    baseline: Decimal | None = None
    comparator: Literal["at_least", "exactly", "at_most", "about"] | None = None
    value: Decimal | None = None
    value_text: str | None = Field(
        default=None, description="The value as the entity put it, where it is no plain number"
    )
    by: PartialDate | None = None
    disaggregated_by: list[str] = Field(default_factory=list)


class Period(Data):
    start: PartialDate | None = None
    end: PartialDate | None = None


class Source(Data):
    """Where a public statement was found."""

    title: str
    url: str | None = None


class Translation(Data):
    """The same pledge in another language."""

    language: str
    title: str
    description: str = ""


class Place(Data):
    """Where it is carried out."""

    country: str | None = Field(default=None, description="ISO 3166 alpha-3")
    name: str | None = None


class Plan(Data):
    """A national implementation plan of the Compact (¶17, 69)."""

    title: str
    url: str | None = None


Bound = Literal["exactly", "up_to", "at_least", "about"]


class Money(Data):
    """Money as the entity puts it (`said`), as a number, or both."""

    said: str | None = None
    amount: Decimal | None = None
    currency: str | None = Field(default=None, description="ISO 4217")
    bound: Bound = "exactly"


class Sum(Data):
    """Money that was added up."""

    amount: Decimal
    currency: str = Field(description="ISO 4217")
    bound: Bound = "exactly"


class ExternalId(Data):
    """What the pledge is called in another system."""

    system: str
    id: str
    url: str | None = None


class Attached(Data):
    """The file that belongs to the pledge; its content is asked of the API."""

    attachment_id: UUID
    name: str
    media_type: str
    size: int = Field(description="Bytes")
    sha256: str


class SignOff(Data):
    """What a partner says of the pledge."""

    entity: EntityRef
    answer: Literal["awaited", "signed_off", "dissented"]
    reason: str = ""
    at: datetime | None = Field(default=None, description="Business time, UTC")


class Stuck(Data):
    """A report that says its entity cannot go on alone."""

    number: int = Field(ge=1, description="Of the report")
    partner: str | None = Field(default=None, description="The entity that reported; null: the pledge's own")
    summary: str = ""
    barriers: list[str] = Field(default_factory=list, description="¶22")


class Progress(Data):
    """What the entity reported last. Silence is no status: a pledge without reports has none."""

    status: str | None = None
    last_reported_at: datetime | None = Field(default=None, description="Business time, UTC")
    reports: int = 0
    paid: list[Sum] = Field(default_factory=list, description="Of the money pledged, as reported")
    evidence: Literal["reported", "evidenced", "confirmed"] | None = Field(
        default=None, description="The entity's word, with a link or file, or checked by staff at the entity's request"
    )
    stuck: Stuck | None = Field(default=None, description="If the report that stands says so")


class PledgeSnapshot(Data):
    """Everything public of one pledge."""

    pledge_id: UUID
    sequence: int = Sequence
    version: int = Field(ge=1, description="Counts what was published")
    state: Literal["published", "closed"]
    closed_reason: Literal["fulfilled", "partly_fulfilled", "ended", "withdrawn", "superseded"] | None = None
    superseded_by: UUID | None = Field(default=None, description="The pledge that took its place")
    merged: bool = Field(default=False, description="Superseded because both are the same pledge: counts nowhere")
    entity: EntityRef
    kind: Literal["individual", "common", "in_partnership", "matching"]
    matches: UUID | None = Field(default=None, description="The pledge that a matching pledge points at")
    title: str
    description: str
    language: str
    objectives: list[str]
    main_objectives: list[str]
    principles: list[str]
    forms: list[str]
    targets: list[Target]
    period: Period
    review_cycle: str | None = Field(description="The cycle in whose context it was made (¶77)")
    partners: list[str] = Field(description="Names of those who pledge or act with the entity")
    translations: list[Translation] = Field(default_factory=list)
    commitments: list[str] = Field(default_factory=list, description="Of ¶51–77")
    levels: list[Literal["local", "national", "regional", "international"]] = Field(default_factory=list)
    places: list[Place] = Field(default_factory=list)
    partner_entities: list[str] = Field(default_factory=list, description="Partners that are entities")
    sign_offs: list[SignOff] = Field(default_factory=list, description="What those partners say of this version")
    national_plan: Plan | None = None
    sdg_targets: list[str] = Field(default_factory=list)
    frameworks: list[str] = Field(default_factory=list, description="¶74")
    money: list[Money] = Field(default_factory=list)
    pledged: list[Sum] = Field(default_factory=list, description="What of the money could be added up")
    external_ids: list[ExternalId] = Field(default_factory=list)
    attachment: UUID | None = None
    attached: Attached | None = None
    proxy: EntityRef | None = Field(default=None, description="Who filed it in the entity's name")
    origin: Literal["submitted", "public_statement"]
    sources: list[Source]
    progress: Progress
    published_at: datetime = Field(description="When this version was published, business time, UTC")
    first_published_at: datetime


class PledgeEvent(Data):
    pledge: PledgeSnapshot
    change: Change


class PledgeStep(Data):
    """A step before publication: ids and states only."""

    pledge_id: UUID
    entity_id: str
    state: Literal["submitted", "changes_requested"]
    revision: int
    fields: list[str] = Field(default_factory=list, description="Names of the fields that staff ask to be changed")
    filed_by: str | None = Field(
        default=None, description="The entity that submitted it in the other's name; null: the entity itself"
    )


class SignOffAsked(Data):
    """A partner's answer is awaited from now on. A new version awaits the answers anew."""

    pledge_id: UUID
    entity_id: str = Field(description="Whose answer is awaited")
    version: int = Field(ge=1, description="Of the pledge, that is public now")
    update: int | None = Field(default=None, description="The number of the report; null: the pledge itself")


class EvidenceDeclined(Data):
    """Staff do not confirm a report's evidence. Why, they tell the pledge's entities alone."""

    pledge_id: UUID
    entity_id: str = Field(description="That reported")
    update: int = Field(ge=1, description="The number of the report")
