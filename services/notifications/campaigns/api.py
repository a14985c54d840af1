"""GET /campaigns"""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from services.notifications.campaigns import queries
from services.notifications.campaigns.files import MEDIA_TYPE, made
from services.notifications.campaigns.schemas import CampaignPage, CampaignShown, Format
from shared.web.app import Using
from shared.web.auth import STAFF_OR_REVIEWER
from shared.web.pagination import Cursor, Limit, next_link
from shared.web.text import Line

router = APIRouter(tags=["campaigns"], dependencies=[Depends(STAFF_OR_REVIEWER)])

Code = Annotated[Line, Path(description="The milestone’s code", examples=["plenary-2024"])]


@router.get("/campaigns", summary="The reminders of each milestone: what became of the mails, and who reported after")
async def list_campaigns(
    request: Request, response: Response, using: Using, limit: Limit = 50, cursor: Cursor = None
) -> CampaignPage:
    """Counted about once a minute. Nobody's opening of a mail is watched, so nothing of that is known."""
    async with using.database.transaction() as session:
        page = await queries.page(session, limit=limit, cursor=cursor)
    response.headers.update(next_link(request, page.next))
    return page


@router.get("/campaigns/{milestone}", summary="The same of one milestone, by offset")
async def read_campaign(milestone: Code, using: Using) -> CampaignShown:
    """Each share says what it is a share of."""
    async with using.database.transaction() as session:
        return await queries.one(session, milestone)


@router.get(
    "/campaigns/{milestone}/{format}",
    response_class=Response,
    responses={200: {"content": {MEDIA_TYPE: {}}}},
    summary="The same as a file",
)
async def read_campaign_file(
    milestone: Code,
    format: Annotated[Format, Path(examples=["csv"])],  # noqa: A002 - its name in the address
    using: Using,
) -> Response:
    """A line for each share. No cell of it is a formula."""
    del format
    async with using.database.transaction() as session:
        found = await queries.one(session, milestone)
    headers = {"Content-Disposition": 'attachment; filename="campaign.csv"'}
    return Response(made(found), media_type=MEDIA_TYPE, headers=headers)
