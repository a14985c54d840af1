"""Routes of merging, and of requests that may be the same one. For the Network's staff alone."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.network_support.merging import commands, queries
from services.network_support.merging.schemas import Candidates, MergedRequests, Merging, Preview
from services.network_support.requests.answering import Staff, answer
from services.network_support.requests.schemas import RequestView
from services.network_support.triage.schemas import Because
from shared.authors import staff
from shared.web.app import Using
from shared.web.etag import SeenRevision
from shared.web.writing import Answer, Once

router = APIRouter(prefix="/requests/{request_id}", tags=["merging"])


@router.get("/duplicates", summary="Requests of the entity that may be the same one, with reasons")
async def duplicates(request_id: UUID, _: Staff, parts: Using) -> Candidates:
    """The likeliest first. A score orders the list and decides nothing."""
    async with parts.database.transaction() as session:
        return Candidates(items=await queries.candidates(session, request_id))


@router.get("/merge", summary="What a merge would do")
async def preview(
    request_id: UUID,
    _: Staff,
    parts: Using,
    into: Annotated[UUID, Query(description="The request that would stay")],
) -> Preview:
    """Nothing is done. With what speaks against it, if it cannot be."""
    async with parts.database.transaction() as session:
        return await queries.preview(session, request_id, into)


@router.get("/merged", summary="The requests that were merged into one")
async def merged(request_id: UUID, _: Staff, parts: Using) -> MergedRequests:
    """Without those of which the merge was undone."""
    async with parts.database.transaction() as session:
        return MergedRequests(items=await queries.merged_into(session, request_id))


@router.post("/merge", response_model=RequestView, summary="Merge a request into another one")
async def merge(
    *, request_id: UUID, wish: Merging, actor: Staff, seen: SeenRevision, once: Once, parts: Using
) -> Response:
    """It ends, and its clocks with it; its entity follows the other one. Can be undone."""

    async def write(session: AsyncSession) -> Answer:
        author, moment = staff(actor), parts.clock.moment()
        return await answer(session, await commands.merge(session, request_id, seen, wish, author, moment))

    return await once(actor, write)


@router.post("/unmerge", response_model=RequestView, summary="Undo a merge")
async def unmerge(
    *, request_id: UUID, because: Because, actor: Staff, seen: SeenRevision, once: Once, parts: Using
) -> Response:
    """It is where it was before, with the clocks that it had."""

    async def write(session: AsyncSession) -> Answer:
        author, moment = staff(actor), parts.clock.moment()
        return await answer(session, await commands.undo(session, request_id, seen, because.reason, author, moment))

    return await once(actor, write)
