"""Mail that is held back for a while: by whom, why, and what waits."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.portal.access import Person, Staff, StaffOrReviewer
from services.portal.csrf import Form
from services.portal.page import done, language_of, page
from services.portal.phrases import Words
from services.portal.problems import KEY, among, faults, new_key
from services.portal.typed import Typed
from services.portal.words import WORDS
from shared.client import Conflict, Refused
from shared.client.models.rehearsals import NewPause
from shared.web.auth import ADMIN, NETWORK_STAFF

router = APIRouter()

PLACE = "/desk/pauses"
CATEGORIES = tuple(WORDS["paused"])


@router.get("/desk/pauses")
async def pauses(request: Request, person: StaffOrReviewer, cursor: str = "") -> Response:
    return await _list(request, person, Typed([]), {}, cursor)


@router.post("/desk/pauses")
async def pause(request: Request, person: Staff, form: Form) -> Response:
    typed, language = Typed.sent(form), language_of(request)
    wanted = NewPause(category=typed.one("category"), reason=typed.one("reason").strip())
    if not wanted.reason:
        return await _list(request, person, typed, {"reason": language.gettext("Say why mail is paused.")})
    try:
        await person.client.notifications.pause(wanted, key=typed.one(KEY) or None)
    except Conflict:
        return done(PLACE, "already")
    except Refused as refused:
        return await _list(request, person, typed, faults(refused, among(("category", "reason")), Words(language)))
    return done(PLACE, "mail-paused")


@router.post("/desk/pauses/{pause_id}/end")
async def end(pause_id: UUID, person: Staff, form: Form) -> Response:
    try:
        await person.client.notifications.end_pause(pause_id, key=str(form.get(KEY, "")) or None)
    except Conflict:
        return done(PLACE, "already")
    return done(PLACE, "mail-goes")


@router.get("/desk/pauses/{pause_id}")
async def waiting(request: Request, pause_id: UUID, person: StaffOrReviewer, cursor: str = "") -> Response:
    found = await person.client.notifications.paused(pause_id, limit=20, cursor=cursor or None)
    return page(request, "paused.html", items=found.items, next=found.next)


async def _list(request: Request, person: Person, typed: Typed, wrong: dict[str, str], cursor: str = "") -> Response:
    found = await person.client.notifications.pauses(limit=20, cursor=cursor or None)
    given: dict[str, Any] = {
        "items": found.items,
        "next": found.next,
        "categories": CATEGORIES,
        "values": typed,
        "faults": wrong,
        "staff": person.session.is_any(NETWORK_STAFF, ADMIN),
        "key": new_key(),
    }
    return page(request, "pauses.html", 422 if wrong else 200, **given)
