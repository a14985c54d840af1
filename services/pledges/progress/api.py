"""Routes of progress."""

from enum import Enum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.pledges.progress import commands, queries
from services.pledges.progress.schemas import Report, Update, UpdatePage
from services.pledges.registry.api import call_of
from shared.web.app import Using
from shared.web.auth import ANYONE, SIGNED_IN, Actor
from shared.web.pagination import Cursor, Limit, next_link
from shared.web.writing import Answer, IdempotencyKey, Writing

router = APIRouter()
TAGS: list[str | Enum] = ["progress"]


@router.post(
    "/pledges/{pledge_id}/updates", tags=TAGS, status_code=201, response_model=Update, summary="Report on a pledge"
)
async def report(
    pledge_id: UUID,
    said: Report,
    request: Request,
    actor: Annotated[Actor, Depends(SIGNED_IN)],
    key: IdempotencyKey,
    writing: Writing,
    parts: Using,
) -> Response:
    """For focal points and delegates of its entity; voluntary (¶77). A mistake is corrected by another report."""
    call = call_of(parts, actor)

    async def write(session: AsyncSession) -> Answer:
        made = await commands.report(session, pledge_id, said, call)
        return Answer(201, made.model_dump_json(), {"Location": f"/pledges/{pledge_id}/updates"})

    return await writing.once(request, actor, key, write)


@router.get("/pledges/{pledge_id}/updates", tags=TAGS, dependencies=[Depends(ANYONE)], summary="What was reported")
async def updates(
    pledge_id: UUID, request: Request, response: Response, parts: Using, limit: Limit = 20, cursor: Cursor = None
) -> UpdatePage:
    """Newest first."""
    async with parts.database.transaction() as session:
        page = await queries.updates(session, pledge_id, limit, cursor)
    response.headers.update(next_link(request, page.next))
    return page
