"""Routes of saved replies. For the Network's staff alone, who share them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.network_support.replies import commands, queries
from services.network_support.replies.schemas import FilledReply, Replies, ReplyFields, ReplyView
from services.network_support.requests.schemas import Language
from shared.web.app import Using
from shared.web.auth import STAFF, Actor
from shared.web.etag import SeenRevision, etag
from shared.web.writing import Answer, Once, Writing

router = APIRouter(tags=["saved replies"])

Staff = Annotated[Actor, Depends(STAFF)]
In = Annotated[Language | None, Query(description="A language (BCP 47)")]


@router.get("/replies", summary="Saved replies, by name")
async def list_replies(
    _: Staff,
    parts: Using,
    language: In = None,
    retired: Annotated[bool, Query(description="Those that are not used any more")] = False,
) -> Replies:
    """With `language`, those that have a text in it."""
    async with parts.database.transaction() as session:
        return Replies(items=await queries.every(session, language, retired=retired))


@router.post("/replies", status_code=201, response_model=ReplyView, summary="Save a reply")
async def save(fields: ReplyFields, actor: Staff, once: Once) -> Response:
    """In as many languages as you have it in. An unknown field in a text is refused."""

    async def write(session: AsyncSession) -> Answer:
        return _shown(await commands.save(session, fields), 201)

    return await once(actor, write)


@router.put("/replies/{reply_id}", response_model=ReplyView, summary="Change a saved reply")
async def change(reply_id: UUID, fields: ReplyFields, _: Staff, seen: SeenRevision, writing: Writing) -> Response:
    """Send all of it. One that was retired is in use again."""

    async def write(session: AsyncSession) -> Answer:
        return _shown(await commands.change(session, reply_id, seen, fields))

    return await writing.run(write)


@router.delete("/replies/{reply_id}", response_model=ReplyView, summary="Retire a saved reply")
async def retire(reply_id: UUID, _: Staff, seen: SeenRevision, writing: Writing) -> Response:
    """It is offered no more. PUT brings it back."""

    async def write(session: AsyncSession) -> Answer:
        return _shown(await commands.retire(session, reply_id, seen))

    return await writing.run(write)


@router.get("/replies/{reply_id}/filled", summary="A saved reply, filled in for a request")
async def filled(
    reply_id: UUID,
    _: Staff,
    parts: Using,
    request: Annotated[UUID, Query(description="The request that is answered")],
    language: In = None,
) -> FilledReply:
    """In the request's language if there is a text in it. Nothing is sent."""
    async with parts.database.transaction() as session:
        return await queries.filled(session, reply_id, request, language, parts.clock.business().date())


def _shown(view: ReplyView, status: int = 200) -> Answer:
    headers = {"ETag": etag(view.revision)}
    if status == 201:
        headers["Location"] = f"/replies/{view.reply_id}"
    return Answer(status, view.model_dump_json(), headers)
