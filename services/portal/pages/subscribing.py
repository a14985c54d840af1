"""The reviews that concern an entity, at an address that calendar programs subscribe to."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.portal.access import Public
from services.portal.page import language_of
from shared.web.etag import SeenBefore, unless_known

router = APIRouter()


@router.get("/entities/{entity_id}/calendar.ics")
async def calendar(
    request: Request, entity_id: str, client: Public, language: str = "", seen: SeenBefore = None
) -> Response:
    """In the language that the address names: programs that fetch it name none."""
    found = await client.notifications.calendar(entity_id, language or language_of(request).code)
    body = b"".join([part async for part in found])
    answer = Response(body, media_type=found.headers["content-type"], headers={"Cache-Control": "no-cache"})
    return unless_known(seen, found.headers["etag"], answer)
