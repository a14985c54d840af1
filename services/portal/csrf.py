"""Forms that only the browser that got them may send.

In a template: {{ csrf() }} inside every <form method="post">. In a route: `form: Form` (access.py asks that every POST
has it). The token is bound to a cookie that the browser keeps for a year, not to the session: a form survives
signing in again, and another browser's token is refused. It is encrypted, so it differs each time (BREACH).
"""

import hmac
import re
import secrets
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from markupsafe import Markup
from starlette.datastructures import FormData

from services.portal.parts import parts_of
from shared.errors import Forbidden

FIELD = "csrf"
COOKIE = "browser"
KEPT = 365 * 86_400  # seconds
MOST_FIELDS = 2000
ENCODED = "application/x-www-form-urlencoded"  # as browsers send all forms of ours, but those with a file
WITH_FILE = "multipart/form-data"
_CHOSEN = re.compile(r";\s*charset", re.IGNORECASE)  # no browser says how such a form is to be decoded

REFUSED = "This form was not sent from the page and the browser that showed it. Open the page again and send it there."


def token(request: Request) -> str:
    """For a form in the answer to this request; gives the browser its cookie if it has none."""
    cookies = parts_of(request).cookies
    browser: str | None = getattr(request.state, "browser", None) or cookies.read(request, COOKIE)
    if browser is None:
        browser = secrets.token_urlsafe(18)
        cookies.write(request, COOKIE, browser, age=KEPT)
    request.state.browser = browser
    return cookies.seal(FIELD, browser)


def field(request: Request) -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token(request))


def encoded(request: Request, kind: str = ENCODED) -> bool:
    """Whether the body is a form of this kind. One with files that says how it is decoded is none: it is UTF-8."""
    said = request.headers.get("content-type", "")
    return said.partition(";")[0].strip().lower() == kind and not (kind == WITH_FILE and _CHOSEN.search(said))


async def posted(request: Request) -> FormData:
    """The fields of a form. Raises Forbidden unless it comes from our own page in the same browser."""
    _require_own_page(request, ENCODED)
    form = await request.form(max_files=0, max_fields=MOST_FIELDS)
    _require_ours(request, form)
    return form


async def posted_file(request: Request) -> AsyncIterator[FormData]:
    """Likewise, of a form with a file, which is gone after the answer."""
    _require_own_page(request, WITH_FILE)
    async with request.form(max_files=1, max_fields=MOST_FIELDS) as form:
        _require_ours(request, form)
        yield form


async def posted_either(request: Request) -> AsyncIterator[FormData]:
    """Likewise, of a form with fields to type in that may bring a file, too."""
    _require_own_page(request, ENCODED, WITH_FILE)
    async with request.form(max_files=1, max_fields=MOST_FIELDS) as form:
        _require_ours(request, form)
        yield form


async def reposted(request: Request) -> FormData:
    """What was typed in a form of either kind, perhaps read before; its files are gone. Raises Forbidden likewise."""
    _require_own_page(request, ENCODED, WITH_FILE)
    async with request.form(max_files=1, max_fields=MOST_FIELDS) as form:
        _require_ours(request, form)
        return form


def _require_own_page(request: Request, *kinds: str) -> None:
    if _from_elsewhere(request) or not any(encoded(request, kind) for kind in kinds):
        raise Forbidden(REFUSED)


def _require_ours(request: Request, form: FormData) -> None:
    if not _ours(request, str(form.get(FIELD, ""))):
        raise Forbidden(REFUSED)


Form = Annotated[FormData, Depends(posted)]
FormWithFile = Annotated[FormData, Depends(posted_file)]
FormMaybeWithFile = Annotated[FormData, Depends(posted_either)]


def _from_elsewhere(request: Request) -> bool:
    """What the browser itself says. "null" is said by pages that send no referrer; there the token decides."""
    if site := request.headers.get("sec-fetch-site"):
        return site not in {"same-origin", "none"}
    return request.headers.get("origin", "null") not in {"null", parts_of(request).settings.portal_url}


def _ours(request: Request, sent: str) -> bool:
    cookies = parts_of(request).cookies
    browser, named = cookies.read(request, COOKIE), cookies.open(FIELD, sent)
    return browser is not None and named is not None and hmac.compare_digest(browser, named)
