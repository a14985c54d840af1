"""GET /entities/{entity_id}/calendar"""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from services.notifications.calendar import queries
from services.notifications.calendar.entries import Place, calendar
from services.notifications.content.words import FALLBACK, spoken
from shared.errors import NotFound
from shared.web.app import Using
from shared.web.auth import ANYONE
from shared.web.etag import SeenBefore, of_body, unless_known

ICALENDAR = "text/calendar; charset=utf-8"
router = APIRouter(tags=["calendar"], dependencies=[Depends(ANYONE)])


@router.get(
    "/entities/{entity_id}/calendar",
    summary="The milestones that concern an entity, as a calendar to subscribe to",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}, 304: {"description": "No news"}},
)
async def feed(
    request: Request,
    using: Using,
    entity_id: Annotated[str, Path(examples=["veridia"])],
    language: Annotated[str, Query(description="Of the names: one of the six; else English", max_length=35)] = FALLBACK,
    seen: SeenBefore = None,
) -> Response:
    """iCalendar (RFC 5545), public data only. A moved milestone keeps its UID, with a higher SEQUENCE."""
    async with using.database.transaction() as session:
        found = await queries.of_entity(session, entity_id)
    if not found:
        raise NotFound("This entity has no published pledge, so no review concerns it yet.")
    place: Place = request.app.state.place
    body = calendar(found, spoken(language), place)
    return unless_known(seen, of_body(body.decode()), Response(body, media_type=ICALENDAR))
