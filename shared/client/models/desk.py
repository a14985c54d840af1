"""The desk of the Network's staff: queues, cases, officers, saved replies, merges, work items."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from shared.client.models.base import Received, Sent


class Filters(Sent):
    """Cases that have one of the values in each field that is given."""

    kind: list[str] = Field(default_factory=list)
    stage: list[str] = Field(default_factory=list)
    region: list[str] = Field(default_factory=list)
    type: list[str] = Field(default_factory=list)
    language: list[str] = Field(default_factory=list)
    objective: list[str] = Field(default_factory=list)
    entity: list[str] = Field(default_factory=list)
    officer: list[str] = Field(default_factory=list)
    priority: list[str] = Field(default_factory=list)
    due: str | None = None
    which: str = "open"
    text: str | None = None


class CaseLine(Received):
    """A case as a queue shows it: a request, or a work item."""

    case_id: UUID
    kind: str
    stage: str
    is_open: bool
    title: str | None
    excerpt: str
    facts: dict[str, Any]
    entity_id: str | None
    entity_name: str | None
    pledge_id: UUID | None
    region: str | None
    type: str | None
    language: str | None
    objectives: list[str]
    officer: str | None
    priority: str
    priority_reason: str | None
    due_at: datetime | None
    clock: str | None
    revision: int
    opened_at: datetime
    changed_at: datetime


class Here(Received):
    """An officer who has the case open."""

    person_id: str
    since: datetime


class Case(CaseLine):
    others_here: list[Here]


class Others(Received):
    others_here: list[Here]
    beat_within: int


class Place(Received):
    position: str


class CaseStep(Received):
    revision: int
    act: str
    officer: str | None
    priority: str
    reason: str | None
    facts: dict[str, Any]
    by: str
    person: str | None
    at: datetime


class Assignment(Sent):
    officer: str
    reason: str | None = None


class Because(Sent):
    reason: str


class Prioritised(Sent):
    priority: str
    reason: str


class Picked(Sent):
    case_id: UUID
    revision: int


class BulkAssignment(Sent):
    officer: str
    cases: list[Picked]
    reason: str | None = None


class Assigned(Received):
    case_id: UUID
    outcome: str
    revision: int | None


class BulkAssigned(Received):
    assigned: int
    items: list[Assigned]


class BulkUndo(Sent):
    cases: list[Picked]


class Undone(Received):
    case_id: UUID
    outcome: str
    revision: int | None


class BulkUndone(Received):
    undone: int
    items: list[Undone]


class OfficerFields(Sent):
    duty_station: str | None = None
    regions: list[str] = Field(default_factory=list)
    languages: list[str] = Field(default_factory=list)
    objectives: list[str] = Field(default_factory=list)
    away: bool = False


class Officer(Received):
    person_id: str
    duty_station: str | None = None
    regions: list[str] = Field(default_factory=list)
    languages: list[str] = Field(default_factory=list)
    objectives: list[str] = Field(default_factory=list)
    away: bool = False
    open_cases: int
    revision: int


class Left(Received):
    person_id: str
    handed_back: int


class QueueFields(Sent):
    name: str
    filters: Filters = Field(default_factory=Filters)
    order: str = "due"


class Queue(Received):
    queue: str
    name: str | None
    filters: Filters
    order: str
    revision: int | None


class CountedQueue(Queue):
    count: int
    more: bool


class ReplyFields(Sent):
    name: str
    texts: dict[str, str]


class SavedReply(Received):
    reply_id: UUID
    name: str
    texts: dict[str, str]
    retired: bool
    revision: int


class FilledReply(Received):
    language: str
    text: str
    missing: list[str]


class WhyAlike(Received):
    code: str
    parameters: dict[str, Any]
    says: str


class Candidate(Received):
    """A request that may be the same one."""

    request_id: UUID
    state: str
    type: str
    language: str
    pledge_id: UUID
    excerpt: str
    sent_at: datetime
    score: int
    reasons: list[WhyAlike]


class MergePreview(Received):
    possible: bool
    problem: str | None
    merged: Candidate
    into: Candidate
    clocks: list[str]
    comes_along: list[UUID]


class Merging(Sent):
    into: UUID
    reason: str


class MergedRequest(Received):
    request_id: UUID
    into: UUID
    reason: str
    state_before: str
    merged_at: datetime


class Cause(Received):
    facts: dict[str, Any]
    at: datetime


class WorkItem(Received):
    item_id: UUID
    kind: str
    entity_id: str | None
    causes: list[Cause]
    raised_at: datetime
