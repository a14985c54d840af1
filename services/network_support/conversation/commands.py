"""What is said about a request. Each use case takes the caller's session and never commits."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.network_support.conversation import lifecycle
from services.network_support.conversation.addresses import ReplyAddresses
from services.network_support.conversation.lifecycle import Channel, Sender
from services.network_support.conversation.models import Message, ReplyAddress
from services.network_support.memberships import NO_SUCH_REQUEST, Acting
from services.network_support.merging import queries as merging
from services.network_support.requests import commands as requests
from services.network_support.requests.lifecycle import Step, after, require_reason
from services.network_support.requests.models import SupportRequest
from services.network_support.search import index
from shared.authors import Author
from shared.clock import Moment
from shared.errors import NotFound
from shared.events.support import RequestMessage
from shared.messaging import outbox

_LAST = select(func.max(col(Message.number))).where(col(Message.request_id) == bindparam("request_id"))
_new_address = insert(ReplyAddress).on_conflict_do_nothing(index_elements=["request_id", "person"])
_ADDRESS = select(ReplyAddress).where(
    col(ReplyAddress.request_id) == bindparam("request_id"), col(ReplyAddress.person) == bindparam("person")
)
_TYPES: dict[Sender, str] = {"staff": "request.message.v1", "requester": "request.reply.v1"}


@dataclass(frozen=True)
class Words:
    """What somebody says, and how it came."""

    text: str = field(repr=False)
    channel: Channel
    language: str | None = None
    asks: bool = False
    internal: bool = False
    quoted: str | None = field(default=None, repr=False)
    elsewhere: bool = False
    left_out: list[dict[str, Any]] = field(default_factory=list, repr=False)


async def write(
    session: AsyncSession, acting: Acting | None, request_id: UUID, words: Words, author: Author, moment: Moment
) -> Message:
    """A message of the requester or, with None, of staff.

    Raises NotFound, also for other entities' callers, Forbidden, and Conflict when the state allows no question.
    """
    request = await requests.of_either_side(session, acting, request_id, moment)
    await merging.require_unmerged(session, request)
    return await say(session, request, "requester" if acting else "staff", words, author, moment)


async def take(
    session: AsyncSession, request: SupportRequest, step: Step, author: Author, moment: Moment, *, reason: str | None
) -> SupportRequest:
    """The steps `asked` and `answered` by routes of their own: a message all the same. As `requests.commands.take`."""
    after(request.state, step)
    require_reason(step, reason)
    words = Words(reason or "", "api", asks=step == "asked")
    await say(session, request, "staff" if words.asks else "requester", words, author, moment)
    return request


async def say(
    session: AsyncSession, request: SupportRequest, sender: Sender, words: Words, author: Author, moment: Moment
) -> Message:
    """The request is locked. A note changes nothing; a question, or its answer, is a step of the request."""
    message = await put(session, request, sender, words, author, moment)
    if not words.internal:
        await _told(session, request, message, author, moment)
    return message


async def put(
    session: AsyncSession, request: SupportRequest, sender: Sender, words: Words, author: Author, moment: Moment
) -> Message:
    """Only writes it down, for a step that others are told of by itself. The request is locked."""
    if not words.internal:
        lifecycle.require_open(request.state, request.sent_at, request.changed_at, moment.business)
    message = Message(
        request_id=request.request_id,
        number=await next_number(session, request),
        sender=sender,
        person=author.person_id,
        at=moment.business,
        recorded_at=moment.system,
        **vars(words),
    )
    session.add(message)
    await session.flush()
    await index.add(session, request.request_id, [(request.language, message.text)])
    return message


async def next_number(session: AsyncSession, request: SupportRequest) -> int:
    """Of the message that is said next. The request is locked."""
    return int(await session.scalar(_LAST, {"request_id": request.request_id}) or 0) + 1


async def _told(
    session: AsyncSession, request: SupportRequest, message: Message, author: Author, moment: Moment
) -> None:
    if step := lifecycle.step(request.state, message.sender, asks=message.asks):
        reason = message.text[: lifecycle.LONGEST_REASON].strip() or lifecycle.WITHOUT_TEXT
        facts = {"message": message.number}
        await requests.take(session, request, step, author, moment, reason=reason, facts=facts)
    if request.state == "pending_pledge" and message.sender == "requester":
        return  # staff have not been told yet that there is a request
    data = RequestMessage(
        request_id=request.request_id,
        pledge_id=request.pledge_id,
        entity_id=request.entity_id,
        number=message.number,
    )
    await outbox.add(session, _TYPES[message.sender], str(request.request_id), data, moment.system)


async def reply_address(
    session: AsyncSession, addresses: ReplyAddresses, request_id: UUID, person: str, moment: Moment
) -> str:
    """Where this person's answers about this request arrive; the same each time. Raises NotFound."""
    if await session.get(SupportRequest, request_id) is None:
        raise NotFound(NO_SUCH_REQUEST)
    wanted = {"request_id": request_id, "person": person}
    row = {"address_id": addresses.new_id(), "created_at": moment.system, **wanted}
    await session.execute(_new_address, row)
    return addresses.address((await session.execute(_ADDRESS, wanted)).scalar_one())
