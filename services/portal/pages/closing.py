"""The end of a pledge, with the reason."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from services.portal import entering
from services.portal.access import Person, SignedIn
from services.portal.csrf import Form
from services.portal.entering import Unclear
from services.portal.page import done, language_of, page
from services.portal.pages.mine import path_of
from services.portal.phrases import Words
from services.portal.problems import KEY, SEEN, among, faults, new_key
from services.portal.typed import Typed
from shared.client import Conflict, Refused, Stale
from shared.client.models.pledges import Closing

router = APIRouter()


@router.get("/my/pledges/{pledge_id}/close")
async def close_form(request: Request, pledge_id: UUID, person: SignedIn) -> Response:
    return await _close_page(request, person, pledge_id, FormData(), {})


@router.post("/my/pledges/{pledge_id}/close")
async def close(request: Request, pledge_id: UUID, person: SignedIn, form: Form) -> Response:
    language = language_of(request)
    try:
        by = entering.reference(str(form.get("superseded_by", "")), language)
    except Unclear as fault:
        return await _close_page(request, person, pledge_id, form, {"superseded_by": str(fault)})
    if not form.get("reason"):
        wrong = {"reason": language.gettext("Say why it ends.")}
        return await _close_page(request, person, pledge_id, form, wrong)
    closing = Closing(reason=str(form.get("reason")), superseded_by=by)
    key, seen = str(form.get(KEY, "")) or None, str(form.get(SEEN, ""))
    try:
        await person.client.pledges.close(pledge_id, closing, seen=seen, key=key)
    except (Stale, Conflict):
        return done(path_of(pledge_id), "moved-on")
    except Refused as refused:
        wrong = faults(refused, among({"reason", "superseded_by"}), Words(language))
        return await _close_page(request, person, pledge_id, form, wrong)
    return done(path_of(pledge_id), "closed")


async def _close_page(
    request: Request, person: Person, pledge_id: UUID, form: FormData, wrong: dict[str, str]
) -> Response:
    copy = await person.client.pledges.working_copy(pledge_id)
    given: dict[str, Any] = {
        "copy": copy,
        "values": Typed.sent(form),
        "faults": wrong,
        "key": new_key(),
    }
    status = 422 if wrong else 200
    return page(request, "close.html", status, words=Words(language_of(request)), seen=copy.etag, **given)
