"""Failures as pages: what happened, that nothing was lost, and where to go on."""

from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from services.portal.csrf import ENCODED, FIELD, WITH_FILE, encoded, reposted
from services.portal.page import page, secret
from services.portal.session import SignInNeeded
from shared.client import Away, NotSignedIn, ProblemError
from shared.errors import AppError, Forbidden, Unavailable

RETRY_AFTER = "5"  # seconds
NOBODY = 503
SECRET = ("/links/", "/invitations/", "/unsubscribe/", "/preferences/")  # whose addresses are keys


def install(app: FastAPI) -> None:
    """Every failure of a request ends as a page."""
    app.add_exception_handler(SignInNeeded, _sign_in)
    app.add_exception_handler(NotSignedIn, _sign_in)
    app.add_exception_handler(ProblemError, _problem)
    app.add_exception_handler(AppError, _own)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _address)


def of(error: AppError) -> ASGIApp:
    """The answer for what fails before or around the application."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await failure(Request(scope), error.status)(scope, receive, send)

    return answer


def failure(request: Request, status: int, detail: str = "") -> Response:
    """The page of a status. `detail` is a sentence for people, where we have one."""
    answer = page(request, "failure.html", status, failed=status, detail=detail)
    if status == NOBODY:
        answer.headers["Retry-After"] = RETRY_AFTER
    return secret(answer) if request.scope["path"].startswith(SECRET) else answer


async def _sign_in(request: Request, _: Exception) -> Response:
    if request.method != "POST":
        place = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/sign-in?{urlencode({'next': place})}", 303)
    return await _kept(request, "signed_out.html", 403)


async def _kept(request: Request, template: str, status: int) -> Response:
    """A page that holds what was typed, to be sent again.

    Only for a form of ours: what another site sends comes without the session too, and would be sent again from here.
    """
    try:
        form = await reposted(request)
    except Forbidden as refusal:
        return await _own(request, refusal)
    except HTTPException as refusal:
        return await _http(request, refusal)
    kept = [(name, value) for name, value in form.multi_items() if name != FIELD and isinstance(value, str)]
    kind = WITH_FILE if encoded(request, WITH_FILE) else ENCODED
    answer = page(request, template, status, kept=kept, action=request.url.path, kind=kind)
    return secret(answer) if request.scope["path"].startswith(SECRET) else answer


async def _problem(request: Request, error: Exception) -> Response:
    """Of an API, that no page has dealt with itself."""
    status = error.status if isinstance(error, ProblemError) else 500
    if isinstance(error, Away) and request.method == "POST":
        return await _kept(request, "not_sent.html", NOBODY)
    known = status if status in {400, 403, 404, 409, 410, 412, 422} else NOBODY
    return failure(request, known, str(error) if known not in {404, NOBODY} else "")


async def _own(request: Request, error: Exception) -> Response:
    status = error.status if isinstance(error, AppError) else 500
    if isinstance(error, Unavailable) and request.method == "POST":
        return await _kept(request, "not_sent.html", NOBODY)
    return failure(request, status, str(error) if status == 403 else "")


async def _http(request: Request, error: Exception) -> Response:
    return failure(request, error.status_code if isinstance(error, HTTPException) else 500)


async def _address(request: Request, _: Exception) -> Response:
    """An address whose parts make no sense leads nowhere."""
    return failure(request, 404)
