"""What the link to unsubscribe in a mail opens. Opening it changes nothing; one POST stops these mails (RFC 8058)."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.portal.access import Public
from services.portal.page import page, secret
from shared.client import Missing, Refused

router = APIRouter(prefix="/unsubscribe")


@router.get("/{token}")
async def look(token: str, request: Request, client: Public) -> Response:
    """Mail scanners come here too: nothing is changed, however often."""
    try:
        stopping = await client.notifications.check_unsubscribing(token)
    except (Refused, Missing):
        return _unreadable(request)
    return secret(page(request, "unsubscribe.html", stopping=stopping))


@router.post("/{token}")
async def stop(token: str, request: Request, client: Public) -> Response:
    """From the page's button, or from a mail program: without a cookie, and answered without a redirect."""
    try:
        stopping = await client.notifications.unsubscribe(token)
    except (Refused, Missing):
        return _unreadable(request)
    return secret(page(request, "unsubscribe.html", stopping=stopping))


def _unreadable(request: Request) -> Response:
    return secret(page(request, "unsubscribe_unreadable.html", 404))
