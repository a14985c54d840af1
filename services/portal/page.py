"""Pages from templates.

    return page(request, "pledge.html", pledge=found)
    return done(f"/my/pledges/{pledge_id}", "saved")

Templates extend base.html and fill the blocks `title` and `main`. They have, besides what they are given: `language`
(day, on, moment, number, label, word), `session` (or none), `csrf()` for forms, `static("portal.css")`, `path`,
`cursor`, `done`, and gettext as {% trans %}…{% endtrans %} or _("…"). What people wrote is escaped, and stands in an
element with dir="auto". Forms are built from forms.html, which says how.

After a POST that did something: `done`, which leads to a page that then says so (303). The word is a key of acts.DONE.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.portal import acts, csrf, security
from services.portal.language import Language, choose
from services.portal.parts import parts_of

HERE = Path(__file__).parent
STATIC = HERE / "static"
MOVED = timedelta(seconds=1)  # less is no difference between the clocks


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """The page in the reader's language. What belongs to somebody is not kept by anybody's cache."""
    parts = parts_of(request)
    language = language_of(request)
    session = parts.sessions.read(request)
    said = acts.DONE.get(request.query_params.get("done", ""))
    given = {
        "language": language,
        "session": session,
        "path": request.url.path,
        "cursor": request.query_params.get("cursor"),
        "csrf": partial(csrf.field, request),
        "moved_clock": _moved_clock(request),
        "done": said(language) if said and request.method == "GET" else None,
        **values,
    }
    text = _environment(language).get_template(template).render(given)
    private = session is not None or hasattr(request.state, "browser")
    headers = {"Cache-Control": "no-store" if private else "no-cache", "Vary": "Cookie, Accept-Language"}
    return HTMLResponse(text, status, headers | {"Content-Language": language.code})


def done(path: str, word: str, **query: str) -> RedirectResponse:
    """On to a page that says what was done; going back does not send the form again. `word`: a key of acts.DONE."""
    if word not in acts.DONE:
        raise KeyError(word)
    return RedirectResponse(f"{path}?{urlencode({'done': word, **query})}", 303)


def secret(answer: Response) -> Response:
    """The page's address is a key: nobody keeps it, lists it, or tells it to where a link leads."""
    answer.headers.update({"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"})
    return answer


def with_script(request: Request, answer: Response) -> Response:
    """A page that may run our own scripts (docs/adr/0006-pages-without-scripts.md)."""
    answer.headers["Content-Security-Policy"] = security.policy(parts_of(request).settings, scripts=True)
    return answer


def with_frames(request: Request, answer: Response) -> Response:
    """A page that shows documents of security.CLOSED."""
    answer.headers["Content-Security-Policy"] = security.policy(parts_of(request).settings, frames=True)
    return answer


def language_of(request: Request) -> Language:
    found: Language | None = getattr(request.state, "language", None)
    if found is None:
        found = choose(request.headers.get("accept-language", ""), parts_of(request).languages)
        request.state.language = found
    return found


def _moved_clock(request: Request) -> datetime | None:
    """Business time where it is not the real one: a local stack."""
    moment = parts_of(request).clock.moment()
    return moment.business if abs(moment.business - moment.system) > MOVED else None


@cache
def _environment(language: Language) -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(language.translations, newstyle=True)  # type: ignore[attr-defined] # of the extension
    made.globals["static"] = static
    made.globals["with_query"] = with_query
    return made


@cache
def static(name: str) -> str:
    """The address of a file in static/; it changes with the content, so browsers may keep it for ever."""
    mark = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={mark}"


def with_query(path: str, values: Mapping[str, str | None], **changed: str | None) -> str:
    """An address with those values that are set."""
    wanted = {name: value for name, value in {**values, **changed}.items() if value}
    return f"{path}?{urlencode(wanted)}" if wanted else path
