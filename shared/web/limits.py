"""What no request may exceed, checked before anything is parsed."""

from collections.abc import MutableMapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import AppError, BadRequest, TooLarge
from shared.telemetry import new_traceparent, traceparent
from shared.web.problem import respond

LARGEST_BODY = 1_000_000  # bytes; the largest pledge is 20,000 characters and its lists
SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
]


class _TooLarge(Exception):
    pass


class Limits:
    """Refuses bodies over the limit, also chunked ones, and NUL in addresses; sets trace and security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        given = headers.get(b"traceparent", b"").decode("latin-1")
        traceparent.set(given if len(given) == 55 else new_traceparent())
        if refusal := _refusal(scope, headers):
            await respond(refusal)(scope, receive, send)
            return
        try:
            await self.app(scope, _counted(receive), _secured(send, scope))
        except _TooLarge:
            await respond(_too_large())(scope, receive, send)


def _refusal(scope: Scope, headers: MutableMapping[bytes, bytes]) -> AppError | None:
    if b"\x00" in scope["path"].encode() or b"%00" in scope.get("query_string", b""):
        return BadRequest("The address holds NUL (%00), which is no character; remove it.")
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length) > LARGEST_BODY:
        return _too_large()
    return None


def _too_large() -> TooLarge:
    return TooLarge(f"The body is larger than {LARGEST_BODY:,} bytes; shorten it or send attachments apart.")


def _counted(receive: Receive) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > LARGEST_BODY:
            raise _TooLarge
        return message

    return counted


def _secured(send: Send, scope: Scope) -> Send:
    # the interactive documentation loads its scripts itself
    headers: list[Any] = SECURITY_HEADERS if not scope["path"].startswith("/docs") else SECURITY_HEADERS[:1]

    async def secured(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *headers]
        await send(message)

    return secured
