"""Reads of invitations."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import RowMapping, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.entities.authority import FOCAL_POINT, valid
from services.pledges.entities.models import Entity, Membership
from services.pledges.invitations import lifecycle, tickets
from services.pledges.invitations.lifecycle import Standing
from services.pledges.invitations.models import Invitation
from services.pledges.invitations.schemas import (
    InvitationListed,
    Invitations,
    InvitationShown,
    Invited,
)
from services.pledges.people.schemas import Unreachable
from services.pledges.progress.sealing import Seal
from services.pledges.tables import core
from shared.clock import Moment
from shared.errors import Gone
from shared.events.common import EntityRef
from shared.web import pagination

_NEWEST = pagination.Order({col(Invitation.invitation_id): UUID}, newest_first=True)


def inviter_may(now: Any) -> Any:
    """The condition that whoever invited still may, at `now` (business time)."""
    still = exists().where(
        col(Membership.entity_id) == col(Invitation.entity_id),
        col(Membership.person_id) == col(Invitation.invited_by),
        col(Membership.role) == FOCAL_POINT,
        valid(now),
    )
    return or_(col(Invitation.by) == "network_staff", still)


def _open(moment: Moment) -> Any:
    """The condition that it is open, as `lifecycle.state` decides: its column follows later."""
    until = col(Invitation.until)
    in_time = and_(col(Invitation.expires_at) > moment.system, or_(until.is_(None), until > moment.business))
    return and_(col(Invitation.state) == "open", in_time, inviter_may(moment.business))


def _chosen(moment: Moment) -> Any:
    return select(*core(Invitation).c, inviter_may(moment.business).label("inviter_may"))


def standing(row: Mapping[Any, Any]) -> Standing:
    return Standing(row["state"], row["round"], row["expires_at"], row["until"], row["inviter_may"])


def _as_it_is(row: Mapping[Any, Any], moment: Moment) -> dict[str, Any]:
    now = lifecycle.state(standing(row), moment)
    return {**row, "state": now, "sent": row["round"], "address": row["address"] if now == "open" else None}


async def find(session: AsyncSession, invitation_id: UUID, moment: Moment, *, lock: bool = False) -> RowMapping | None:
    chosen = _chosen(moment).where(col(Invitation.invitation_id) == invitation_id)
    chosen = chosen.with_for_update(of=Invitation) if lock else chosen
    found: RowMapping | None = (await session.execute(chosen)).mappings().first()
    return found


async def held(session: AsyncSession, ticket: tickets.Ticket, moment: Moment, *, lock: bool = False) -> RowMapping:
    """The invitation of a link. Raises Gone when nothing of it is kept any more."""
    found = await find(session, ticket.invitation_id, moment, lock=lock)
    if found is None:
        raise Gone("This invitation is no longer kept, and nothing was done; ask for a new one.")
    return found


async def check(session: AsyncSession, ticket: tickets.Ticket, moment: Moment) -> InvitationShown:
    """What the link would do now. Changes nothing. Raises Gone."""
    row = await held(session, ticket, moment)
    entity = (await session.execute(select(core(Entity)).where(col(Entity.entity_id) == row["entity_id"]))).one()
    return InvitationShown(
        state=lifecycle.link_state(standing(row), ticket.round, moment),
        entity=EntityRef(entity_id=entity.entity_id, name=entity.name, kind=entity.kind, fictional=entity.fictional),
        **{name: row[name] for name in ("role", "since", "until", "expires_at")},
    )


async def page(
    session: AsyncSession,
    entity_id: str,
    state: Literal["open"] | None,
    moment: Moment,
    limit: int,
    cursor: str | None,
) -> Invitations:
    """Of one entity, the newest first; what is over, without its address. Raises Invalid for another list's cursor."""
    chosen = _chosen(moment).where(col(Invitation.entity_id) == entity_id)
    scope = f"invitations {entity_id}"
    if state:
        chosen, scope = chosen.where(_open(moment)), f"{scope} {state}"
    rows, more = await pagination.page(session, chosen, _NEWEST, scope, limit, cursor)
    items = [InvitationListed.model_validate(_as_it_is(row._asdict(), moment)) for row in rows]
    return Invitations(items=items, next=more)


async def invited(session: AsyncSession, invitation_id: UUID, seal: Seal, moment: Moment) -> Invited | Unreachable:
    """Where to send it now, with the token of its link, which is kept nowhere."""
    row = await find(session, invitation_id, moment)
    if row is None or lifecycle.state(standing(row), moment) != "open":
        return Unreachable(reason="over")
    name = await session.scalar(select(col(Entity.name)).where(col(Entity.entity_id) == row["entity_id"]))
    token = tickets.sealed(seal, invitation_id, row["round"], moment.system)
    plain = {part: row[part] for part in ("address", "language", "role", "expires_at")}
    return Invited.model_validate({**plain, "entity_name": name, "token": token})
