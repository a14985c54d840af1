"""The desk of one milestone: who asked to present, who was invited, moving it, and what came out of it."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.portal.access import Staff, StaffOrReviewer
from services.portal.calendar import changes
from services.portal.csrf import Form
from services.portal.page import done, language_of, page
from services.portal.phrases import Words
from services.portal.problems import KEY, SEEN, new_key
from services.portal.words import WORDS
from shared.client import Away, Client, Conflict, Missing, Stale
from shared.client.models.notifications import Summary
from shared.client.models.pledges import PublicView
from shared.client.models.reviews import Milestone
from shared.web.auth import ADMIN, NETWORK_STAFF

router = APIRouter()

ON_A_PAGE = 20
STATES = tuple(WORDS["reminder"])


def desk_of(code: str) -> str:
    return f"/desk/reviews/{code}"


@router.get("/desk/reviews/{code}")
async def milestone(
    request: Request, code: str, person: StaffOrReviewer, cursor: str = "", steps: str = ""
) -> Response:
    pledges, language = person.client.pledges, language_of(request)
    found, wishes, history, invited = await asyncio.gather(
        pledges.review(code),
        pledges.presentations(milestone=code, limit=ON_A_PAGE, cursor=cursor or None),
        pledges.review_history(code, limit=ON_A_PAGE, cursor=steps or None),
        invitations(person.client, code),
    )
    opens, shown = await asyncio.gather(
        _opens(person.client, found), _pledges(person.client, [one.pledge_id for one in wishes.items])
    )
    given: dict[str, Any] = {
        "found": found,
        "wishes": [(one, _reported(shown.get(one.pledge_id), opens)) for one in wishes.items],
        "next": wishes.next,
        "history": [(step, list(changes(step, language))) for step in history.items],
        "steps_from": steps,
        "more_steps": history.next,
        "invited": invited,
        "staff": person.session.is_any(NETWORK_STAFF, ADMIN),
        "key": new_key(),
    }
    return page(request, "milestone_desk.html", words=Words(language), **given)


async def invitations(
    client: Client, code: str, *, starts: str | None = None, tentative: bool | None = None
) -> Summary | None:
    """Who was invited, and what a move would do to the plan; None while nobody can say."""
    try:
        return await client.notifications.reminders_summary(code, starts=starts, tentative=tentative)
    except (Away, Missing):  # Missing: the milestone is so new that it is not known there yet
        return None


async def _opens(client: Client, found: Milestone) -> datetime | None:
    """From when on reports count for it."""
    cycles = (await client.pledges.reviews()).items
    return next((one.opens_at for one in cycles if one.code == found.cycle), None)


async def _pledges(client: Client, ids: list[UUID]) -> dict[UUID, PublicView]:
    """Those that are public, by id."""
    found = await asyncio.gather(*(_pledge(client, one) for one in dict.fromkeys(ids)))
    return {one.pledge_id: one for one in found if one}


async def _pledge(client: Client, pledge_id: UUID) -> PublicView | None:
    try:
        return await client.pledges.get(pledge_id)
    except Missing:
        return None


def _reported(pledge: PublicView | None, opens: datetime | None) -> bool:
    last = pledge.progress.last_reported_at if pledge else None
    return last is not None and opens is not None and last >= opens


@router.post("/desk/reviews/{code}/grant")
async def grant(code: str, person: Staff, form: Form) -> Response:
    """A slot for a pledge; from then on it is public."""
    wish, seen, key = (str(form.get(name, "")) for name in ("presentation_id", SEEN, KEY))
    try:
        await person.client.pledges.grant_presentation(wish, seen=seen, key=key or None)
    except (Stale, Conflict):
        return done(desk_of(code), "moved-on")
    return done(desk_of(code), "slot-granted")


@router.get("/desk/reviews/{code}/invitations")
async def invited(
    request: Request, code: str, person: StaffOrReviewer, state: str = "sent", cursor: str = ""
) -> Response:
    """Who was invited to report before it, who will be, and who was not, with the reason."""
    wanted = state if state in STATES else None
    found, listed = await asyncio.gather(
        person.client.pledges.review(code),
        person.client.notifications.reminders(milestone=code, state=wanted, limit=ON_A_PAGE, cursor=cursor or None),
    )
    given: dict[str, Any] = {
        "found": found,
        "items": listed.items,
        "next": listed.next,
        "pledges": await _pledges(person.client, [one.pledge_id for one in listed.items]),
        "filters": {"state": wanted or "all"},
        "states": STATES,
    }
    return page(request, "milestone_invited.html", words=Words(language_of(request)), **given)
