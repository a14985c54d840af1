"""A partner's answer: signs a pledge or a report on it off, or dissents."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from services.portal.access import Person, SignedIn
from services.portal.csrf import Form
from services.portal.page import done, language_of, page
from services.portal.phrases import Words
from services.portal.problems import KEY, among, faults, new_key
from services.portal.typed import Typed
from shared.client import Conflict, Refused
from shared.client.models.reports import Answering

router = APIRouter()
MOST_DIGITS = 9  # of a number of a report, or of a version


@router.get("/my/pledges/{pledge_id}/answer")
async def answer_form(request: Request, pledge_id: UUID, person: SignedIn) -> Response:
    """With ?update=2 of that report; for ?entity=… if the person acts for several."""
    return await _page(request, person, pledge_id, {})


@router.post("/my/pledges/{pledge_id}/answer")
async def answer(request: Request, pledge_id: UUID, person: SignedIn, form: Form) -> Response:
    said = Answering(
        answer=str(form.get("answer", "")),
        reason=str(form.get("reason", "")).replace("\r\n", "\n"),
        version=_number(form.get("version")),
        entity_id=request.query_params.get("entity") or None,
    )
    if said.answer == "dissented" and not said.reason.strip():
        wrong = {"reason": language_of(request).gettext("Say from what you dissent.")}
        return await _page(request, person, pledge_id, wrong, form)
    number, key = _number(request.query_params.get("update")), str(form.get(KEY, "")) or None
    try:
        if number:
            await person.client.pledges.sign_off_report(pledge_id, number, said, key=key)
        else:
            await person.client.pledges.sign_off(pledge_id, said, key=key)
    except (Refused, Conflict) as refused:
        wrong = faults(refused, among({"answer", "reason"}), Words(language_of(request)))
        return await _page(request, person, pledge_id, wrong, form)
    return done("/my/pledges", "answered")


def _number(typed: object) -> int | None:
    text = str(typed or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else None


async def _page(
    request: Request, person: Person, pledge_id: UUID, wrong: dict[str, str], form: FormData | None = None
) -> Response:
    given: dict[str, Any] = {
        "pledge": await person.client.pledges.get(pledge_id),
        "update": _number(request.query_params.get("update")),
        "values": Typed.sent(form or FormData()),
        "faults": wrong,
        "key": new_key(),
        "options": Words(language_of(request)).options("answer"),
    }
    return page(request, "answer.html", 422 if wrong else 200, **given)
