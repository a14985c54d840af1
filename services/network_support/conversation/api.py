"""Routes of the conversation: messages for both sides, notes for staff, and what a mail about a message says."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.network_support.conversation import commands, queries
from services.network_support.conversation.addresses import ReplyAddresses
from services.network_support.conversation.commands import Words
from services.network_support.conversation.inbound.opening import Mail
from services.network_support.conversation.models import Message
from services.network_support.conversation.schemas import (
    Mailed,
    MessagePage,
    MessageView,
    Noting,
    Wanted,
    Writing,
    view,
)
from services.network_support.memberships import Acting, AskingMemberships
from services.network_support.requests.answering import SignedIn, Staff, readable, reader
from shared.authors import staff, staff_or_entity
from shared.errors import FieldProblem, Invalid
from shared.web.app import Using
from shared.web.auth import ADMIN, NETWORK_STAFF, SERVICES, Actor
from shared.web.pagination import Cursor, Limit, next_link
from shared.web.writing import Answer, Once

router = APIRouter(tags=["conversation"])


def _is_staff(actor: Actor) -> bool:
    return actor.is_any(NETWORK_STAFF, ADMIN)


async def _acting_unless_staff(actor: SignedIn, memberships: AskingMemberships) -> Acting | None:
    """Asked before the transaction; None: staff, who write as such also while the pledges service is away."""
    return None if _is_staff(actor) else await memberships.of(actor)


ActingUnlessStaff = Annotated[Acting | None, Depends(_acting_unless_staff)]


async def addresses(request: Request) -> ReplyAddresses:
    mail: Mail = request.app.state.mail
    return mail.receiver.addresses


Addresses = Annotated[ReplyAddresses, Depends(addresses)]


@router.post(
    "/requests/{request_id}/messages", status_code=201, response_model=MessageView, summary="Write to the other side"
)
async def write_message(
    *, request_id: UUID, said: Writing, actor: SignedIn, acting: ActingUnlessStaff, once: Once, parts: Using
) -> Response:
    """For Network staff, and for focal points and delegates of the entity that asked.

    What staff write is mailed to its focal points, and to who asked. While staff wait for an answer, whatever the
    requester writes is the answer.
    """
    words, moment = Words(**said.model_dump()), parts.clock.moment()
    if said.asks and acting is not None:
        fault = FieldProblem("asks", "is for staff, who wait for your answer", "leave it out: staff see your message")
        raise Invalid("Only staff hold a request up; nothing was sent.", [fault])

    async def write(session: AsyncSession) -> Answer:
        made = await commands.write(session, acting, request_id, words, staff_or_entity(actor), moment)
        return _made(made, for_staff=acting is None)

    return await once(actor, write)


@router.post(
    "/requests/{request_id}/notes", status_code=201, response_model=MessageView, summary="Write a note among staff"
)
async def write_note(request_id: UUID, said: Noting, actor: Staff, once: Once, parts: Using) -> Response:
    """For Network staff. The requester never sees it, and nobody is told by mail."""
    words, moment = Words(**said.model_dump(), internal=True), parts.clock.moment()

    async def write(session: AsyncSession) -> Answer:
        made = await commands.write(session, None, request_id, words, staff(actor), moment)
        return _made(made, for_staff=True)

    return await once(actor, write)


@router.get("/requests/{request_id}/messages", summary="What was said, in its order")
async def read_messages(
    *,
    request_id: UUID,
    request: Request,
    response: Response,
    actor: SignedIn,
    memberships: AskingMemberships,
    parts: Using,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> MessagePage:
    """For the entity's members, Network staff and reviewers; to others it does not exist. Notes only for staff."""
    acting = await reader(actor, memberships)
    async with parts.database.transaction() as session:
        await readable(session, request_id, acting, parts)
        page = await queries.messages(session, request_id, limit, cursor, for_staff=_is_staff(actor))
    response.headers.update(next_link(request, page.next))
    return page


@router.post(
    "/messages/resolve",
    tags=["conversation (our own services)"],
    dependencies=[Depends(SERVICES)],
    response_model=Mailed,
    summary="What a mail about a message says, and where it is answered",
)
async def resolve(wanted: Wanted, reply: Addresses, parts: Using) -> Response:
    """Asked at the moment of sending, and kept by nobody else. Notes are not found."""
    async with parts.database.transaction() as session:
        number = wanted.number
        found = await queries.for_requester(session, wanted.request_id, number) if number else None
        person, moment = await queries.person_of(session, wanted), parts.clock.moment()
        address = await commands.reply_address(session, reply, wanted.request_id, person, moment) if person else ""
    shown = {"text": found.text, "asks": found.asks, "language": found.language} if found else {}
    mailed = Mailed.model_validate({**shown, "person_id": person, "reply_to": address})
    return Response(mailed.model_dump_json(), media_type="application/json", headers={"Cache-Control": "no-store"})


def _made(message: Message, *, for_staff: bool) -> Answer:
    return Answer(201, view(message, for_staff=for_staff).model_dump_json())
