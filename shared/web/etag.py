"""Optimistic concurrency: the ETag is the revision; a write says which one it saw (RFC 9110, If-Match)."""

import re
from typing import Annotated

from fastapi import Depends, Header, Response

from shared.errors import BadRequest, RevisionMissing, Stale

_TAG = re.compile(r'^"(\d{1,9})"$')


def etag(revision: int) -> str:
    return f'"{revision}"'


async def seen_revision(
    if_match: Annotated[str | None, Header(description="The ETag that you read", examples=['"1"'])] = None,
) -> int:
    """Raises RevisionMissing without the header, BadRequest when it is no ETag of ours."""
    if if_match is None:
        raise RevisionMissing('Send If-Match with the ETag that you read, for example If-Match: "3".')
    if not (match := _TAG.match(if_match.strip())):
        raise BadRequest('If-Match must be an ETag of this resource, for example If-Match: "3".')
    return int(match.group(1))


SeenRevision = Annotated[int, Depends(seen_revision)]


def require(seen: int, present: int) -> None:
    """Raises Stale unless the caller saw the present revision."""
    if seen != present:
        raise Stale(f'You saw revision "{seen}", the present one is "{present}". Read it again and merge your change.')


async def held_tag(
    if_none_match: Annotated[str | None, Header(description="The ETag that you have", examples=['"1"'])] = None,
) -> str | None:
    return if_none_match


IfNoneMatch = Annotated[str | None, Depends(held_tag)]


def unchanged(seen: str | None, present: str) -> Response | None:
    """304 for a reader who has the present representation already (RFC 9110, 13.1.2); None for others."""
    tags = [tag.strip().removeprefix("W/") for tag in (seen or "").split(",")]
    return Response(status_code=304, headers={"ETag": present}) if present in tags or "*" in tags else None
