"""How a pledge goes: a progress report, and its end with the reason."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from services.portal import entering
from services.portal.access import Person, SignedIn
from services.portal.choices import Choices
from services.portal.csrf import Form
from services.portal.entering import Unclear
from services.portal.page import done, language_of, page
from services.portal.pages.mine import path_of
from services.portal.phrases import Words
from services.portal.problems import KEY, SEEN, WHOLE_FORM, faults, new_key
from services.portal.reporting import filled, reading
from services.portal.typed import Typed
from shared.client import Conflict, Refused, Stale
from shared.client.models.pledges import Closing, PublicView
from shared.client.models.reports import Update

router = APIRouter()


@router.get("/my/pledges/{pledge_id}/report")
async def report_form(request: Request, pledge_id: UUID, person: SignedIn) -> Response:
    public, updates = await _reported(person, pledge_id)
    return _report_page(request, public, updates, filled(updates[0] if updates else None, public.targets), {})


@router.post("/my/pledges/{pledge_id}/report")
async def report(request: Request, pledge_id: UUID, person: SignedIn, form: Form) -> Response:
    public, updates = await _reported(person, pledge_id)
    read = reading(form, updates[0] if updates else None, public.targets, language_of(request))
    if read.faults:
        return _report_page(request, public, updates, read.values, read.faults)
    try:
        await person.client.pledges.report(pledge_id, read.report, key=str(form.get(KEY)) or None)
    except (Refused, Conflict) as refused:
        wrong = faults(refused, read.place, Words(language_of(request)))
        return _report_page(request, public, updates, read.values, wrong)
    return done(f"{path_of(pledge_id)}/report", "reported-stuck" if read.report.stuck else "reported")


async def _reported(person: Person, pledge_id: UUID) -> tuple[PublicView, list[Update]]:
    """The pledge as it is public, and its newest reports."""
    public = await person.client.pledges.get(pledge_id)
    return public, (await person.client.pledges.updates(pledge_id, limit=5)).items


def _report_page(
    request: Request, public: PublicView, updates: list[Update], values: Typed, wrong: dict[str, str]
) -> Response:
    given: dict[str, Any] = {
        "words": Words(language_of(request)),
        "choices": Choices(language_of(request)),
        "pledge": public,
        "updates": updates,
        "values": values,
        "faults": wrong,
        "key": new_key(),
    }
    return page(request, "report.html", 422 if wrong else 200, **given)


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
        wrong = faults(
            refused,
            lambda path: path if path in {"reason", "superseded_by"} else WHOLE_FORM,
            Words(language_of(request)),
        )
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
