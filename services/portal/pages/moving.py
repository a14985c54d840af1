"""Moving a milestone, once its reader has seen what that will do, and recording what came out of it. For staff."""

import asyncio
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.portal.access import Person, Staff
from services.portal.calendar import OF_A_MOVE, OF_AN_OUTCOME, PREVIEWED, Moving, filled, groups, moving, stands
from services.portal.csrf import Form
from services.portal.page import done, language_of, page
from services.portal.pages.milestones import desk_of, invitations
from services.portal.phrases import Words
from services.portal.problems import SEEN, WHOLE_FORM, among, faults
from services.portal.typed import Typed
from shared.client import Conflict, Refused, Stale
from shared.client.models.notifications import Summary
from shared.client.models.reviews import MovePreview, Outcome

router = APIRouter()

ON_A_PAGE = 20  # versions of an outcome


@dataclass(frozen=True)
class _Preview:
    """What the move would do to the counts and to the reminders; `reminders` None while nobody can say."""

    counts: MovePreview
    reminders: Summary | None
    mark: str


@router.get("/desk/reviews/{code}/move")
async def move_form(request: Request, code: str, person: Staff) -> Response:
    found = await person.client.pledges.review(code)
    return await _move_page(request, person, code, filled(found))


@router.post("/desk/reviews/{code}/move")
async def move(request: Request, code: str, person: Staff, form: Form) -> Response:
    """Shows what it would do; moves it when that very move was shown before."""
    typed, language = Typed.sent(form), language_of(request)
    wanted = moving(typed, language)
    if wanted.faults:
        return await _move_page(request, person, code, typed, wanted.faults)
    try:
        if typed.one("action") == "move" and typed.one(PREVIEWED) == wanted.mark:
            await person.client.pledges.move_review(code, wanted.move, seen=typed.one(SEEN))
            return done(desk_of(code), "milestone-moved")
        preview = await _preview(person, code, wanted)
    except Refused as refused:
        wrong = faults(refused, among(OF_A_MOVE), Words(language))
        return await _move_page(request, person, code, typed, wrong)
    except (Stale, Conflict):
        return await _overtaken(request, person, code, typed, wanted)
    return await _move_page(request, person, code, typed, preview=preview)


async def _preview(person: Person, code: str, wanted: Moving) -> _Preview:
    move = wanted.move
    counts, reminders = await asyncio.gather(
        person.client.pledges.preview_review(code, move),
        invitations(person.client, code, starts=move.starts, tentative=move.tentative or move.cancelled),
    )
    return _Preview(counts, reminders, wanted.mark)


async def _overtaken(request: Request, person: Person, code: str, typed: Typed, wanted: Moving) -> Response:
    """Somebody was faster, or the same form before."""
    if stands(await person.client.pledges.review(code), wanted.move):
        return done(desk_of(code), "already")
    says = language_of(request).gettext(
        "Somebody changed this milestone meanwhile, so nothing was moved. Look at what stands now, then decide again."
    )
    preview = await _preview(person, code, wanted)
    return await _move_page(request, person, code, typed, {WHOLE_FORM: says}, preview)


async def _move_page(
    request: Request,
    person: Person,
    code: str,
    values: Typed,
    wrong: dict[str, str] | None = None,
    preview: _Preview | None = None,
) -> Response:
    found = await person.client.pledges.review(code)
    given: dict[str, Any] = {"found": found, "values": values, "faults": wrong or {}, "preview": preview}
    given |= {"seen": found.etag, "words": Words(language_of(request)), "again": values.one("action") == "move"}
    return page(request, "milestone_move.html", 422 if wrong else 200, **given)


@router.get("/desk/reviews/{code}/outcome")
async def outcome_form(request: Request, code: str, person: Staff) -> Response:
    """It begins with the version that holds."""
    last = (await person.client.pledges.review(code)).outcome
    said = [(name, getattr(last, name) or "") for name in OF_AN_OUTCOME] if last else []
    return await _outcome_page(request, person, code, Typed(said))


@router.post("/desk/reviews/{code}/outcome")
async def record(request: Request, code: str, person: Staff, form: Form) -> Response:
    """The first version, or the next one; all stay public."""
    typed, language = Typed.sent(form), language_of(request)
    if not typed.one("text").strip():
        wrong = {"text": language.gettext("Say what came out of it.")}
        return await _outcome_page(request, person, code, typed, wrong)
    text, document, region = (typed.one(name).strip() for name in OF_AN_OUTCOME)
    said = Outcome(text=text, document=document or None, region=region or None)
    try:
        await person.client.pledges.record_outcome(code, said, seen=typed.one(SEEN))
    except Refused as refused:
        wrong = faults(refused, among(OF_AN_OUTCOME), Words(language))
    except Conflict as conflict:  # it has not begun
        wrong = {WHOLE_FORM: str(conflict)}
    except Stale:
        says = language.gettext("Somebody changed this milestone meanwhile. Look at its versions below, then decide.")
        wrong = {WHOLE_FORM: says}
    else:
        return done(desk_of(code), "outcome-recorded")
    return await _outcome_page(request, person, code, typed, wrong)


async def _outcome_page(
    request: Request, person: Person, code: str, values: Typed, wrong: dict[str, str] | None = None
) -> Response:
    """With the versions so far, by page: `cursor` in the address, which the form keeps."""
    cursor, pledges = request.query_params.get("cursor"), person.client.pledges
    found, versions = await asyncio.gather(
        pledges.review(code), pledges.outcomes(code, limit=ON_A_PAGE, cursor=cursor or None)
    )
    given: dict[str, Any] = {"found": found, "versions": versions, "values": values, "faults": wrong or {}}
    given["groups"] = groups(language_of(request), values.one("region") or found.group)
    return page(request, "milestone_outcome.html", 422 if wrong else 200, seen=found.etag, **given)
