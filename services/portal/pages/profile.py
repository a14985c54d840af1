"""What an officer can be given by rule: regions, languages, themes, where they sit, and whether they are away."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.portal import queueing
from services.portal.access import Person, Staff
from services.portal.csrf import Form
from services.portal.page import done, language_of, page
from services.portal.phrases import Words
from services.portal.problems import SEEN, faults
from services.portal.typed import Typed
from shared.client import Refused, Stale
from shared.client.models.desk import Officer

router = APIRouter()

PROFILE = "/desk/profile"


@router.get(PROFILE)
async def profile(request: Request, person: Staff) -> Response:
    found = await person.client.support.my_officer()
    return await _form(request, person, found, queueing.profile(found))


@router.post(PROFILE)
async def change(request: Request, person: Staff, form: Form) -> Response:
    typed = Typed.sent(form)
    try:
        await person.client.support.change_officer(queueing.meant_profile(typed), seen=str(form.get(SEEN, "")))
    except Stale:
        return done(PROFILE, "moved-on")
    except Refused as refused:
        wrong = faults(refused, queueing.place_of_profile, Words(language_of(request)))
        return await _form(request, person, await person.client.support.my_officer(), typed, wrong)
    return done(PROFILE, "profile-saved")


async def _form(
    request: Request, person: Person, officer: Officer, typed: Typed, wrong: dict[str, str] | None = None
) -> Response:
    stations = [(one.station, one.name) for one in (await person.client.support.calendars()).items]
    given: dict[str, Any] = {
        "officer": officer,
        "values": typed,
        "faults": wrong or {},
        "seen": officer.etag,
        "stations": stations,
        "choices": queueing.choices(language_of(request)),
    }
    return page(request, "profile.html", 422 if wrong else 200, **given)
