"""Errors, typed by what the caller should do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class FieldProblem:
    """One field at fault: its JSON path ("targets.0.by"), what is wrong, and what to do about it."""

    field: str
    problem: str
    remedy: str


class AppError(Exception):
    """Answered as problem details (RFC 9457) with a stable type; `more` are members that only this kind has."""

    status = 500
    slug = "internal-error"
    title = "Something went wrong here"

    def __init__(self, detail: str, fields: Sequence[FieldProblem] = (), more: Mapping[str, Any] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.fields = tuple(fields)
        self.more = dict(more or {})


class BadRequest(AppError):
    """Send a well-formed request."""

    status, slug, title = 400, "bad-request", "The request cannot be read"


class Unauthenticated(AppError):
    """Get a new token."""

    status, slug, title = 401, "unauthenticated", "Sign in first"


class Forbidden(AppError):
    """Ask somebody who may."""

    status, slug, title = 403, "forbidden", "You may not do this"


class NotFound(AppError):
    """Look elsewhere."""

    status, slug, title = 404, "not-found", "There is nothing here"


class Conflict(AppError):
    """Look at the present state, then decide again."""

    status, slug, title = 409, "conflict", "The present state does not allow this"


class Gone(AppError):
    """Begin anew another way."""

    status, slug, title = 410, "gone", "This is no longer valid"


class Stale(AppError):
    """Read again, merge, and send with the new ETag."""

    status, slug, title = 412, "stale-revision", "Somebody saved a newer revision"


class TooLarge(AppError):
    """Send less."""

    status, slug, title = 413, "too-large", "The request is too large"


class Invalid(AppError):
    """Mend the fields that are named."""

    status, slug, title = 422, "invalid-fields", "Some fields need a change"


class RevisionMissing(AppError):
    """Send If-Match with the ETag that you read."""

    status, slug, title = 428, "revision-missing", "Say which revision you saw"


class Unavailable(AppError):
    """Try again in a moment; nothing was written."""

    status, slug, title = 503, "unavailable", "A part of the system does not answer"


class Permanent(Exception):
    """A record that no retry will mend: dead-letter it and go on."""
