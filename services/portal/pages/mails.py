"""How each kind of mail looks in each language, for the desk: made-up data, sent to nobody."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from services.portal import security
from services.portal.access import StaffOrReviewer
from services.portal.page import language_of, page, with_frames
from shared.client.models.notifications import Previews

router = APIRouter()


@router.get("/desk/mails")
async def mails(request: Request, person: StaffOrReviewer) -> Response:
    found = await person.client.notifications.previews()
    return page(request, "mails.html", kinds=found.kinds, spoken=_names(request, found))


@router.get("/desk/mails/{template}/{spoken}")
async def mail(request: Request, template: str, spoken: str, person: StaffOrReviewer) -> Response:
    shown = await person.client.notifications.preview(template, spoken)
    spoken_too = _names(request, await person.client.notifications.previews())
    return with_frames(request, page(request, "mail.html", shown=shown, spoken=spoken_too))


@router.get("/desk/mails/{template}/{spoken}/html")
async def document(template: str, spoken: str, person: StaffOrReviewer) -> Response:
    """The HTML alone, as a program that reads mail gets it: nothing runs in it, and nothing is loaded."""
    shown = await person.client.notifications.preview(template, spoken)
    headers = {"Content-Security-Policy": security.CLOSED, "Cache-Control": "no-store", "Content-Language": spoken}
    return HTMLResponse(shown.html, headers=headers)


def _names(request: Request, found: Previews) -> dict[str, str]:
    """Languages by code, as the reader calls them."""
    known = language_of(request).locale.languages
    return {one.language: str(known.get(one.language, one.language)) for one in found.languages}
