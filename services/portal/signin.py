"""Signing in and out, at the identity provider."""

import hmac

import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from services.portal.access import public
from services.portal.csrf import Form, encoded
from services.portal.page import language_of, page
from services.portal.parts import Parts, Using, parts_of
from services.portal.provider import Attempt
from services.portal.session import COOKIE
from shared.errors import Unauthenticated

log = structlog.get_logger()

router = APIRouter(dependencies=[Depends(public)])

MINUTES_TO_SIGN_IN = 10 * 60  # in seconds
ID_TOKEN, SIGN_OUT = "id", "/sign-out"  # the ID token goes only where it is needed
LONGEST_PLACE = 1000
MOST_ATTEMPTS = 4  # at a time: servers and proxies refuse a request whose cookies are longer than 8 kB or so


def local(place: str) -> str:
    """A place on this portal to go on to; `/` instead of anything else, so that no link leads elsewhere."""
    fine = place.startswith("/") and not place.startswith(("//", "/\\")) and len(place) <= LONGEST_PLACE
    return place if fine and place.isprintable() and place.isascii() else "/"


def _attempt_name(state: str) -> str:
    """A cookie for each attempt: they may go on in several tabs."""
    return f"sign-in-{state[:8]}"


@router.get("/sign-in")
async def sign_in(request: Request, parts: Using) -> Response:
    """To the provider, and then on to `next`."""
    attempt = Attempt(next=local(request.query_params.get("next", "/")))
    name = _attempt_name(attempt.state)
    for older in parts.cookies.held(request, _attempt_name(""))[: 1 - MOST_ATTEMPTS]:
        parts.cookies.delete(request, older)
    parts.cookies.write(request, name, attempt.model_dump_json(), age=MINUTES_TO_SIGN_IN)
    return RedirectResponse(parts.provider.sign_in_url(attempt, language_of(request).code), 303)


@router.get("/auth/callback")
async def callback(request: Request, parts: Using) -> Response:
    """The provider's answer, by way of the browser."""
    said = request.query_params
    attempt = _attempt(request, said.get("state", ""))
    if attempt is None and parts.sessions.read(request):
        return RedirectResponse("/", 303)  # the back button, after a sign-in that is long done
    issued = said.get("iss", parts.settings.oidc_issuer) == parts.settings.oidc_issuer
    if attempt is None or not issued or "code" not in said:
        log.info("sign_in.refused", attempt=attempt is not None, error=said.get("error", "")[:40])
        return page(request, "sign_in_failed.html", 400, next=attempt.next if attempt else "/")
    return await _enter(request, parts, attempt, said["code"])


async def _enter(request: Request, parts: Parts, attempt: Attempt, code: str) -> Response:
    parts.cookies.delete(request, _attempt_name(attempt.state))
    try:
        entered = await parts.provider.enter(attempt, code)
    except Unauthenticated as error:
        log.info("sign_in.refused", reason=error.detail)
        return page(request, "sign_in_failed.html", 400, next=attempt.next)
    parts.sessions.write(request, entered.session)
    parts.cookies.write(request, ID_TOKEN, entered.id_token, path=SIGN_OUT)
    return RedirectResponse(attempt.next, 303)


def _attempt(request: Request, state: str) -> Attempt | None:
    """The attempt that this browser began with this state."""
    if not state.isascii() or not state.replace("-", "").replace("_", "").isalnum():
        return None
    content = parts_of(request).cookies.read(request, _attempt_name(state), within=MINUTES_TO_SIGN_IN)
    try:
        attempt = Attempt.model_validate_json(content or "")
    except ValidationError:
        return None
    return attempt if hmac.compare_digest(attempt.state, state) else None


@router.get("/signed-in")
async def signed_in_page(request: Request) -> Response:
    """Where a sign-in ends that another tab waits for (failures.py)."""
    return page(request, "signed_in.html")


@router.post(SIGN_OUT)
async def sign_out(request: Request, parts: Using, _: Form) -> Response:
    """Here, and at the provider, which tells everybody else."""
    if session := parts.sessions.read(request):
        parts.sessions.end(session.sid)
    id_token = parts.cookies.read(request, ID_TOKEN, path=SIGN_OUT)
    parts.cookies.delete(request, COOKIE)
    parts.cookies.delete(request, ID_TOKEN, path=SIGN_OUT)
    return RedirectResponse(parts.provider.sign_out_url(id_token), 303)


@router.post("/auth/backchannel-logout")
async def backchannel_logout(request: Request, parts: Using) -> Response:
    """From the provider: a session has ended elsewhere (OpenID Connect Back-Channel Logout 1.0, 2.5)."""
    token = (await request.form(max_files=0, max_fields=10)).get("logout_token") if encoded(request) else None
    try:
        parts.sessions.end(await parts.provider.ended(str(token or "")))
    except Unauthenticated as error:
        log.warning("backchannel_logout.refused", reason=error.detail)
        return Response(status_code=400, headers={"Cache-Control": "no-store"})
    return Response(status_code=200, headers={"Cache-Control": "no-store"})
