"""Inviting, sending again, withdrawing, accepting; and forgetting the addresses of what is over."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, func, insert, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from uuid_utils.compat import uuid7

from services.pledges.entities import memberships
from services.pledges.entities.authority import standing
from services.pledges.entities.commands import record
from services.pledges.entities.schemas import MembershipOut, NewMembership
from services.pledges.invitations import lifecycle, queries
from services.pledges.invitations.models import Invitation
from services.pledges.invitations.schemas import Acceptance, InvitationOut, NewInvitation
from services.pledges.invitations.tickets import Ticket
from services.pledges.people import commands as people
from services.pledges.people.schemas import NewPerson
from shared.authors import Author, of_entity, staff_or_entity
from shared.clock import Moment
from shared.errors import Conflict, FieldProblem, Invalid, NotFound
from shared.events.people import InvitationIssued
from shared.messaging import outbox
from shared.web.auth import Actor


async def invite(
    session: AsyncSession, actor: Actor, entity_id: str, new: NewInvitation, moment: Moment
) -> InvitationOut:
    """By whoever may give such a membership. The mail follows from the event.

    Raises NotFound, Forbidden, Invalid when the membership would be over, Conflict for a second one to the address.
    """
    revision = await memberships.lock(session, entity_id)
    (await standing(session, actor, entity_id, moment.business)).require_manager(new.role)
    if new.until and new.until <= moment.business:
        fault = FieldProblem("until", "has passed", "give a later time, or none")
        raise Invalid("The membership would be over before it is accepted; nothing was saved.", [fault])
    await _refuse_more(session, entity_id, new)
    row = {
        **new.model_dump(),
        "invitation_id": uuid7(),
        "entity_id": entity_id,
        "invited_by": actor.person,
        "by": staff_or_entity(actor).by,
        "state": "open",
        "round": 1,
        "made_at": moment.system,
        "expires_at": moment.system + lifecycle.LIFE,
    }
    await session.execute(insert(Invitation), row)
    made = _shown(row)
    await _tell(session, staff_or_entity(actor), made, revision, "invited", moment)
    await _send(session, made, moment)
    return made


async def resend(
    session: AsyncSession, actor: Actor, entity_id: str, invitation_id: UUID, moment: Moment
) -> InvitationOut:
    """Once more, with a new link and a new term; the older link is void. Raises NotFound, Forbidden, Conflict."""
    revision, row = await _managed(session, actor, entity_id, invitation_id, moment)
    if lifecycle.state(queries.standing(row), moment) != "open":
        raise Conflict("It is no longer open; invite the person anew.")
    if row["round"] >= lifecycle.MOST_SENT:
        raise Conflict(f"It was sent {row['round']} times; reach the person in another way, or withdraw it.")
    changed = {"round": row["round"] + 1, "expires_at": moment.system + lifecycle.LIFE}
    made = await _save(session, row, changed)
    await _tell(session, staff_or_entity(actor), made, revision, "invited_again", moment)
    await _send(session, made, moment)
    return made


async def revoke(
    session: AsyncSession, actor: Actor, entity_id: str, invitation_id: UUID, moment: Moment
) -> InvitationOut:
    """Its link does nothing from now on. Raises NotFound, Forbidden, and Conflict when it is not open."""
    revision, row = await _managed(session, actor, entity_id, invitation_id, moment)
    if (now := lifecycle.state(queries.standing(row), moment)) != "open":
        raise Conflict(f"It is no longer open, but {now}.")
    made = await _save(session, row, {"state": "revoked", "address": None})
    await _tell(session, staff_or_entity(actor), made, revision, "invitation_revoked", moment)
    return made


async def accept(
    session: AsyncSession, actor: Actor, ticket: Ticket, said: Acceptance, moment: Moment
) -> MembershipOut:
    """The caller becomes a member, once; the address is forgotten, or becomes the caller's, who had none.

    Raises Conflict when it was used or the caller has the role already, Gone when it is over.
    """
    row = await queries.held(session, ticket, moment)
    revision = await memberships.lock(session, row["entity_id"])  # the order in which all others lock
    row = await queries.held(session, ticket, moment, lock=True)
    if refused := lifecycle.refusal(lifecycle.link_state(queries.standing(row), ticket.round, moment)):
        raise refused
    since = row["since"] if row["since"] and row["since"] > moment.business else None
    new = NewMembership(person_id=actor.person, role=row["role"], since=since, until=row["until"])
    given = await memberships.add(session, of_entity(actor), row["entity_id"], revision, new, moment)
    if said.name:
        known = {"person_id": actor.person, "name": said.name, "address": row["address"], "language": row["language"]}
        await people.register_unless_known(session, NewPerson.model_validate(known))
    await _save(session, row, {"state": "used", "address": None})
    return given


async def tidy(session: AsyncSession, moment: Moment) -> None:
    """Closes what is over, and forgets its address."""
    open_, over = col(Invitation.state) == "open", col(Invitation.expires_at) <= moment.system
    over = or_(over, col(Invitation.until) <= moment.business)
    chosen = update(Invitation).execution_options(synchronize_session=False)
    await session.execute(chosen.where(open_, over).values(state="expired", address=None))
    left = not_(queries.inviter_may(moment.business))
    await session.execute(chosen.where(open_, left).values(state="revoked", address=None))


async def _managed(
    session: AsyncSession, actor: Actor, entity_id: str, invitation_id: UUID, moment: Moment
) -> tuple[int, RowMapping]:
    """The entity's revision and the invitation, both locked, for whoever may give such a membership."""
    revision = await memberships.lock(session, entity_id)
    who = await standing(session, actor, entity_id, moment.business)
    who.require_manager("viewer")
    row = await queries.find(session, invitation_id, moment, lock=True)
    if row is None or row["entity_id"] != entity_id:
        raise NotFound("This entity has no such invitation; see GET /entities/{entity_id}/invitations.")
    who.require_manager(row["role"])
    return revision, row


async def _refuse_more(session: AsyncSession, entity_id: str, new: NewInvitation) -> None:
    open_ = (col(Invitation.entity_id) == entity_id, col(Invitation.state) == "open")
    same = (func.lower(col(Invitation.address)) == new.address.lower(), col(Invitation.role) == new.role)
    if await session.scalar(select(col(Invitation.invitation_id)).where(*open_, *same)):
        raise Conflict("There is an open invitation to this address for this role: send it again, or withdraw it.")
    if (await session.scalar(select(func.count()).where(*open_)) or 0) >= lifecycle.MOST_OPEN:
        raise Conflict(f"{lifecycle.MOST_OPEN} invitations of this entity are open; withdraw some first.")


async def _save(session: AsyncSession, row: RowMapping, changed: dict[str, Any]) -> InvitationOut:
    chosen = update(Invitation).where(col(Invitation.invitation_id) == row["invitation_id"])
    await session.execute(chosen.values(changed))
    return _shown({**row, **changed})


def _shown(row: Mapping[Any, Any]) -> InvitationOut:
    return InvitationOut.model_validate({**row, "sent": row["round"]})


async def _tell(
    session: AsyncSession, author: Author, made: InvitationOut, revision: int, action: str, moment: Moment
) -> None:
    """Into the entity's history, which never learns the address."""
    details = made.model_dump(mode="json", exclude={"language"})
    await record(session, author, made.entity_id, revision, action, details, moment)


async def _send(session: AsyncSession, made: InvitationOut, moment: Moment) -> None:
    told = InvitationIssued(invitation_id=made.invitation_id, entity_id=made.entity_id)
    await outbox.add(session, "invitation.issued.v1", str(made.invitation_id), told, moment.system)
