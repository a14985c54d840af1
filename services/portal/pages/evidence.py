"""Evidence of reports that waits for a check by the Network's staff, because its entity asked for one."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from services.portal.access import Person, Staff, StaffOrReviewer
from services.portal.csrf import Form
from services.portal.page import done, language_of, page
from services.portal.phrases import Words
from services.portal.problems import KEY, WHOLE_FORM, among, faults, new_key
from services.portal.typed import Typed
from shared.client import Client, Conflict, Refused
from shared.client.models.reports import Check, Update
from shared.errors import NotFound
from shared.web.auth import ADMIN, NETWORK_STAFF

router = APIRouter()

EVIDENCE = "/desk/evidence"
FIELDS = {"answer", "reason"}
Number = Annotated[int, Path(ge=1, lt=2**31)]


@router.get("/desk/evidence")
async def waiting(request: Request, person: StaffOrReviewer, cursor: str = "") -> Response:
    found = await person.client.pledges.checks(cursor=cursor or None)
    given: dict[str, Any] = {"items": found.items, "next": found.next}
    return page(request, "evidence_checks.html", **given)


@router.get("/desk/evidence/{pledge_id}/{number}")
async def evidence(request: Request, pledge_id: UUID, number: Number, person: StaffOrReviewer) -> Response:
    return await _page(request, person, (pledge_id, number), FormData(), {})


@router.post("/desk/evidence/{pledge_id}/{number}")
async def check(request: Request, pledge_id: UUID, number: Number, person: Staff, form: Form) -> Response:
    """Confirms what the report shows, or declines with the reason. The last answer holds."""
    said = Check(answer=str(form.get("answer", "")), reason=str(form.get("reason", "")).replace("\r\n", "\n"))
    if wrong := _lacking(request, said):
        return await _page(request, person, (pledge_id, number), form, wrong)
    try:
        await person.client.pledges.check(pledge_id, number, said, key=str(form.get(KEY, "")) or None)
    except Refused as refused:
        wrong = faults(refused, among(FIELDS), Words(language_of(request)))
        return await _page(request, person, (pledge_id, number), form, wrong)
    except Conflict as conflict:
        return await _page(request, person, (pledge_id, number), form, {WHOLE_FORM: str(conflict)})
    return done(f"{EVIDENCE}/{pledge_id}/{number}", f"evidence-{said.answer}")


def _lacking(request: Request, said: Check) -> dict[str, str]:
    language = language_of(request)
    if not said.answer:
        return {"answer": language.gettext("Say what you found.")}
    if said.answer == "declined" and not said.reason.strip():
        return {"reason": language.gettext("Say what the evidence does not show.")}
    return {}


async def _page(
    request: Request, person: Person, which: tuple[UUID, int], form: FormData, wrong: dict[str, str]
) -> Response:
    """Raises Missing for what nobody asked to have checked."""
    words, pledges = Words(language_of(request)), person.client.pledges
    pledge, report, checked = await asyncio.gather(
        pledges.get(which[0]), _report(person.client, *which), pledges.checked(*which)
    )
    given: dict[str, Any] = {
        "pledge": pledge,
        "report": report,
        "checked": checked,
        "may_act": person.session.is_any(NETWORK_STAFF, ADMIN) and not report.corrected_by,
        "options": words.options("check_answer"),
        "values": Typed.sent(form),
        "faults": wrong,
        "key": new_key(),
    }
    return page(request, "evidence_check.html", 422 if wrong else 200, words=words, **given)


async def _report(client: Client, pledge_id: UUID, number: int) -> Update:
    async for one in client.pledges.updates(pledge_id, limit=100):
        if one.number == number:
            return one
    raise NotFound("There is no such report.")
