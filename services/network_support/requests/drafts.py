"""Drafts: written by people of the entity, seen and sent by them alone. Nothing is deleted: one discards a draft.

A draft may name any pledge of the entity; whether it is in order is asked when it is sent.
"""

from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.network_support.memberships import Acting
from services.network_support.requests import known_pledges
from services.network_support.requests.commands import begun, locked_by_entity, opened, take
from services.network_support.requests.models import SupportRequest
from services.network_support.requests.schemas import LONGEST_TEXT, Edit, Wish
from shared.authors import SYSTEM, Author
from shared.clock import Moment
from shared.errors import FieldProblem, Invalid
from shared.events.pledges import PledgeSnapshot, Stuck
from shared.reference import catalogue

USUAL = "objective_specific_help"  # what a draft from a report asks for, until its people choose
_FROM_REPORT = select(col(SupportRequest.request_id)).where(
    col(SupportRequest.pledge_id) == bindparam("pledge_id"), col(SupportRequest.from_update) == bindparam("number")
)


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


async def draft_from_report(session: AsyncSession, pledge: PledgeSnapshot, moment: Moment) -> SupportRequest | None:
    """What the entity said when it was stuck, as a draft that its people may send; one for each report.

    None when the report that stands says nothing of it, is a partner's, or has its draft already.
    """
    said = pledge.progress.stuck
    if said is None or said.partner or said.number != pledge.progress.reports or pledge.state == "closed":
        return None
    await known_pledges.lock(session, pledge.pledge_id)
    if await session.scalar(_FROM_REPORT, {"pledge_id": pledge.pledge_id, "number": said.number}):
        return None
    text = _text(said, pledge.language)
    wish = {"entity_id": pledge.entity.entity_id, "pledge_id": pledge.pledge_id, "type": USUAL, "text": text}
    request = begun(Wish.model_validate(wish | {"language": pledge.language}), moment)
    request.from_update = said.number
    session.add(request)
    return await take(session, request, "drafted", SYSTEM, moment)


def _text(said: Stuck, language: str) -> str:
    """What was public already: the report's words, and its barriers in the language of the pledge, else in English."""
    barriers = "; ".join(catalogue.BARRIERS[code].label(language) for code in said.barriers)
    return "\n\n".join(part for part in (said.summary, barriers) if part)[:LONGEST_TEXT]
