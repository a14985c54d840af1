"""Routes of queues. For the Network's staff alone."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.network_support.triage import answers, queries, saved
from services.network_support.triage.queries import Wanted
from services.network_support.triage.queues import Queue
from services.network_support.triage.schemas import (
    MOST_COUNTED,
    CasePage,
    QueueCount,
    QueueFields,
    Queues,
    QueueView,
)
from shared.web.app import Using
from shared.web.auth import STAFF, Actor
from shared.web.etag import SeenRevision, etag
from shared.web.pagination import Cursor, Limit
from shared.web.writing import Answer, Once, Writing

router = APIRouter(prefix="", tags=["queues"])

Staff = Annotated[Actor, Depends(STAFF)]


@router.get("/queues", summary="Which queues there are, and how many cases each has")
async def list_queues(actor: Staff, parts: Using) -> Queues:
    """Those that everybody has, then the officer's own."""
    async with parts.database.transaction() as session:
        every = [*saved.built_in(), *await saved.own(session, actor.person)]
        wanted = [Queue(one.queue, one.filters, one.order) for one in every]
        counts = await queries.counts(session, wanted, answers.asking(actor, parts))
    counted = zip(every, counts, strict=True)
    items = [
        QueueCount(**dict(one), count=min(count, MOST_COUNTED), more=count > MOST_COUNTED) for one, count in counted
    ]
    return Queues(items=items)


@router.post("/queues", status_code=201, response_model=QueueView, summary="Keep a filter as a queue")
async def save_queue(fields: QueueFields, actor: Staff, once: Once) -> Response:
    """For oneself; other officers do not see it."""

    async def write(session: AsyncSession) -> Answer:
        return _queue_answer(await saved.save(session, actor.person, fields), 201)

    return await once(actor, write)


@router.put("/queues/{queue}", response_model=QueueView, summary="Change a queue of one's own")
async def change_queue(queue: str, fields: QueueFields, actor: Staff, seen: SeenRevision, writing: Writing) -> Response:
    """Send all fields: what is left out gets its default."""

    async def write(session: AsyncSession) -> Answer:
        return _queue_answer(await saved.change(session, queue, actor.person, seen, fields))

    return await writing.run(write)


@router.delete("/queues/{queue}", response_model=QueueView, summary="Remove a queue of one's own")
async def remove_queue(queue: str, actor: Staff, writing: Writing) -> Response:
    """The cases stay where they are. The answer is what was removed, to save it again."""

    async def write(session: AsyncSession) -> Answer:
        return _queue_answer(await saved.remove(session, queue, actor.person))

    return await writing.run(write)


@router.get("/queues/{queue}", response_model=CasePage, summary="The cases of a queue")
async def read_queue(
    *, queue: str, request: Request, actor: Staff, parts: Using, limit: Limit = 25, cursor: Cursor = None
) -> Response:
    """By the queue's own order."""
    async with parts.database.transaction() as session:
        found = await saved.find(session, queue, actor.person)
        page = await queries.page(
            session, Wanted(found.filters, found.order, limit, cursor), answers.asking(actor, parts)
        )
    return answers.paged(request, page)


def _queue_answer(made: QueueView, status: int = 200) -> Answer:
    headers = {"ETag": etag(made.revision or 0)}
    if status == 201:
        headers["Location"] = f"/queues/{made.queue}"
    return Answer(status, made.model_dump_json(), headers)
