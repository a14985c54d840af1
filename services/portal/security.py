"""What every answer says to browsers: nothing runs, nothing comes from elsewhere, nobody frames us.

No script at all, so none can be injected, but on pages that save while one types or show what others do; no inline
style either. A form may go to us and, at the end of a session, on to the identity provider: Chromium holds redirects
against `form-action` too.
"""

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.portal.cookies import waiting
from services.portal.settings import Settings

YEAR = 31_536_000
# for a document that others made, in a frame of ours: styles in its elements, and nothing else
CLOSED = "sandbox; default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'self'"


def policy(settings: Settings, *, scripts: bool = False, frames: bool = False) -> str:
    """`scripts`: those files of ours that the page names, which may talk to us alone. `frames`: of CLOSED documents."""
    ours = "script-src 'self'; connect-src 'self'; " if scripts else ""
    ours += "frame-src 'self'; " if frames else ""
    return (
        f"default-src 'none'; style-src 'self'; {ours}img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {settings.provider_origin}"
    )


def headers(settings: Settings) -> tuple[tuple[bytes, bytes], ...]:
    always = {
        "x-content-type-options": "nosniff",
        "content-security-policy": policy(settings),
        "referrer-policy": "same-origin",  # with none at all, browsers would not name the origin of our forms either
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
    }
    if settings.https:
        always["strict-transport-security"] = f"max-age={YEAR}"
    return tuple((name.encode(), value.encode()) for name, value in always.items())


class Answers:
    """Adds the cookies that a request has set, and answers HEAD as GET (RFC 9110, 9.3.2): the server omits the body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = {**scope, "method": "GET"} if scope["method"] == "HEAD" else dict(scope)
        cookies = waiting(HTTPConnection(asked))

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                set_cookies = [(b"set-cookie", value.encode("latin-1")) for value in cookies.values()]
                message["headers"] = [*message.get("headers", []), *set_cookies]
            await send(message)

        await self.app(asked, receive, answer)
