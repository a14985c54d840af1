"""Queues that officers keep for themselves."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from uuid_utils.compat import uuid7

from services.network_support.triage.models import SavedQueue
from services.network_support.triage.queues import BUILT_IN, Queue
from services.network_support.triage.schemas import MOST_SAVED, QueueFields, QueueView
from shared.errors import Conflict, NotFound
from shared.web import etag

NO_SUCH_QUEUE = "There is no such queue; GET /queues lists those that everybody has, and your own."


async def find(session: AsyncSession, queue: str, person_id: str) -> Queue:
    """One that everybody has, or one's own. Raises NotFound, also for another officer's."""
    if queue in BUILT_IN:
        return BUILT_IN[queue]
    return _queue(await _own(session, _id(queue), person_id))


async def own(session: AsyncSession, person_id: str) -> list[QueueView]:
    """In the order in which they were made."""
    chosen = select(SavedQueue).where(col(SavedQueue.person_id) == person_id).order_by(col(SavedQueue.queue_id))
    return [view(one) for one in (await session.execute(chosen)).scalars()]


async def save(session: AsyncSession, person_id: str, fields: QueueFields) -> QueueView:
    """Raises Conflict for a name that one of theirs has, and when they have too many."""
    count = select(func.count()).where(col(SavedQueue.person_id) == person_id)
    if (await session.scalar(count) or 0) >= MOST_SAVED:
        raise Conflict(f"You have {MOST_SAVED} queues of your own, which is the most; remove one first.")
    made = SavedQueue(queue_id=uuid7(), person_id=person_id, **_columns(fields))
    session.add(made)
    return await _written(session, made)


async def change(session: AsyncSession, queue: str, person_id: str, seen: int, fields: QueueFields) -> QueueView:
    """Raises NotFound, Stale, Conflict."""
    found = await _own(session, _id(queue), person_id, lock=True)
    etag.require(seen, found.revision)
    found.sqlmodel_update({**_columns(fields), "revision": found.revision + 1})
    return await _written(session, found)


async def remove(session: AsyncSession, queue: str, person_id: str) -> QueueView:
    """What was removed. Raises NotFound."""
    found = await _own(session, _id(queue), person_id, lock=True)
    await session.execute(delete(SavedQueue).where(col(SavedQueue.queue_id) == found.queue_id))
    return view(found)


def view(one: SavedQueue) -> QueueView:
    queue = _queue(one)
    return QueueView(queue=queue.name, name=one.name, filters=queue.filters, order=queue.order, revision=one.revision)


def built_in() -> Sequence[QueueView]:
    return [
        QueueView(queue=one.name, name=None, filters=one.filters, order=one.order, revision=None)
        for one in BUILT_IN.values()
    ]


def _queue(one: SavedQueue) -> Queue:
    fields = QueueFields.model_validate({"name": one.name, "filters": one.filters, "order": one.order})
    return Queue(str(one.queue_id), fields.filters, fields.order)


def _columns(fields: QueueFields) -> dict[str, Any]:
    return {"name": fields.name, "filters": fields.filters.model_dump(mode="json"), "order": fields.order}


def _id(queue: str) -> UUID:
    try:
        return UUID(queue)
    except ValueError:
        raise NotFound(NO_SUCH_QUEUE) from None


async def _own(session: AsyncSession, queue_id: UUID, person_id: str, *, lock: bool = False) -> SavedQueue:
    found = await session.get(SavedQueue, queue_id, with_for_update=lock)
    if found is None or found.person_id != person_id:
        raise NotFound(NO_SUCH_QUEUE)
    return found


async def _written(session: AsyncSession, one: SavedQueue) -> QueueView:
    try:
        await session.flush()
    except IntegrityError:
        raise Conflict(f"You have a queue that is called {one.name!r} already; give it another name.") from None
    return view(one)
