"""Partners sign off or dissent: on what is public of a pledge, and on each report."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.pledges.progress import queries
from services.pledges.progress.parties import acting_for, require_open
from services.pledges.registry import lifecycle, records, signing
from services.pledges.registry.partners import PLEDGE, keep
from services.pledges.registry.schemas import Answering
from services.pledges.registry.steps import Call
from shared.errors import FieldProblem, Forbidden, Invalid
from shared.events.common import Change, EntityRef
from shared.events.pledges import PledgeSnapshot, SignOff


async def answer(session: AsyncSession, pledge_id: UUID, number: int, said: Answering, call: Call) -> SignOff:
    """By a focal point or delegate of an entity that was asked; `number` is that of a report, or PLEDGE.

    Whoever answers for the pledge itself is a partner of its latest public version; for a report it is any of the
    pledge's entities but the one that reported. Raises NotFound, Forbidden, Conflict, Invalid.
    """
    found = await records.present(session, pledge_id, lock=True)
    public = await require_open(session, found, call)
    if number == PLEDGE:
        asked = {one.entity.entity_id for one in public.sign_offs}
    else:
        asked = await queries.require_answerable(session, pledge_id, number)
    entity = await _partner(session, asked, said, call)
    _require_read(public, said)
    given = SignOff(entity=entity, answer=said.answer, reason=said.reason, at=call.now)
    await keep(session, pledge_id, number, public.version, given, call.actor.person, call.moment)
    signed = signing.answered(public.sign_offs, given) if number == PLEDGE else public.sign_offs
    field = "sign_offs" if number == PLEDGE else "progress"  # reports are asked of the API: the record has their sum
    step = Change(action="signed_off", at=call.now, by="entity", fields=[field])
    await records.make_public(session, found, lifecycle.signed(public, signed), step, call.moment, edit=False)
    return given


async def _partner(session: AsyncSession, asked: set[str], said: Answering, call: Call) -> EntityRef:
    """Who wrote it has nothing to sign, nor has anybody who is not asked. Raises Forbidden, Invalid."""
    if not asked:
        raise Forbidden("It has no partners that are entities here, so there is nothing to sign off.")
    return await acting_for(session, call, asked, said.entity_id)


def _require_read(public: PledgeSnapshot, said: Answering) -> None:
    if said.version not in {None, public.version}:
        fault = FieldProblem("version", f"is not the one that is public, {public.version} is", "read that one first")
        raise Invalid("A newer version was published meanwhile; nothing was saved.", [fault])
