"""GET /deliveries"""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from services.notifications.deliveries import queries
from services.notifications.deliveries.lifecycle import State
from services.notifications.deliveries.schemas import DeliveryPage
from services.notifications.deliveries.steps import TEMPLATES
from shared.web.app import Using
from shared.web.auth import STAFF_OR_REVIEWER
from shared.web.pagination import Cursor, Limit, next_link

router = APIRouter(tags=["deliveries"], dependencies=[Depends(STAFF_OR_REVIEWER)])

Template = Literal[*TEMPLATES]  # type: ignore[valid-type]  # the names are counted once, in the mail table


@router.get("/deliveries", summary="E-mails: sent, waiting, given up, and why")
async def list_deliveries(
    request: Request,
    response: Response,
    using: Using,
    state: Annotated[State | None, Query(description="Only these")] = None,
    template: Annotated[Template | None, Query(description="Only of this kind")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> DeliveryPage:
    async with using.database.transaction() as session:
        page = await queries.page(session, state=state, template=template, limit=limit, cursor=cursor)
    response.headers.update(next_link(request, page.next))
    return page
