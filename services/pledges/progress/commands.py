"""Reporting on a pledge."""

from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.pledges.attachments import records as attachments
from services.pledges.progress import lifecycle, queries
from services.pledges.progress.models import ProgressUpdate
from services.pledges.progress.parties import acting_for, require_open
from services.pledges.progress.schemas import Report, Update
from services.pledges.registry import lifecycle as registry
from services.pledges.registry import records
from services.pledges.registry.partners import ask, entities
from services.pledges.registry.records import Present
from services.pledges.registry.steps import Call, announce_asked
from services.pledges.tables import core
from shared.events.common import Change
from shared.events.pledges import PledgeSnapshot, Progress, SignOff

_ADD = insert(core(ProgressUpdate))


async def report(session: AsyncSession, pledge_id: UUID, said: Report, call: Call) -> Update:
    """One more report, by a focal point or delegate of the pledge's entity or of a partner.

    It is no edit of the pledge: revision and version stay. The public record goes on by one, so that whoever follows
    the topic learns of it. Raises NotFound, Forbidden, Conflict, Invalid.
    """
    found = await records.present(session, pledge_id, lock=True)
    public = await require_open(session, found, call)
    parties = [found.entity_id, *public.partner_entities]
    reporter = await acting_for(session, call, parties, said.entity_id, first=found.entity_id)
    made = lifecycle.update(public, said, reporter, call.now)
    progress = await _progress(session, public, made)
    await _publish_files(session, found, said, reporter.entity_id, call)
    await session.execute(_ADD, _row(made, said, call))
    others = [one for one in parties if one != reporter.entity_id]
    asked = [SignOff(entity=one, answer="awaited") for one in await entities(session, others)]
    if asked:
        await ask(session, pledge_id, made.number, public.version, asked)
        await announce_asked(session, public, others, call.moment, update=made.number)
    step = Change(action="reported", at=call.now, by="entity")
    snapshot = registry.progressed(public, progress)
    await records.make_public(session, found, snapshot, step, call.moment, edit=False)
    return made.model_copy(update={"sign_offs": asked})


async def _publish_files(session: AsyncSession, found: Present, said: Report, reporter: str, call: Call) -> None:
    files = [(f"evidence.{place}.file", one.file) for place, one in enumerate(said.evidence) if one.file]
    filed = found.proxy is not None and found.proxy.entity_id == reporter
    for field, file in files:
        if reporter == found.entity_id:
            await attachments.publish(session, found.pledge_id, file, field, call.now)
        else:
            await attachments.publish_of_partner(session, found.pledge_id, file, field, call.now, filed=filed)


async def _progress(session: AsyncSession, public: PledgeSnapshot, made: Update) -> Progress:
    """With the new report. Only a correction asks what was said before the last one."""
    if made.corrects is None:
        return lifecycle.after(public.progress, made, lifecycle.level(made, ()))
    before = await queries.all_updates(session, public.pledge_id)
    lifecycle.require_correctable(before, made.corrects, made.reporter)
    return lifecycle.progress([*before, made], await queries.confirmed(session, public.pledge_id))


def _row(made: Update, said: Report, call: Call) -> dict[str, object]:
    plain = {name: getattr(made, name) for name in ("pledge_id", "number", "status", "no_change", "corrects")}
    recorded = {"person_id": call.actor.person, "reported_at": call.now, "recorded_at": call.moment.system}
    return plain | recorded | {"asked": said.ask_confirmation, "document": made.model_dump_json()}
