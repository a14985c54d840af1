"""Routes of possible duplicates and of merging."""

from enum import Enum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.pledges.advice.wording import InLanguage, spoken
from services.pledges.duplicates import commands, queries
from services.pledges.duplicates.queries import Asked
from services.pledges.duplicates.schemas import Duplicates, MergedPage, MergePreview, Merging
from services.pledges.entities.authority import require_reader
from services.pledges.registry import records
from services.pledges.registry.api import answer, call_of
from services.pledges.registry.schemas import WorkingCopy
from shared.web.app import Using
from shared.web.auth import ANYONE, SIGNED_IN, STAFF, Actor
from shared.web.etag import SeenRevision
from shared.web.pagination import Cursor, Limit, next_link
from shared.web.writing import Answer, Once

router = APIRouter()
Staff = Annotated[Actor, Depends(STAFF)]
TAGS: list[str | Enum] = ["pledges: duplicates"]


@router.get("/pledges/{pledge_id}/duplicates", tags=TAGS, summary="Pledges that may be the same, with reasons")
async def duplicates(
    pledge_id: UUID,
    response: Response,
    actor: Annotated[Actor, Depends(SIGNED_IN)],
    language: InLanguage,
    parts: Using,
) -> Duplicates:
    """For the entity's members, staff and reviewers. Compared is what is being worked on."""
    async with parts.database.transaction() as session:
        found = await records.present(session, pledge_id)
        await require_reader(session, actor, found.entity_id, parts.clock.business())
        asked = Asked(found.entity_id, found.content, pledge_id, insider=True)
        alike = await queries.candidates(session, asked, language)
    response.headers.update(spoken(language))
    return Duplicates(items=alike)


@router.get("/pledges/{pledge_id}/merged", tags=TAGS, dependencies=[Depends(ANYONE)], summary="What was merged into it")
async def merged(
    pledge_id: UUID, request: Request, response: Response, parts: Using, limit: Limit = 20, cursor: Cursor = None
) -> MergedPage:
    """With what those pledges are called in other systems. Newest first."""
    async with parts.database.transaction() as session:
        page = await queries.merged(session, pledge_id, limit, cursor)
    response.headers.update(next_link(request, page.next))
    return page


@router.get("/pledges/{pledge_id}/merge", tags=TAGS, summary="What a merge would do, before it is done")
async def preview(
    pledge_id: UUID,
    into: Annotated[UUID, Query(description="The pledge that stays")],
    response: Response,
    actor: Staff,
    language: InLanguage,
    parts: Using,
) -> MergePreview:
    """Refused as the merge itself would be."""
    async with parts.database.transaction() as session:
        found = await commands.preview(session, pledge_id, into, call_of(parts, actor), language)
    response.headers.update(spoken(language))
    return found


@router.post(
    "/pledges/{pledge_id}/merge", tags=TAGS, response_model=WorkingCopy, summary="It is the same as another pledge"
)
async def merge(
    pledge_id: UUID, merging: Merging, actor: Staff, seen: SeenRevision, once: Once, parts: Using
) -> Response:
    """It is closed as superseded by the one that stays, and leaves all counts. That one is not changed."""
    call = call_of(parts, actor)

    async def write(session: AsyncSession) -> Answer:
        return answer(await commands.merge(session, pledge_id, seen, merging.into, call))

    return await once(actor, write)


@router.post("/pledges/{pledge_id}/unmerge", tags=TAGS, response_model=WorkingCopy, summary="Undo a merge")
async def unmerge(pledge_id: UUID, actor: Staff, seen: SeenRevision, once: Once, parts: Using) -> Response:
    """It is open again as it was, whatever became of the other pledge meanwhile."""
    call = call_of(parts, actor)

    async def write(session: AsyncSession) -> Answer:
        return answer(await commands.unmerge(session, pledge_id, seen, call))

    return await once(actor, write)
