"""Rehearsals: which reminders would go in a month, to whom, why, and what they say. Nothing is sent."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.portal.access import Person, Staff, StaffOrReviewer
from services.portal.csrf import Form
from services.portal.named import names
from services.portal.page import done, language_of, page
from services.portal.phrases import Words
from services.portal.problems import KEY, faults, new_key
from services.portal.typed import Typed
from shared.client import Refused
from shared.client.models.rehearsals import MilestoneMove, Rehearsal, WantedRehearsal
from shared.web.auth import ADMIN, NETWORK_STAFF

router = APIRouter()

PLACE = "/desk/rehearsals"
FIELDS = {"month": "month", "policy": "policy", "moves.0.milestone": "milestone", "moves.0.starts": "starts"}


@router.get("/desk/rehearsals")
async def rehearsals(request: Request, person: StaffOrReviewer, month: str = "", cursor: str = "") -> Response:
    return await _list(request, person, Typed([("month", month)]), {}, cursor)


@router.post("/desk/rehearsals")
async def order(request: Request, person: Staff, form: Form) -> Response:
    typed, language = Typed.sent(form), language_of(request)
    milestone, starts = typed.one("milestone"), typed.one("starts").strip()
    if bool(milestone) != bool(starts):
        missing = "starts" if milestone else "milestone"
        return await _list(request, person, typed, {missing: language.gettext("Say which milestone, and which day.")})
    moves = [MilestoneMove(milestone=milestone, starts=starts)] if milestone else []
    policy = typed.one("policy").strip() or None
    wanted = WantedRehearsal(month=typed.one("month").strip(), policy=policy, moves=moves)
    try:
        made = await person.client.notifications.rehearse(wanted, key=typed.one(KEY) or None)
    except Refused as refused:
        wrong = faults(refused, lambda path: FIELDS.get(path, "form"), Words(language))
        return await _list(request, person, typed, wrong)
    return done(f"{PLACE}/{made.rehearsal_id}", "rehearsal-ordered")


async def _list(request: Request, person: Person, typed: Typed, wrong: dict[str, str], cursor: str = "") -> Response:
    found, cycles = await asyncio.gather(
        person.client.notifications.rehearsals(limit=10, cursor=cursor or None), person.client.pledges.reviews()
    )
    given: dict[str, Any] = {
        "items": found.items,
        "next": found.next,
        "milestones": [one for cycle in cycles.items for one in cycle.milestones if one.reminders],
        "values": typed,
        "faults": wrong,
        "staff": person.session.is_any(NETWORK_STAFF, ADMIN),
        "key": new_key(),
    }
    return page(request, "rehearsals.html", 422 if wrong else 200, **given)


@router.get("/desk/rehearsals/{rehearsal_id}")
async def rehearsal(
    request: Request,
    rehearsal_id: UUID,
    person: StaffOrReviewer,
    day: str = "",
    changed: str = "",
    cursor: str = "",
    differences: str = "",
) -> Response:
    """How far it is; once it is done, the calendar, the mails, and what would be different."""
    notifications = person.client.notifications
    found = await notifications.rehearsal(rehearsal_id)
    given: dict[str, Any] = {"found": found, "items": [], "next": None, "others": [], "more": None, "named": {}}
    if found.state == "done":
        mails = await notifications.rehearsed(
            rehearsal_id, changed=bool(changed), day=_day(day), limit=20, cursor=cursor or None
        )
        given |= {"items": mails.items, "next": mails.next}
        if _compares(found):
            others = await notifications.rehearsal_differences(rehearsal_id, limit=20, cursor=differences or None)
            given |= {"others": others.items, "more": others.next}
        shown = [*mails.items, *(mail for one in given["others"] if (mail := one.changed or one.as_is))]
        given["named"] = await names(person.client, list({entity for mail in shown for entity in mail.entities}))
    given |= {"filters": {"day": day, "changed": changed}, "compares": _compares(found), "differences": differences}
    return page(request, "rehearsal.html", **given)


def _day(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _compares(found: Rehearsal) -> bool:
    return bool(found.policy or found.moves)


@router.get("/desk/rehearsals/{rehearsal_id}/mails/{number}")
async def said(
    request: Request, rehearsal_id: UUID, number: int, person: StaffOrReviewer, changed: str = ""
) -> Response:
    found = await person.client.notifications.rehearsed_mail(rehearsal_id, number, changed=bool(changed))
    named = await names(person.client, found.mail.entities)
    known = language_of(request).locale.languages
    spoken = {one.language: str(known.get(one.language, one.language)) for one in found.says}
    return page(
        request, "rehearsed.html", found=found, rehearsal_id=rehearsal_id, changed=changed, named=named, spoken=spoken
    )
