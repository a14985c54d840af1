"""Reviews: the calendar, and who has reported for a milestone. Reporting is voluntary (¶77): silence is no failure."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.portal.access import Public
from services.portal.page import page
from shared.client import Refused

router = APIRouter()

ON_A_PAGE = 50
VOICES = {"reported": True, "silent": False}


@router.get("/reviews")
async def reviews(request: Request, client: Public) -> Response:
    return page(request, "reviews.html", cycles=(await client.pledges.reviews()).items)


@router.get("/reviews/{code}")
async def review(request: Request, code: str, client: Public) -> Response:
    """The pledges that a milestone counts, with ?voice=silent or reported only those."""
    voice = request.query_params.get("voice", "")
    try:
        found = await client.pledges.review_pledges(
            code, reported=VOICES.get(voice), limit=ON_A_PAGE, cursor=request.query_params.get("cursor")
        )
    except Refused:  # a cursor of another list
        return RedirectResponse(request.url.path, 303)
    return page(request, "review.html", found=found, voice=voice if voice in VOICES else "")
