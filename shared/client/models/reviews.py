"""Review cycles and milestones. Days are those of a milestone's seat, as precise as they are known."""

from datetime import datetime
from uuid import UUID

from shared.client.models.base import Page, Received, Sent
from shared.client.models.entities import EntityRef


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
    reminders: bool
    group: str | None
    document: str | None
    revision: int


class Cycle(Received):
    code: str
    names: dict[str, str]
    opens_at: datetime
    forum: str
    plenary: str | None
    milestones: list[Milestone]


class Move(Sent):
    starts: str
    ends: str | None = None
    seat: str | None = None
    time_zone: str
    tentative: bool = False
    reason: str


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
