"""What other services raise for staff: one item a cause, however often the cause is told.

A lost contact of an entity for which such an item is open joins that item: staff find out once whom to write to.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from uuid_utils.compat import uuid7

from services.network_support.triage import assigning, following
from services.network_support.triage.lifecycle import WorkKind
from services.network_support.triage.models import Case
from services.network_support.work_items.models import WorkItem, WorkItemCause
from shared.authors import SYSTEM
from shared.clock import Moment
from shared.errors import Conflict

_CAUSED = insert(WorkItemCause).on_conflict_do_nothing()


async def of_entity(
    session: AsyncSession, kind: WorkKind, cause: str, entity_id: str, facts: dict[str, Any], moment: Moment
) -> None:
    """A new item, or one more cause of the one that is open; nothing for a cause that was told before."""
    await _one_at_a_time(session, kind, entity_id)
    if await session.get(WorkItemCause, (kind, cause)):
        return
    case = await _open(session, kind, entity_id)
    if case is None:
        await _raise(session, kind, cause, entity_id, facts, moment)
        return
    await _cause(session, kind, cause, case.case_id, facts, moment)
    await assigning.record(session, case, "raised_again", SYSTEM, moment, facts=facts)


async def alone(session: AsyncSession, kind: WorkKind, cause: str, facts: dict[str, Any], moment: Moment) -> None:
    """A new item that no other cause joins; nothing for a cause that was told before."""
    await _one_at_a_time(session, kind, cause)
    if await session.get(WorkItemCause, (kind, cause)) is None:
        await _raise(session, kind, cause, None, facts, moment)


async def require_none_open(session: AsyncSession, case: Case) -> None:
    """Raises Conflict when the entity of this item has another one of its kind that is open."""
    if case.entity_id is None:
        return
    await _one_at_a_time(session, case.kind, case.entity_id)
    if other := await _open(session, case.kind, case.entity_id):
        raise Conflict(f"The entity has another item of this kind that is open: go on in that, {other.case_id}.")


async def _one_at_a_time(session: AsyncSession, kind: str, what: str) -> None:
    """Until the transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{kind} {what}", 0))))


async def _open(session: AsyncSession, kind: str, entity_id: str) -> Case | None:
    chosen = (
        select(Case)
        .where(col(Case.kind) == kind, col(Case.entity_id) == entity_id, col(Case.is_open))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.execute(chosen)).scalars().first()


async def _raise(
    session: AsyncSession, kind: WorkKind, cause: str, entity_id: str | None, facts: dict[str, Any], moment: Moment
) -> None:
    item = WorkItem(item_id=uuid7(), kind=kind, entity_id=entity_id, facts=facts, raised_at=moment.business)
    session.add(item)
    await session.flush()
    await _cause(session, kind, cause, item.item_id, facts, moment)
    case = Case(
        case_id=item.item_id,
        kind=kind,
        stage="waiting",
        is_open=True,
        entity_id=entity_id,
        region=await following.region(session, entity_id) if entity_id else None,
        opened_at=moment.business,
        changed_at=moment.business,
        revision=0,
    )
    session.add(case)
    await session.flush()
    await assigning.record(session, case, "raised", SYSTEM, moment, facts=facts)
    await assigning.automatically(session, case, moment)


async def _cause(
    session: AsyncSession, kind: WorkKind, cause: str, item_id: UUID, facts: dict[str, Any], moment: Moment
) -> None:
    row = {"kind": kind, "cause": cause, "item_id": item_id, "facts": facts, "at": moment.business}
    await session.execute(_CAUSED, row)
