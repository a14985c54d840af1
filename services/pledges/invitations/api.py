"""Routes of invitations: for those who invite, for whoever holds a link, and for our own mailer."""

from enum import Enum
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.pledges.entities import authority
from services.pledges.entities.schemas import MembershipOut
from services.pledges.invitations import commands, queries, tickets
from services.pledges.invitations.schemas import (
    Acceptance,
    InvitationOut,
    Invitations,
    InvitationShown,
    InvitationToken,
    Invited,
    NewInvitation,
    WhomToInvite,
)
from services.pledges.people.schemas import Unreachable
from services.pledges.progress.api import Sealing
from shared.errors import NotFound
from shared.web.app import Using
from shared.web.auth import LINK_HOLDER, SERVICES, SIGNED_IN, Actor
from shared.web.pagination import Cursor, Limit, next_link
from shared.web.writing import Answer, Once

router = APIRouter()

SignedIn = Annotated[Actor, Depends(SIGNED_IN)]
TAGS: list[str | Enum] = ["invitations"]
OURS: list[str | Enum] = ["contacts (our own services)"]
OF_ENTITY = "/entities/{entity_id}/invitations"


@router.post(OF_ENTITY, tags=TAGS, status_code=201, response_model=InvitationOut, summary="Invite somebody by e-mail")
async def invite(entity_id: str, new: NewInvitation, actor: SignedIn, once: Once, parts: Using) -> Response:
    """For Network staff; focal points invite delegates and viewers. The link in the mail is good once, for 14 days."""

    async def write(session: AsyncSession) -> Answer:
        made = await commands.invite(session, actor, entity_id, new, parts.clock.moment())
        return Answer(201, made.model_dump_json(), {"Location": f"/entities/{entity_id}/invitations"})

    return await once(actor, write)


@router.get(OF_ENTITY, tags=TAGS, response_model=Invitations, summary="Whom an entity has invited")
async def invitations(
    entity_id: str,
    request: Request,
    actor: SignedIn,
    parts: Using,
    state: Annotated[Literal["open"] | None, Query(description="Only those that are open now")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """For its focal points and Network staff. Addresses only of those that are open: others are erased."""
    moment = parts.clock.moment()
    async with parts.database.transaction() as session:
        who = await authority.find_standing(session, actor, entity_id, moment.business)
        if who is None:
            raise NotFound("There is no entity with this code; look it up: GET /entities?q=…")
        who.require_manager("viewer")
        page = await queries.page(session, entity_id, state, moment, limit, cursor)
    return Response(page.model_dump_json(), headers=next_link(request, page.next), media_type="application/json")


@router.post(
    OF_ENTITY + "/{invitation_id}/resend", tags=TAGS, response_model=InvitationOut, summary="Send an invitation again"
)
async def resend(entity_id: str, invitation_id: UUID, actor: SignedIn, once: Once, parts: Using) -> Response:
    """With a new link, good for 14 days from now; the one in the older mail is void. At most five mails."""

    async def write(session: AsyncSession) -> Answer:
        made = await commands.resend(session, actor, entity_id, invitation_id, parts.clock.moment())
        return Answer(200, made.model_dump_json())

    return await once(actor, write)


@router.post(
    OF_ENTITY + "/{invitation_id}/revoke", tags=TAGS, response_model=InvitationOut, summary="Withdraw an invitation"
)
async def revoke(entity_id: str, invitation_id: UUID, actor: SignedIn, once: Once, parts: Using) -> Response:
    """Its link does nothing from now on, and the address is erased."""

    async def write(session: AsyncSession) -> Answer:
        made = await commands.revoke(session, actor, entity_id, invitation_id, parts.clock.moment())
        return Answer(200, made.model_dump_json())

    return await once(actor, write)


@router.post(
    "/invitations/check", tags=TAGS, dependencies=[Depends(LINK_HOLDER)], summary="What would this invitation do"
)
async def check(held: InvitationToken, response: Response, sealing: Sealing, parts: Using) -> InvitationShown:
    """For the page that the mail leads to. Changes nothing, however often it is asked."""
    response.headers["Cache-Control"] = "no-store"
    ticket = tickets.opened(sealing, held.token)
    async with parts.database.transaction() as session:
        return await queries.check(session, ticket, parts.clock.moment())


@router.post(
    "/invitations/accept", tags=TAGS, status_code=201, response_model=MembershipOut, summary="Accept an invitation"
)
async def accept(said: Acceptance, actor: SignedIn, sealing: Sealing, once: Once, parts: Using) -> Response:
    """For whoever is signed in and holds the link: once."""
    ticket = tickets.opened(sealing, said.token)

    async def write(session: AsyncSession) -> Answer:
        given = await commands.accept(session, actor, ticket, said, parts.clock.moment())
        return Answer(201, given.model_dump_json(), {"Location": f"/entities/{given.entity_id}/memberships"})

    return await once(actor, write)


@router.post(
    "/contacts/invited",
    tags=OURS,
    dependencies=[Depends(SERVICES)],
    response_model=Invited | Unreachable,
    summary="Where to send an invitation, now",
)
async def invited(wanted: WhomToInvite, sealing: Sealing, parts: Using) -> Response:
    """Asked at the moment of sending: what was used, withdrawn or is over reaches nobody. Changes nothing."""
    async with parts.database.transaction() as session:
        found = await queries.invited(session, wanted.invitation_id, sealing, parts.clock.moment())
    return Response(found.model_dump_json(), media_type="application/json", headers={"Cache-Control": "no-store"})
