"""Reviews: the calendar, and who has reported for a milestone. Reporting is voluntary (¶77): silence is no failure."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.portal.access import Public
from services.portal.calendar import changes
from services.portal.page import language_of, page
from services.portal.phrases import Words
from shared.client import Refused

router = APIRouter()

ON_A_PAGE = 50
SHOWN = 20  # presentations, versions of an outcome and steps, each with its own further pages
LISTS = ("cursor", "presented", "outcomes", "steps")  # where each list of the page goes on, in the address
VOICES = {"reported": True, "silent": False}


@router.get("/reviews")
async def reviews(request: Request, client: Public) -> Response:
    return page(request, "reviews.html", cycles=(await client.pledges.reviews()).items)


@router.get("/reviews/{code}")
async def review(request: Request, code: str, client: Public) -> Response:
    """The pledges that a milestone counts, with ?voice=silent or reported only those."""
    voice, *places = (request.query_params.get(name, "") for name in ("voice", *LISTS))
    cursor, *others = (place or None for place in places)
    pledges, language = client.pledges, language_of(request)
    try:
        found, presented, versions, history = await asyncio.gather(
            pledges.review_pledges(code, reported=VOICES.get(voice), limit=ON_A_PAGE, cursor=cursor),
            pledges.presented(code, limit=SHOWN, cursor=others[0]),
            pledges.outcomes(code, limit=SHOWN, cursor=others[1]),
            pledges.review_history(code, limit=SHOWN, cursor=others[2]),
        )
    except Refused:  # a cursor of another list
        return RedirectResponse(request.url.path, 303)
    voice = voice if voice in VOICES else ""
    given: dict[str, Any] = {
        "found": found,
        "voice": voice,
        "at": {"voice": voice, **dict(zip(LISTS, places, strict=True))},
        "more": {"presented": presented.next, "outcomes": versions.next, "steps": history.next},
        "presented": presented.items,
        "versions": versions.items if others[1] else versions.items[1:],
        "history": [(step, list(changes(step, language))) for step in history.items],
    }
    return page(request, "review.html", words=Words(language), **given)
