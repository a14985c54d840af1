"""ETags (RFC 9110): a write says which revision it saw (If-Match), a read which answer it has (If-None-Match)."""

import hashlib
import re
from typing import Annotated

from fastapi import Depends, Header, Response

from shared.errors import BadRequest, RevisionMissing, Stale

_TAG = re.compile(r'^"(\d{1,9})(?:-[0-9a-f]{16})?"$')


def etag(revision: int) -> str:
    return f'"{revision}"'


def of_public(revision: int, body: str) -> str:
    """Of what changes without an edit, too: the revision, for a write that follows, and what the answer says."""
    return f'"{revision}-{_digest(body)}"'


def of_body(body: str) -> str:
    return f'"{_digest(body)}"'


def _digest(body: str) -> str:
    return hashlib.blake2b(body.encode(), digest_size=8).hexdigest()


SeenBefore = Annotated[
    str | None,
    Header(alias="If-None-Match", description="ETags that you have: 304 without a body if one is still true"),
]


def is_known(seen: str | None, tag: str) -> bool:
    """Whether a reader who sent this If-None-Match has the answer with that ETag (RFC 9110, 13.1.2)."""
    known = {one.strip().removeprefix("W/") for one in seen.split(",")} if seen else set()
    return bool(known & {tag, "*"})


def unless_known(seen: str | None, tag: str, answer: Response) -> Response:
    """The answer with its ETag, or 304 without a body when the caller has it."""
    answer.headers["ETag"] = tag
    if not is_known(seen, tag):
        return answer
    kept = {name: value for name, value in answer.headers.items() if name in {"etag", "link"}}
    return Response(status_code=304, headers=kept)


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
