"""What the link to unsubscribe in a mail opens. Opening it changes nothing; one POST stops these mails (RFC 8058)."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.portal.access import Public
from services.portal.csrf import Form
from services.portal.page import done, page, secret
from services.portal.pages.preferences import OWN
from shared.client import Missing, Refused
from shared.client.models.notifications import Stopping

router = APIRouter(prefix="/unsubscribe")


@router.get("/{token}")
async def look(token: str, request: Request, client: Public) -> Response:
    """Mail scanners come here too: nothing is changed, however often."""
    try:
        stopping = await client.notifications.check_unsubscribing(token)
    except (Refused, Missing):
        return _unreadable(request)
    return _shown(request, stopping, f"/unsubscribe/{token}/undo")


@router.post("/{token}")
async def stop(token: str, request: Request, client: Public) -> Response:
    """From the page's button, or from a mail program: without a cookie, and answered without a redirect.

    The button to undo it needs a cookie, so only the page's own answer has it, and the key to all other choices too.
    """
    try:
        stopping = await client.notifications.unsubscribe(token)
    except (Refused, Missing):
        return _unreadable(request)
    seen = request.query_params.get("from") == "page"
    return _shown(request, stopping, f"/unsubscribe/{token}/undo" if seen else None)


@router.post("/{token}/undo")
async def undo(token: str, request: Request, client: Public, _: Form) -> Response:
    """Back to the page, which says so."""
    try:
        await client.notifications.subscribe_again(token)
    except (Refused, Missing):
        return _unreadable(request)
    return secret(done(f"/unsubscribe/{token}", "mails-again"))


def _shown(request: Request, stopping: Stopping, undo: str | None) -> Response:
    # who signs in from here goes on to where links are not needed
    return secret(page(request, "unsubscribe.html", stopping=stopping, undo=undo, path=OWN))


def _unreadable(request: Request) -> Response:
    return secret(page(request, "unsubscribe_unreadable.html", 404, path=OWN))
