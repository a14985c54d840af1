"""GET /deliveries"""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.notifications.deliveries import queries
from services.notifications.deliveries.lifecycle import State
from services.notifications.deliveries.schemas import DeliveryPage, DeliveryShown
from services.notifications.deliveries.steps import TEMPLATES
from shared.web.app import Using
from shared.web.auth import STAFF_OR_REVIEWER
from shared.web.pagination import Cursor, Limit, decode, encode, next_link

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
    scope = f"deliveries {state} {template}"
    after = decode(cursor, scope, UUID)[0] if cursor else None
    async with using.database.transaction() as session:
        found = await queries.page(session, state=state, template=template, after=after, limit=limit)
    following = encode([str(found[limit - 1].id)], scope) if len(found) > limit else None
    response.headers.update(next_link(request, following))
    return DeliveryPage(items=[DeliveryShown.model_validate(row) for row in found[:limit]], next=following)
