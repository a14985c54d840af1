"""Who acts for an entity: for its own people to read, for its focal points and the Network's staff to change."""

import asyncio
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.portal.access import Person, SignedIn
from services.portal.page import page
from services.portal.pages.mine import entities_of, memberships
from services.portal.parts import parts_of
from services.portal.people import Rights, free, rights, state
from services.portal.problems import new_key
from services.portal.terms import last_day
from shared.client import Missing
from shared.client.models.entities import Entity, Member
from shared.client.models.members import Handover
from shared.errors import Forbidden, NotFound
from shared.web.auth import ADMIN, NETWORK_STAFF, REVIEWER

router = APIRouter(prefix="/members")

MOST = 50  # entities that a search shows
ON_A_PAGE = 20  # open invitations


@router.get("")
async def entities(request: Request, person: SignedIn, q: str = "") -> Response:
    """The entities that one acts for; those who may see all find others by name."""
    sees_all = person.session.is_any(NETWORK_STAFF, REVIEWER, ADMIN)
    found = (await person.client.pledges.entities(q=q, limit=MOST)).items if sees_all and q.strip() else []
    own = entities_of(await memberships(person))
    return page(request, "members_of.html", own=own, sees_all=sees_all, q=q, found=found)


@router.get("/{entity_id}")
async def members(request: Request, entity_id: str, person: SignedIn, ended: str = "", cursor: str = "") -> Response:
    """`ended`: also those who act no longer. `cursor` is that of the invitations."""
    entity, may, found = await asyncio.gather(
        entity_of(person, entity_id), rights_of(person, entity_id), all_members(person, entity_id)
    )
    ahead = await handovers(person, entity_id)
    now = parts_of(request).clock.business()
    shown = [(one, state(one, now)) for one in found]
    given: dict[str, Any] = {
        "entity": entity,
        "may": may,
        "members": [(one, how) for one, how in shown if ended or how != "ended"],
        "ended": bool(ended),
        "own_place": next((one for one, how in shown if how == "now" and may.owns(one) and free(one, ahead)), None),
        "handovers": ahead,
        "named": {one.membership_id: one for one in found},
        "last_day": last_day,
        "key": new_key(),
    }
    return page(request, "members.html", **given, **await _invitations(person, entity_id, may, cursor))


async def _invitations(person: Person, entity_id: str, may: Rights, cursor: str) -> dict[str, Any]:
    """Those that are open, for those who invite."""
    if not may.manages:
        return {"invitations": [], "next": None}
    found = await person.client.pledges.invitations(entity_id, state="open", limit=ON_A_PAGE, cursor=cursor or None)
    return {"invitations": found.items, "next": found.next}


async def entity_of(person: Person, entity_id: str) -> Entity:
    """Raises NotFound."""
    try:
        return await person.client.pledges.entity(entity_id)
    except Missing:
        raise NotFound("There is no such entity.") from None


async def rights_of(person: Person, entity_id: str) -> Rights:
    return rights(person.session, await memberships(person), entity_id)


async def manager_of(person: Person, entity_id: str) -> Rights:
    """Raises Forbidden for who manages no members: the service decides each act, this keeps useless pages away."""
    found = await rights_of(person, entity_id)
    if not found.manages:
        raise Forbidden("This page is for the entity’s focal points and the Network’s staff.")
    return found


async def all_members(person: Person, entity_id: str) -> list[Member]:
    """All there ever were, by beginning. Raises NotAllowed for who is neither member, staff nor reviewer."""
    return [one async for one in person.client.pledges.members(entity_id, ended=True, limit=100)]


async def handovers(person: Person, entity_id: str) -> list[Handover]:
    """Those that are planned."""
    return (await person.client.pledges.handovers(entity_id)).items


def chosen(members: list[Member], membership_id: UUID) -> Member:
    """Raises NotFound."""
    found = next((one for one in members if one.membership_id == membership_id), None)
    if found is None:
        raise NotFound("This entity has no such membership.")
    return found


def path_of(entity_id: str) -> str:
    return f"/members/{entity_id}"
