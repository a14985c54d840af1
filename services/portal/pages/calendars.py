"""Adding to the calendar what the reference data does not have: a milestone, or a review cycle. For staff."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.portal import adding
from services.portal.access import Person, Staff
from services.portal.calendar import groups
from services.portal.choices import OF_THE_UN, Choices
from services.portal.csrf import Form
from services.portal.page import done, language_of, page
from services.portal.pages.milestones import desk_of
from services.portal.phrases import Words
from services.portal.problems import KEY, WHOLE_FORM, faults, new_key
from services.portal.typed import Typed
from shared.client import Conflict, Refused

router = APIRouter()

KINDS = ("regional_review", "hlpf", "report_deadline", "forum", "plenary")


@router.get("/desk/calendar/milestone")
async def milestone_form(request: Request, person: Staff, cycle: str = "") -> Response:
    return await _page(request, person, "milestone_new.html", Typed([("cycle", cycle)]))


@router.post("/desk/calendar/milestone")
async def add_milestone(request: Request, person: Staff, form: Form) -> Response:
    typed, language = Typed.sent(form), language_of(request)
    wanted = adding.milestone(typed, language)
    wrong = wanted.faults
    try:
        if not wrong:
            made = await person.client.pledges.add_review(wanted.new, key=typed.one(KEY) or None)
            return done(desk_of(made.code), "milestone-added")
    except Refused as refused:
        wrong = faults(refused, wanted.place, Words(language))
    except Conflict as conflict:  # its code is taken
        wrong = {"code": str(conflict)}
    return await _page(request, person, "milestone_new.html", typed, wrong)


@router.get("/desk/calendar/cycle")
async def cycle_form(request: Request, person: Staff) -> Response:
    return await _page(request, person, "cycle_new.html", Typed([]))


@router.post("/desk/calendar/cycle")
async def add_cycle(request: Request, person: Staff, form: Form) -> Response:
    """With its forum, and with its plenary if something is said of one."""
    typed, language = Typed.sent(form), language_of(request)
    wanted = adding.cycle(typed, language)
    wrong = wanted.faults
    try:
        if not wrong:
            await person.client.pledges.add_cycle(wanted.new, key=typed.one(KEY) or None)
            return done("/reviews", "cycle-added")
    except Refused as refused:
        wrong = faults(refused, wanted.place, Words(language))
    except Conflict as conflict:  # a code of it is taken
        wrong = {WHOLE_FORM: str(conflict)}
    return await _page(request, person, "cycle_new.html", typed, wrong)


async def _page(
    request: Request, person: Person, template: str, values: Typed, wrong: dict[str, str] | None = None
) -> Response:
    language = language_of(request)
    words = Words(language)
    cycles = (await person.client.pledges.reviews()).items
    given: dict[str, Any] = {
        "values": values,
        "faults": wrong or {},
        "cycles": Choices(language, cycles[::-1]).cycles(),
        "kinds": words.options("milestone", KINDS),
        "groups": groups(language, values.one("group") or None),
        "tongues": [(tag, words.tongue(tag)) for tag in OF_THE_UN if tag != "en"],
        "key": new_key(),
    }
    return page(request, template, 422 if wrong else 200, words=words, **given)
