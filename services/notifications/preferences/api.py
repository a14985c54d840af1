"""POST /unsubscribe, and what it would do. The link is the proof; nobody signs in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.preferences import commands, queries
from services.notifications.preferences.links import Links
from services.notifications.preferences.schemas import Held, Stopping
from shared.web.app import Using
from shared.web.auth import LINK_HOLDER
from shared.web.writing import Answer, Writing

router = APIRouter(tags=["preferences"], dependencies=[Depends(LINK_HOLDER)])


async def links(request: Request) -> Links:
    found: Links = request.app.state.links
    return found


OfMails = Annotated[Links, Depends(links)]


@router.post("/unsubscribe/check", summary="Which mails would this link stop")
async def check_unsubscribing(held: Held, response: Response, of_mails: OfMails, parts: Using) -> Stopping:
    """For the page that the link leads to. Changes nothing, however often it is asked."""
    response.headers["Cache-Control"] = "no-store"
    stop = of_mails.stop(held.token)
    async with parts.database.transaction() as session:
        since = await queries.off_since(session, stop.person_id, stop.stops)
    return Stopping(category=stop.stops, off_since=since)


@router.post("/unsubscribe", response_model=Stopping, summary="Stop the mails that this link is about")
async def unsubscribe(held: Held, of_mails: OfMails, writing: Writing, parts: Using) -> Response:
    """One click (RFC 8058). Needs no Idempotency-Key: what is off stays off."""
    stop, at = of_mails.stop(held.token), parts.clock.system()

    async def write(session: AsyncSession) -> Answer:
        since = await commands.turn_off(session, stop.person_id, stop.stops, at)
        stopping = Stopping(category=stop.stops, off_since=since)
        return Answer(200, stopping.model_dump_json(), {"Cache-Control": "no-store"})

    return await writing.run(write)
