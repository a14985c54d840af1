"""Advice on a pledge that is being written."""

from shared.client.models.base import Received
from shared.client.models.pledges import Content


class Asking(Content):
    entity_id: str | None = None


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
    smart: list[Criterion]
    findings: list[Finding]
