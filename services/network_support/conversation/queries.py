"""Reads of the conversation."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.network_support.conversation import schemas
from services.network_support.conversation.addresses import Token
from services.network_support.conversation.lifecycle import Outcome
from services.network_support.conversation.models import MailIn, Message, ReplyAddress
from services.network_support.conversation.schemas import MailPage, MessagePage, Wanted
from services.network_support.merging import queries as merging
from services.network_support.requests.models import RequestHistory, SupportRequest
from shared.web import pagination

_MESSAGES = select(Message)
_FOR_REQUESTER = select(Message).where(
    col(Message.request_id) == bindparam("request_id"),
    col(Message.number) == bindparam("number"),
    col(Message.internal).is_(False),
)
_IN_ORDER = pagination.Order({col(Message.number): pagination.number})
_NEWEST = pagination.Order({col(MailIn.mail_id): UUID}, newest_first=True)
_TO = (
    select(ReplyAddress, SupportRequest)
    .join(SupportRequest, col(SupportRequest.request_id) == col(ReplyAddress.request_id))
    .where(col(ReplyAddress.address_id) == any_(bindparam("ids", type_=ARRAY(BYTEA))))
)
_ASKER = (
    select(col(RequestHistory.person))
    .where(col(RequestHistory.request_id) == bindparam("request_id"), col(RequestHistory.step) == "opened")
    .limit(1)
)
_WRITER = (
    select(col(ReplyAddress.person))
    .join(MailIn, col(MailIn.address_id) == col(ReplyAddress.address_id))
    .where(col(MailIn.mail_id) == bindparam("mail_id"), col(MailIn.request_id) == bindparam("request_id"))
)


async def messages(
    session: AsyncSession, request_id: UUID, limit: int, cursor: str | None, *, for_staff: bool
) -> MessagePage:
    """In the order in which they were said; notes for staff alone. Raises Invalid for a bad cursor."""
    statement = _MESSAGES.where(col(Message.request_id) == request_id)
    if not for_staff:
        statement = statement.where(col(Message.internal).is_(False))
    scope = f"messages of {request_id}, notes: {for_staff}"
    rows, following = await pagination.page(session, statement, _IN_ORDER, scope, limit, cursor)
    return MessagePage(items=[schemas.view(row[0], for_staff=for_staff) for row in rows], next=following)


async def for_requester(session: AsyncSession, request_id: UUID, number: int) -> Message | None:
    found: Message | None = await session.scalar(_FOR_REQUESTER, {"request_id": request_id, "number": number})
    return found


async def person_of(session: AsyncSession, wanted: Wanted) -> str | None:
    """Whom a mail is for: who is named, whose mail it is about, or else who asked for support."""
    if wanted.person_id:
        return wanted.person_id
    asked = {"request_id": wanted.request_id}
    if wanted.mail_id:
        found: str | None = await session.scalar(_WRITER, {**asked, "mail_id": wanted.mail_id})
        return found
    asker: str | None = await session.scalar(_ASKER, asked)
    return asker


async def mails(session: AsyncSession, outcome: Outcome | None, limit: int, cursor: str | None) -> MailPage:
    """What arrived, newest first. Raises Invalid for a bad cursor."""
    statement = select(MailIn)
    if outcome:
        statement = statement.where(col(MailIn.outcome) == outcome)
    rows, following = await pagination.page(session, statement, _NEWEST, f"mails, {outcome}", limit, cursor)
    return MailPage(items=[schemas.mail_line(row[0]) for row in rows], next=following)


async def addressed(session: AsyncSession, tokens: Sequence[Token]) -> list[tuple[ReplyAddress, SupportRequest]]:
    """The rows of these tokens, and the requests in which theirs go on; whether a token was made for its row, the
    caller asks."""
    rows = (await session.execute(_TO, {"ids": [token.address_id for token in tokens]})).all()
    return [(row[0], await merging.goes_on_in(session, row[1])) for row in rows]
