"""One request for support on the Network's desk: what is asked, what was said and done, and the next step."""

import asyncio
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from services.portal import casework
from services.portal.access import Person, Staff, StaffOrReviewer
from services.portal.csrf import Form
from services.portal.page import done, language_of, page, with_script
from services.portal.pages.desk import REQUESTS
from services.portal.pages.files import passed_on
from services.portal.parts import parts_of
from services.portal.phrases import Words
from services.portal.talking import ACTS, said, shown
from shared.client import Missing
from shared.web.auth import ADMIN, NETWORK_STAFF

router = APIRouter()

PATH = REQUESTS + "/{request_id}"


@router.get(PATH)
async def request_for_support(request: Request, request_id: UUID, person: StaffOrReviewer, reply: str = "") -> Response:
    """`reply`: a saved one, with which the text to the requester begins."""
    return await _page(request, person, request_id, FormData(), {}, reply)


@router.get(PATH + "/files/{attachment_id}")
async def file(request_id: UUID, attachment_id: UUID, person: StaffOrReviewer) -> Response:
    return passed_on(await person.client.support.file(request_id, attachment_id))


@router.post(PATH)
async def act(request: Request, request_id: UUID, person: Staff, form: Form) -> Response:
    """Writes what the form holds; the steps of its life are taken at its case: pages/cases.py."""
    here, action = f"{REQUESTS}/{request_id}", str(form.get("action"))
    if action not in ACTS:
        return done(here, "moved-on")
    if wrong := await said(person, request_id, form, language_of(request)):
        return await _page(request, person, request_id, form, wrong)
    return done(here, ACTS[action])


async def _page(
    request: Request, person: Person, request_id: UUID, form: FormData, wrong: dict[str, str], reply: str = ""
) -> Response:
    support = person.client.support
    staff = person.session.is_any(NETWORK_STAFF, ADMIN)
    position = (await support.board()).position if staff else ""  # before what is shown
    found, history, talk = await asyncio.gather(
        support.get(request_id), support.history(request_id), shown(person, request_id, form, wrong)
    )
    beside = await _beside(request, person, request_id, reply) if staff else {}
    given: dict[str, Any] = {
        "found": found,
        "history": history.items,
        "may_write": staff,
        "position": position,
        **talk,
        **beside,
    }
    answer = page(request, "request.html", 422 if wrong else 200, words=Words(language_of(request)), **given)
    return with_script(request, answer) if beside else answer


async def _beside(request: Request, person: Person, request_id: UUID, reply: str) -> dict[str, Any]:
    """What officers do with it; nothing as long as it waits for its pledge, or when it never came to the desk."""
    try:
        now = parts_of(request).clock.business()
        return await casework.panel(person, language_of(request), request_id, now, reply=reply)
    except Missing:
        return {}
