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


class Progress(Data):
    """What the entity reported last. Silence is no status: a pledge without reports has none."""

    status: str | None = None
    last_reported_at: datetime | None = Field(default=None, description="Business time, UTC")
    reports: int = 0


class PledgeSnapshot(Data):
    """Everything public of one pledge."""

    pledge_id: UUID
    sequence: int = Sequence
    version: int = Field(ge=1, description="Counts what was published")
    state: Literal["published", "closed"]
    closed_reason: Literal["fulfilled", "partly_fulfilled", "ended", "withdrawn", "superseded"] | None = None
    superseded_by: UUID | None = Field(default=None, description="The pledge that took its place")
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
