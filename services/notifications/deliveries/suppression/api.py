"""GET /suppressions, and their end."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.deliveries.suppression import commands, queries
from services.notifications.deliveries.suppression.schemas import Lifting, SuppressionPage, SuppressionShown
from shared.web.app import Using
from shared.web.auth import STAFF, STAFF_OR_REVIEWER, Actor
from shared.web.pagination import Cursor, Limit, next_link
from shared.web.writing import Answer, Writing

router = APIRouter(tags=["suppressions"])


@router.get(
    "/suppressions",
    dependencies=[Depends(STAFF_OR_REVIEWER)],
    summary="Addresses that are written to no more: whose, and why",
)
async def list_suppressions(
    request: Request,
    response: Response,
    using: Using,
    lifted: Annotated[bool, Query(description="Those that were lifted, instead")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> SuppressionPage:
    """An address of which a mail came back for good, or whose holder complained. It shows no addresses."""
    async with using.database.transaction() as session:
        page = await queries.page(session, lifted=lifted, limit=limit, cursor=cursor)
    response.headers.update(next_link(request, page.next))
    return page


@router.get(
    "/suppressions/{suppression_id}",
    dependencies=[Depends(STAFF_OR_REVIEWER)],
    summary="One such address: whose, and why",
)
async def one_suppression(suppression_id: UUID, using: Using) -> SuppressionShown:
    """It shows no address."""
    async with using.database.transaction() as session:
        return await queries.one(session, suppression_id)


@router.post(
    "/suppressions/{suppression_id}/lift", response_model=SuppressionShown, summary="Write to this address again"
)
async def lift(
    suppression_id: UUID, lifting: Lifting, actor: Annotated[Actor, Depends(STAFF)], writing: Writing, using: Using
) -> Response:
    """What was suppressed meanwhile is not sent after all. A second time it is a conflict, so it needs no key."""
    at = using.clock.system()

    async def write(session: AsyncSession) -> Answer:
        await queries.one(session, suppression_id)
        await commands.lift(session, suppression_id, actor.person, lifting.because, at)
        return Answer(200, (await queries.one(session, suppression_id)).model_dump_json())

    return await writing.run(write)
