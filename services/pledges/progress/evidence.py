"""Staff check the evidence of a report, where its entity asked for it."""

from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.pledges.entities.authority import memberships, standing
from services.pledges.progress import lifecycle, queries
from services.pledges.progress.models import EvidenceCheck
from services.pledges.progress.schemas import Check, Checked
from services.pledges.registry import lifecycle as registry
from services.pledges.registry import records
from services.pledges.registry.steps import Call
from services.pledges.tables import core
from shared.errors import NotFound
from shared.events.common import Change
from shared.events.pledges import EvidenceDeclined
from shared.messaging import outbox

_KEEP = insert(core(EvidenceCheck))


async def check(session: AsyncSession, pledge_id: UUID, number: int, said: Check, call: Call) -> Checked:
    """By staff. A confirmation is public and told; that one was declined is for the entity alone,
    and the topic of steps hears that it was, never why.

    Raises NotFound; Conflict when nobody asked for it, or when the report was corrected.
    """
    found = await records.present(session, pledge_id, lock=True)
    if found.public is None:
        raise NotFound("No published pledge has this id.")
    asked = await queries.require_asked(session, pledge_id, number)
    before = await queries.confirmed(session, pledge_id)
    row = {"pledge_id": pledge_id, "number": number, "answer": said.answer, "reason": said.reason, "at": call.now}
    await session.execute(_KEEP, row | {"person_id": call.actor.person, "recorded_at": call.moment.system})
    confirmed = before | {number} if said.answer == "confirmed" else before - {number}
    if confirmed != before:
        progress = lifecycle.progress(await queries.all_updates(session, pledge_id), confirmed)
        step = Change(action="confirmed", at=call.now, by="network_staff", fields=["progress"])
        snapshot = registry.progressed(found.public, progress)
        await records.make_public(session, found, snapshot, step, call.moment, edit=False)
    if said.answer == "declined":
        reporter = asked.reporter.entity_id if asked.reporter else found.entity_id
        told = EvidenceDeclined(pledge_id=pledge_id, entity_id=reporter, update=number)
        await outbox.add(session, "pledge.evidence_declined.v1", str(pledge_id), told, call.moment.system)
    return Checked(pledge_id=pledge_id, number=number, answer=said.answer, reason=said.reason, at=call.now)


async def require_reader(session: AsyncSession, pledge_id: UUID, call: Call) -> None:
    """Checks are for the members of the pledge's entities, staff and reviewers. Raises NotFound."""
    found = await records.present(session, pledge_id)
    who = await standing(session, call.actor, found.entity_id, call.now)
    partners = found.public.partner_entities if found.public else []
    held = await memberships(session, call.actor.person, call.now) if partners else []
    if not any(one.entity_id in partners for one in held):
        who.require_read()
