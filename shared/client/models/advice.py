"""Advice on a pledge that is being written."""

from uuid import UUID

from pydantic import Field

from shared.client.models.base import Received
from shared.client.models.duplicates import Candidate
from shared.client.models.pledges import Content


class Asking(Content):
    entity_id: str | None = None
    pledge_id: UUID | None = None


class Finding(Received):
    code: str
    severity: str
    field: str
    text: str


class Criterion(Received):
    criterion: str
    verdict: str
    reasons: list[Finding]
    suggestion: str | None


class Advice(Received):
    language: str
    read_as: str | None
    duplicates: list[Candidate] = Field(default_factory=list)
    smart: list[Criterion]
    findings: list[Finding]
