"""One case of the board, a search over them, and what officers do with one."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from services.portal import casework, officers, ticking
from services.portal.access import Person, Staff
from services.portal.csrf import Form
from services.portal.page import done, language_of, page, with_script
from services.portal.pages.board import named
from services.portal.pages.desk import REQUESTS
from services.portal.parts import parts_of
from services.portal.phrases import Words
from services.portal.problems import among, faults
from shared.client import Conflict, Refused, Stale

router = APIRouter()

CASES = "/desk/cases"
FIELDS = {"officer", "priority", "step"}


@router.get(CASES)
async def search(request: Request, person: Staff, text: str = "", which: str = "any", cursor: str = "") -> Response:
    """Of all requests, also those that are over."""
    language, now = language_of(request), parts_of(request).clock.business()
    found = await person.client.support.cases(
        text=text or None, which=which if which in {"open", "over", "any"} else "any", cursor=cursor or None
    )
    given: dict[str, Any] = {
        "text": text,
        "cases": [(one, named(language, one), ticking.line(language, one.due_at, now)) for one in found.items],
        "next": found.next,
        "names": await officers.names(person, (one.officer for one in found.items)),
    }
    return page(request, "cases.html", words=Words(language), **given)


@router.get(CASES + "/{case_id}")
async def case(request: Request, case_id: UUID, person: Staff) -> Response:
    """A request has a page of its own, for reviewers too."""
    if (await person.client.support.case(case_id)).kind == casework.REQUEST:
        return RedirectResponse(f"{REQUESTS}/{case_id}", 303)
    return await _page(request, person, case_id)


@router.post(CASES + "/{case_id}")
async def act(request: Request, case_id: UUID, person: Staff, form: Form) -> Response:
    """Gives it to somebody, hands it back, changes its priority, or takes a step of its life."""
    sent = {name: str(value).replace("\r\n", "\n").strip() for name, value in form.items()}
    try:
        word = await casework.take(person, case_id, sent)
    except Stale:
        word = "moved-on"
    except (Refused, Conflict) as refused:
        wrong = faults(refused, _place(sent.get("action", "")), Words(language_of(request)))
        return await _page(request, person, case_id, form, wrong)
    return done(f"{REQUESTS if sent.get('kind') == casework.REQUEST else CASES}/{case_id}", word)


def _place(action: str) -> Callable[[str], str]:
    """Of a fault: the field of the form that was sent."""
    elsewhere = among(FIELDS)
    return lambda path: casework.reason_of(action) if path == "reason" else elsewhere(path)


async def _page(
    request: Request,
    person: Person,
    case_id: UUID,
    form: FormData | None = None,
    wrong: dict[str, str] | None = None,
) -> Response:
    language, now = language_of(request), parts_of(request).clock.business()
    position = (await person.client.support.board()).position  # before what is shown
    beside = await casework.panel(person, language, case_id, now, form=form)
    title = named(language, beside["case"])
    given: dict[str, Any] = {"title": title, "faults": wrong or {}, "position": position, **beside}
    return with_script(request, page(request, "case.html", 422 if wrong else 200, words=Words(language), **given))
