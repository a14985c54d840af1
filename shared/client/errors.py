"""What an API refused, by what the caller does next. The texts come from its problem document (RFC 9457)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from pydantic import BaseModel, Field, ValidationError


@dataclass(frozen=True)
class FieldError:
    """One field at fault: its place ("targets.0.by"), what is wrong, and what to do about it."""

    field: str
    problem: str
    remedy: str


@dataclass(frozen=True)
class Difference:
    """One place of a pledge ("period.end") as it is saved and as it was sent.

    `overtaken`: others saved its field meanwhile.
    """

    field: str
    now: Any
    yours: Any
    overtaken: bool


@dataclass(frozen=True)
class LastStep:
    """What was done last, in which role, and when (business time, UTC)."""

    action: str
    by: str
    at: datetime


class ProblemError(Exception):
    """`status` is that of HTTP, 0 if nobody answered; `type` is a stable URI (docs/problems.md)."""

    def __init__(
        self,
        status: int,
        type: str,  # noqa: A002 - its name in RFC 9457
        title: str,
        detail: str,
        errors: Sequence[FieldError] = (),
    ) -> None:
        super().__init__(detail or title)
        self.status = status
        self.type = type
        self.title = title
        self.detail = detail
        self.errors = tuple(errors)


class Refused(ProblemError):
    """Mend what is named, and send it again."""


class NotSignedIn(ProblemError):
    """Sign in, or get a new token."""


class NotAllowed(ProblemError):
    """Ask somebody who may."""


class Missing(ProblemError):
    """Look elsewhere."""


class Conflict(ProblemError):
    """Look at the present state, then decide again."""


class Stale(ProblemError):
    """Read again, merge, and send with the new ETag. What differs is told of an edit of a pledge."""

    differences: tuple[Difference, ...] = ()
    last: LastStep | None = None


class Away(ProblemError):
    """Nobody answered, or not sensibly: try later, in `retry_after` seconds if that is known."""

    retry_after: float | None = None


_KINDS = {401: NotSignedIn, 403: NotAllowed, 404: Missing, 409: Conflict, 412: Stale}


class _Document(BaseModel):
    type: str = "about:blank"
    title: str = ""
    detail: str = ""
    errors: list[FieldError] = Field(default_factory=list)
    differences: list[Difference] = Field(default_factory=list)
    last: LastStep | None = None


def problem(answer: httpx.Response, retry_after: float | None) -> ProblemError:
    """The error that an answer stands for, also where some proxy wrote no problem document."""
    kind = _KINDS.get(answer.status_code, Refused if answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR else Away)
    title = f"{answer.status_code} {answer.reason_phrase}".strip()
    try:
        said = _Document.model_validate_json(answer.content)
    except ValidationError:
        said = _Document(title=title, detail=f"{answer.url.host} answered {title}.")
    found = kind(answer.status_code, said.type, said.title or title, said.detail, said.errors)
    if isinstance(found, Away):
        found.retry_after = retry_after
    if isinstance(found, Stale):
        found.differences, found.last = tuple(said.differences), said.last
    return found


def nobody(address: str, why: str) -> Away:
    return Away(0, "about:blank", "No answer", f"{address} does not answer ({why}).")
