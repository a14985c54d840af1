"""The entities of one pledge, and for which of them somebody acts."""

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncSession

from services.pledges.entities.authority import WRITERS, memberships, standing
from services.pledges.registry.partners import entities
from services.pledges.registry.records import Present
from services.pledges.registry.steps import Call
from shared.errors import Conflict, FieldProblem, Forbidden, Invalid
from shared.events.common import EntityRef
from shared.events.pledges import PledgeSnapshot


async def require_open(session: AsyncSession, found: Present, call: Call) -> PledgeSnapshot:
    """What is public of a pledge that is not closed.

    Raises Conflict; NotFound to those to whom an unpublished one must not even seem to exist.
    """
    if found.public is None:
        (await standing(session, call.actor, found.entity_id, call.now)).require_read()
        raise Conflict("It is not published yet: reports and answers are on published pledges.")
    if found.public.state == "closed":
        raise Conflict("It is closed; reports and answers are on pledges that are open.")
    return found.public


async def acting_for(
    session: AsyncSession, call: Call, among: Collection[str], named: str | None, first: str | None = None
) -> EntityRef:
    """For which of these entities the caller acts as focal point or delegate: the named one, `first`, or the only one.

    Raises Forbidden when there is none, Invalid when there are several and none is named.
    """
    held = await memberships(session, call.actor.person, call.now)
    mine = {one.entity_id for one in held if one.role in WRITERS}.intersection(among)
    chosen = mine & {named} if named else mine & {first} or mine
    if not chosen:
        names = " or ".join(one.name for one in await entities(session, sorted(among)))
        raise Forbidden(f"Only focal points and delegates of {names} may do this.")
    if len(chosen) > 1:
        remedy = f"name one of them: {', '.join(sorted(chosen))}"
        fault = FieldProblem("entity_id", "is missing, and you act for several", remedy)
        raise Invalid("It is not clear for whom you speak; nothing was saved.", [fault])
    return (await standing(session, call.actor, chosen.pop(), call.now)).entity
