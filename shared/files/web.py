"""Files over HTTP: in as the body of a request, out to be saved and never shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi.responses import StreamingResponse

from shared.files import names
from shared.files.kinds import MEDIA_TYPES
from shared.files.store import Store

_BINARY = {"schema": {"type": "string", "format": "binary"}}
BODY: dict[str, Any] = {"requestBody": {"required": True, "content": {"application/octet-stream": _BINARY}}}
FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", "content": dict.fromkeys(sorted(MEDIA_TYPES.values()), _BINARY)}
}
# beside what shared.web.limits says of every answer; a browser that shows it all the same runs nothing of it
_SAFE = {"Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'"}
Named = Annotated[
    str | None,
    Header(
        alias="Content-Disposition",
        description="With the file's name (RFC 6266)",
        examples=["attachment; filename=\"plan.pdf\"; filename*=UTF-8''plan.pdf"],
    ),
]


@dataclass(frozen=True)
class Stored:
    """Where the bytes of a file are, and what is said of them."""

    object: str
    name: str
    media_type: str
    size: int
    sha256: str


async def _store(request: Request) -> Store:
    found: Store = request.app.state.store
    return found


Kept = Annotated[Store, Depends(_store)]


async def download(store: Store, found: Stored, more: Mapping[str, str]) -> StreamingResponse:
    """`more`: headers. Raises Unavailable when the store is away."""
    headers = {
        "Content-Type": found.media_type,  # as it is: Starlette would call any text UTF-8
        "Content-Disposition": names.disposition(found.name),
        "Content-Length": str(found.size),
        "ETag": f'"{found.sha256}"',
    }
    return StreamingResponse(await store.get(found.object), headers={**headers, **_SAFE, **more})
