"""What no request may exceed, checked before anything is parsed."""

import re
from collections.abc import Callable, Mapping, Sequence

import structlog
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import AppError, BadRequest, TooLarge
from shared.telemetry import known, new_traceparent, place, traceparent
from shared.web.problem import respond

log = structlog.get_logger()

Headers = Sequence[tuple[bytes, bytes]]
Larger = Mapping[tuple[str, str], int]  # by method and path as a regular expression: bytes that it may take

LARGEST_FILE = 25 * 1024 * 1024  # bytes
LARGEST_BODY = 1_000_000  # bytes; the largest pledge is 20,000 characters and its lists
SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
)


class Limits:
    """Refuses bodies over the limit, also chunked ones, and NUL in addresses; sets trace and security headers.

    `answer` makes the answer of an error; one of `headers` is set where the answer has none of that name; `larger`: of
    routes that take files.
    """

    def __init__(
        self,
        app: ASGIApp,
        answer: Callable[[AppError], ASGIApp] = respond,
        headers: Headers = SECURITY_HEADERS,
        larger: Larger | None = None,
    ) -> None:
        self.app = app
        self._error = answer
        self._headers = headers
        self._larger = [(method, re.compile(path), most) for (method, path), most in (larger or {}).items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        given = headers.get(b"traceparent", b"").decode("latin-1")
        traceparent.set(known(given) or new_traceparent())
        most = self._most(scope)
        if refusal := _refusal(scope, headers, most):
            unread = {**scope, "query_string": b""}
            await self._error(refusal)(unread, receive, _Answer(send, scope, self._headers))
            return
        answer = _Answer(send, scope, self._headers)
        try:
            await self.app(scope, _counted(receive, most), answer)
        except Exception:
            log.exception("request.failed", route=place(scope))
            if not answer.begun:
                unexpected = AppError("An unexpected error was logged; nothing was written.")
                await self._error(unexpected)(scope, receive, answer)

    def _most(self, scope: Scope) -> int:
        found = (
            most for method, path, most in self._larger if method == scope["method"] and path.fullmatch(scope["path"])
        )
        return next(found, LARGEST_BODY)


def _refusal(scope: Scope, headers: Mapping[bytes, bytes], most: int) -> AppError | None:
    if b"\x00" in scope["path"].encode() or b"%00" in scope.get("query_string", b""):
        return BadRequest("The address holds NUL (%00), which is no character; remove it.")
    if not _utf8(scope.get("query_string", b"")):
        return BadRequest("The address holds bytes that are no UTF-8 after its question mark; percent-encode them.")
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length) > most:
        return _too_large(most)
    return None


def _utf8(raw: bytes) -> bool:
    try:
        return raw.decode() is not None
    except UnicodeDecodeError:
        return False


def _too_large(most: int) -> TooLarge:
    remedy = "shorten it or send attachments apart" if most == LARGEST_BODY else "make the file smaller"
    return TooLarge(f"The body is larger than {most:,} bytes; {remedy}.")


def _counted(receive: Receive, most: int) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            # the one kind of exception that FastAPI lets pass from the reading of a body
            raise HTTPException(413, _too_large(most).detail)
        return message

    return counted


class _Answer:
    """Sends on, with security headers, and knows whether an answer has begun."""

    def __init__(self, send: Send, scope: Scope, headers: Headers) -> None:
        self.begun = False
        self._send = send
        # the interactive documentation loads its scripts itself
        self._headers = headers[:1] if scope["path"].startswith("/docs") else headers

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            given = list(message.get("headers", []))
            names = {name.lower() for name, _ in given}
            message["headers"] = given + [(name, value) for name, value in self._headers if name not in names]
        await self._send(message)
