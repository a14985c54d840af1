"""Drafts: written by people of the entity, seen and sent by them alone. Nothing is deleted: one discards a draft.

A draft may name any pledge of the entity; whether it is in order is asked when it is sent.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.network_support.memberships import Acting
from services.network_support.requests.commands import begun, locked_by_entity, opened, take
from services.network_support.requests.models import SupportRequest
from services.network_support.requests.schemas import Edit, Wish
from shared.authors import Author
from shared.clock import Moment
from shared.errors import FieldProblem, Invalid


async def draft(session: AsyncSession, acting: Acting, wish: Wish, author: Author, moment: Moment) -> SupportRequest:
    """Raises Forbidden for those who may not act for the entity."""
    acting.require_write(wish.entity_id, moment.business)
    request = begun(wish, moment)
    session.add(request)
    return await take(session, request, "drafted", author, moment)


async def save(
    session: AsyncSession, acting: Acting, request_id: UUID, seen: int, edit: Edit, author: Author, moment: Moment
) -> SupportRequest:
    """Raises NotFound, Forbidden, Stale, Conflict when it was sent."""
    request = await locked_by_entity(session, acting, request_id, seen, moment)
    await take(session, request, "saved", author, moment)
    for name, value in edit.model_dump().items():
        setattr(request, name, value)
    await session.flush()
    return request


async def send(
    session: AsyncSession, acting: Acting, request_id: UUID, seen: int, author: Author, moment: Moment
) -> SupportRequest:
    """Only its people send it, whoever wrote it. Raises NotFound, Forbidden, Stale, Conflict, Invalid."""
    request = await locked_by_entity(session, acting, request_id, seen, moment)
    if request.state == "draft" and not request.text.strip():
        fault = FieldProblem("text", "is blank", "say what help you need, and save the draft")
        raise Invalid("The draft does not say yet what is asked; nothing was sent.", [fault])
    return await opened(session, request, author, moment)
