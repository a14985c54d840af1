"""Routes of work items: what is only theirs. The rest is every case's: triage/api.py."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.network_support.triage.answers import shown
from services.network_support.triage.lifecycle import Act
from services.network_support.triage.schemas import Because, CaseView
from services.network_support.work_items import commands, queries
from services.network_support.work_items.schemas import WorkItemView
from shared.authors import staff
from shared.web.app import Parts, Using
from shared.web.auth import STAFF, Actor
from shared.web.etag import SeenRevision
from shared.web.writing import Answer, Once, Posting

router = APIRouter(prefix="/work-items", tags=["work items"])

Staff = Annotated[Actor, Depends(STAFF)]


@router.get("/{item_id}", summary="A work item and what caused it")
async def read(item_id: UUID, _: Staff, parts: Using) -> WorkItemView:
    """Ids and codes; what they stand for, the service that they come from says."""
    async with parts.database.transaction() as session:
        return await queries.find(session, item_id)


@router.post("/{item_id}/done", response_model=CaseView, summary="Say that a work item is settled, and how")
async def done(
    *, item_id: UUID, because: Because, actor: Staff, seen: SeenRevision, once: Once, parts: Using
) -> Response:
    """It leaves the queues. What causes the same again makes a new one."""
    return await _settle("done", item_id, because, actor, seen, once, parts)


@router.post("/{item_id}/reopen", response_model=CaseView, summary="Take back that a work item is settled")
async def reopen(
    *, item_id: UUID, because: Because, actor: Staff, seen: SeenRevision, once: Once, parts: Using
) -> Response:
    """It waits on the desk again, for anybody."""
    return await _settle("reopened", item_id, because, actor, seen, once, parts)


async def _settle(
    act: Act, item_id: UUID, because: Because, actor: Actor, seen: int, once: Posting, parts: Parts
) -> Response:
    async def write(session: AsyncSession) -> Answer:
        await commands.settle(session, act, item_id, seen, because.reason, staff(actor), parts.clock.moment())
        return await shown(session, item_id, actor, parts)

    return await once(actor, write)
