"""One request for support on the Network's desk: what is asked, what was said and done, and the next step."""

import asyncio
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from services.portal.access import Person, Staff, StaffOrReviewer
from services.portal.csrf import Form
from services.portal.page import done, language_of, page
from services.portal.pages.desk import REQUESTS
from services.portal.pages.files import passed_on
from services.portal.phrases import Words
from services.portal.problems import KEY, SEEN, new_key
from services.portal.talking import ACTS, said, shown
from shared.client import Conflict, Stale
from shared.web.auth import ADMIN, NETWORK_STAFF

router = APIRouter()

PATH = REQUESTS + "/{request_id}"


@router.get(PATH)
async def request_for_support(request: Request, request_id: UUID, person: StaffOrReviewer) -> Response:
    return await _page(request, person, request_id, FormData(), {})


@router.get(PATH + "/files/{attachment_id}")
async def file(request_id: UUID, attachment_id: UUID, person: StaffOrReviewer) -> Response:
    return passed_on(await person.client.support.file(request_id, attachment_id))


@router.post(PATH)
async def act(request: Request, request_id: UUID, person: Staff, form: Form) -> Response:
    """Acknowledges it, or writes what the form holds."""
    here, action = f"{REQUESTS}/{request_id}", str(form.get("action"))
    if action in ACTS:
        if wrong := await said(person, request_id, form, language_of(request)):
            return await _page(request, person, request_id, form, wrong)
        return done(here, ACTS[action])
    try:
        key, seen = str(form.get(KEY, "")) or None, str(form.get(SEEN, ""))
        await person.client.support.acknowledge(request_id, seen=seen, key=key)
    except (Stale, Conflict):
        return done(here, "moved-on")
    return done(here, "acknowledged")


async def _page(request: Request, person: Person, request_id: UUID, form: FormData, wrong: dict[str, str]) -> Response:
    support = person.client.support
    found, history, talk = await asyncio.gather(
        support.get(request_id), support.history(request_id), shown(person, request_id, form, wrong)
    )
    staff = person.session.is_any(NETWORK_STAFF, ADMIN)
    given: dict[str, Any] = {
        "found": found,
        "history": history.items,
        "may_write": staff,
        "may_act": staff and found.state == "submitted",
        "seen": found.etag,
        "key": new_key(),
        **talk,
    }
    return page(request, "request.html", 422 if wrong else 200, words=Words(language_of(request)), **given)
