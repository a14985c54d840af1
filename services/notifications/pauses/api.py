"""/pauses"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.deliveries.schemas import DeliveryPage
from services.notifications.pauses import commands, queries
from services.notifications.pauses.schemas import NewPause, PausePage, PauseShown
from shared.web.app import Using
from shared.web.auth import STAFF, STAFF_OR_REVIEWER, Actor
from shared.web.pagination import Cursor, Limit, next_link
from shared.web.writing import Answer, Once

router = APIRouter(tags=["pauses"])

Staff = Annotated[Actor, Depends(STAFF)]
LOOKS_ON = [Depends(STAFF_OR_REVIEWER)]


@router.get("/pauses", dependencies=LOOKS_ON, summary="What mail is paused or was, by whom and why")
async def list_pauses(
    request: Request, response: Response, using: Using, limit: Limit = 50, cursor: Cursor = None
) -> PausePage:
    async with using.database.transaction() as session:
        page = await queries.page(session, limit=limit, cursor=cursor)
    response.headers.update(next_link(request, page.next))
    return page


@router.post("/pauses", status_code=201, response_model=PauseShown, summary="Pause mail, of one category or all")
async def pause(new: NewPause, actor: Staff, once: Once, using: Using) -> Response:
    """Mails go on being planned and wait. One that is on its way at this moment still leaves."""

    async def write(session: AsyncSession) -> Answer:
        made = await commands.begin(session, new, actor.person, using.clock.system())
        return Answer(201, (await queries.shown(session, made)).model_dump_json())

    return await once(actor, write)


@router.post("/pauses/{pause_id}/end", response_model=PauseShown, summary="Let the mail go again")
async def end(pause_id: UUID, actor: Staff, once: Once, using: Using) -> Response:
    """What is late by then is skipped, and never sent late: reminders by the policy, other mails after 36 hours."""

    async def write(session: AsyncSession) -> Answer:
        ended = await commands.end(session, pause_id, actor.person, using.clock.system())
        return Answer(200, (await queries.shown(session, ended)).model_dump_json())

    return await once(actor, write)


@router.get("/pauses/{pause_id}/waiting", dependencies=LOOKS_ON, summary="What waits for the end of a pause")
async def waiting(
    request: Request, response: Response, pause_id: UUID, using: Using, limit: Limit = 50, cursor: Cursor = None
) -> DeliveryPage:
    """The oldest first. It shows no addresses."""
    async with using.database.transaction() as session:
        page = await queries.held(session, pause_id, limit=limit, cursor=cursor)
    response.headers.update(next_link(request, page.next))
    return page
