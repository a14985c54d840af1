"""Review cycles and milestones. Days are those of a milestone's seat, as precise as they are known."""

from datetime import datetime
from typing import Any
from uuid import UUID

from shared.client.models.base import Page, Received, Sent
from shared.client.models.entities import EntityRef


class Outcome(Sent):
    text: str
    document: str | None = None
    region: str | None = None


class OutcomeOut(Received):
    text: str
    document: str | None = None
    region: str | None = None
    version: int
    at: datetime


class Milestone(Received):
    code: str
    cycle: str
    kind: str
    name: str
    names: dict[str, str]
    starts: str
    ends: str | None
    seat: str | None
    time_zone: str
    tentative: bool
    cancelled: bool = False
    reminders: bool
    group: str | None
    document: str | None
    outcome: OutcomeOut | None = None
    revision: int


class Added(Received):
    at: datetime
    by: str
    reason: str


class Cycle(Received):
    code: str
    names: dict[str, str]
    opens_at: datetime
    forum: str
    plenary: str | None
    milestones: list[Milestone]
    added: Added | None = None


class Move(Sent):
    starts: str
    ends: str | None = None
    seat: str | None = None
    time_zone: str
    tentative: bool = False
    cancelled: bool = False
    reason: str


class MilestoneOfCycle(Sent):
    code: str
    kind: str
    names: dict[str, str]
    starts: str
    ends: str | None = None
    seat: str | None = None
    time_zone: str
    tentative: bool = False
    reminders: bool = False
    group: str | None = None
    document: str | None = None


class NewMilestone(MilestoneOfCycle):
    cycle: str
    reason: str


class NewCycle(Sent):
    code: str
    names: dict[str, str]
    opens: str
    time_zone: str
    milestones: list[MilestoneOfCycle]
    reason: str


class Figures(Received):
    counts_until: datetime
    denominator: int
    reported: int
    silent: int


class MovePreview(Received):
    fields: list[str]
    now: Figures
    then: Figures
    may_be_invited: int
    says: str


class MilestoneStep(Received):
    revision: int
    action: str
    at: datetime
    by: str
    reason: str
    fields: list[str]
    before: dict[str, Any]


class Wish(Sent):
    pledge_id: UUID
    language: str


class Presentation(Received):
    presentation_id: UUID
    milestone: str
    pledge_id: UUID
    title: str
    entity: EntityRef
    language: str
    state: str
    asked_at: datetime
    changed_at: datetime
    revision: int


class CountedPledge(Received):
    pledge_id: UUID
    title: str
    entity: EntityRef
    origin: str
    reported: bool
    voice: str
    status: str | None
    last_reported_at: datetime | None


class ReviewPledges(Page[CountedPledge]):
    """One page, newest first, with the figures of the whole milestone."""

    review: Milestone
    rule: str
    denominator: int
    reported: int
    silent: int
