"""Requests for support."""

from datetime import datetime
from uuid import UUID

from shared.client.models.base import Received, Sent


class Opening(Sent):
    entity_id: str
    pledge_id: UUID
    type: str
    text: str
    language: str


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


class HistoryLine(Received):
    revision: int
    step: str
    state: str
    refusal: Refusal | None
    by: str
    at: datetime
