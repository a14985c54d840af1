"""Requests for support."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from shared.client.models.base import Received, Sent
from shared.client.models.clocks import RequestClock


class Edit(Sent):
    pledge_id: UUID
    type: str
    text: str
    language: str


class Opening(Edit):
    entity_id: str


class Said(Sent):
    """Why a step is taken; what is asked, and what is answered."""

    reason: str | None = None


class Confirmation(Sent):
    rating: int | None = None
    comment: str | None = None
    lessons: str | None = None


class Closing(Said):
    lessons: str | None = None


class Refusal(Received):
    """Why a request was refused when its pledge became known."""

    code: str
    problem: str
    remedy: str


class Request(Received):
    request_id: UUID
    entity_id: str
    pledge_id: UUID
    pledge_title: str | None
    type: str
    text: str
    language: str
    state: str
    refusal: Refusal | None
    revision: int
    created_at: datetime
    changed_at: datetime
    sent_at: datetime | None = None
    from_update: int | None = None
    allowed: list[str] = Field(default_factory=list)
    clocks: list[RequestClock] = Field(default_factory=list)


class Feedback(Received):
    """What was said when it was confirmed or closed."""

    rating: int | None
    comment: str | None
    lessons: str | None


class HistoryLine(Received):
    revision: int
    step: str
    state: str
    refusal: Refusal | None
    by: str
    at: datetime
    reason: str | None = None
    facts: dict[str, Any] = Field(default_factory=dict)
    feedback: Feedback | None = None


class AttachmentView(Received):
    attachment_id: UUID
    request_id: UUID
    name: str
    media_type: str
    size: int
    message: int | None = None
    sha256: str
    by: str
    uploaded_at: datetime
    removed_at: datetime | None = None


class Lesson(Received):
    by: str
    text: str


class PracticeDraft(Received):
    """The beginning of an entry in the practice repository, for people to write to its end."""

    title: str
    entity_id: str
    pledge_id: UUID
    request_id: UUID
    objectives: list[str]
    type: str
    language: str
    needed: str
    done: str
    lessons: list[Lesson]
    delivered_at: datetime
    note: str = ""


class Figure(Received):
    """One measure of one group, in hours."""

    group: str | None
    measure: str
    ended: int
    running: int
    p50: float | None
    p75: float | None
    p90: float | None
    unit: str = "hours"


class Report(Received):
    since: date
    until: date
    by: str
    requests: int
    figures: list[Figure]
