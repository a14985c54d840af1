"""Saving, changing and retiring replies. All officers share them."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from uuid_utils.compat import uuid7

from services.network_support.replies.models import SavedReply
from services.network_support.replies.schemas import ReplyFields, ReplyView
from shared.errors import Conflict, NotFound
from shared.web import etag

MOST = 500  # that are not retired
NO_SUCH_REPLY = "There is no such saved reply; see GET /replies."


async def save(session: AsyncSession, fields: ReplyFields) -> ReplyView:
    """Raises Conflict for a name that another one has, and when there are too many."""
    if (await session.scalar(select(func.count()).where(~col(SavedReply.retired))) or 0) >= MOST:
        raise Conflict(f"There are {MOST} saved replies, more than anybody can look through; retire one first.")
    made = SavedReply(reply_id=uuid7(), **fields.model_dump())
    session.add(made)
    return await _written(session, made)


async def change(session: AsyncSession, reply_id: UUID, seen: int, fields: ReplyFields) -> ReplyView:
    """A retired one is in use again. Raises NotFound, Stale, Conflict."""
    found = await _locked(session, reply_id, seen)
    found.sqlmodel_update({**fields.model_dump(), "retired": False, "revision": found.revision + 1})
    return await _written(session, found)


async def retire(session: AsyncSession, reply_id: UUID, seen: int) -> ReplyView:
    """Raises NotFound, Stale."""
    found = await _locked(session, reply_id, seen)
    found.sqlmodel_update({"retired": True, "revision": found.revision + 1})
    return await _written(session, found)


async def _locked(session: AsyncSession, reply_id: UUID, seen: int) -> SavedReply:
    found = await session.get(SavedReply, reply_id, with_for_update=True)
    if found is None:
        raise NotFound(NO_SUCH_REPLY)
    etag.require(seen, found.revision)
    return found


async def _written(session: AsyncSession, reply: SavedReply) -> ReplyView:
    try:
        await session.flush()
    except IntegrityError:
        raise Conflict(f"Another saved reply is called {reply.name!r}; give it another name.") from None
    return ReplyView(**reply.model_dump())
