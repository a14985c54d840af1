"""Cursors, never OFFSET. A cursor is opaque, and good only for the list and filters that gave it."""

import base64
import hashlib
import json
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Query, Request

from shared.errors import FieldProblem, Invalid

Limit = Annotated[int, Query(ge=1, le=100, description="How many at most")]
Cursor = Annotated[str | None, Query(description="From the Link header or `next` of the page before", max_length=500)]


def _check(payload: bytes, scope: str) -> bytes:
    return hashlib.blake2s(payload + scope.encode(), digest_size=8).digest()


def encode(position: Sequence[Any], scope: str) -> str:
    """`position` is the sort key of the last row shown (JSON values); `scope` names the list and its filters."""
    payload = json.dumps(list(position), separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_check(payload, scope) + payload).decode().rstrip("=")


def decode(cursor: str, scope: str) -> list[Any]:
    """Raises Invalid, naming `cursor`, when it was changed or belongs to another list."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        if raw[:8] == _check(raw[8:], scope):
            position: list[Any] = json.loads(raw[8:])
            return position
    except ValueError:
        pass
    fault = FieldProblem("cursor", "was changed, or belongs to another list or other filters", "begin without a cursor")
    raise Invalid("The cursor does not fit this list.", [fault])


def next_link(request: Request, cursor: str | None) -> dict[str, str]:
    """The Link header (RFC 8288) to the next page, or nothing on the last."""
    if cursor is None:
        return {}
    return {"Link": f'<{request.url.include_query_params(cursor=cursor)}>; rel="next"'}
