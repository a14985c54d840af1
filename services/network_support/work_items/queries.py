"""Reads of work items."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.network_support.work_items.models import WorkItem, WorkItemCause
from services.network_support.work_items.schemas import Cause, WorkItemView
from shared.errors import NotFound

MOST_CAUSES = 100


async def find(session: AsyncSession, item_id: UUID) -> WorkItemView:
    """Raises NotFound."""
    item = await session.get(WorkItem, item_id)
    if item is None:
        raise NotFound("There is no such work item.")
    chosen = (
        select(WorkItemCause)
        .where(col(WorkItemCause.item_id) == item_id)
        .order_by(col(WorkItemCause.at), col(WorkItemCause.cause))
        .limit(MOST_CAUSES)
    )
    causes = [Cause(facts=one.facts, at=one.at) for one in (await session.execute(chosen)).scalars()]
    return WorkItemView.model_validate({**item.model_dump(exclude={"facts"}), "causes": causes})
