"""Reporting on a pledge."""

from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.pledges.entities.authority import standing
from services.pledges.progress.models import ProgressUpdate
from services.pledges.progress.schemas import Report, Update
from services.pledges.registry import lifecycle, records
from services.pledges.registry.commands import Call
from services.pledges.tables import core
from shared.errors import Conflict, FieldProblem, Invalid
from shared.events.common import Change
from shared.events.pledges import PledgeSnapshot

_ADD = insert(core(ProgressUpdate))


async def report(session: AsyncSession, pledge_id: UUID, said: Report, call: Call) -> Update:
    """One more report, by a focal point or delegate of the pledge's entity.

    It is no edit of the pledge: revision and version stay. The public record goes on by one, so that whoever follows
    the topic learns of it. Raises NotFound, Forbidden, Conflict, Invalid.
    """
    found = await records.present(session, pledge_id, lock=True)
    who = await standing(session, call.actor, found.entity_id, call.now)
    if found.public is None:
        who.require_read()
        raise Conflict("It is not published yet: reports are on published pledges.")
    who.require_writer()
    if found.public.state == "closed":
        raise Conflict("It is closed; reports are on pledges that are open.")
    made = _update(found.public, said, call)
    await session.execute(_ADD, _row(made, call))
    snapshot = lifecycle.reported(found.public, made.status, call.now)
    step = Change(action="reported", at=call.now, by="entity")
    await records.make_public(session, found, snapshot, step, call.moment, edit=False)
    return made


def _update(public: PledgeSnapshot, said: Report, call: Call) -> Update:
    last = public.progress
    if said.no_change and last.status is None:
        fault = FieldProblem("no_change", "there is no report yet that it could confirm", "say how it goes: status")
        raise Invalid("There is nothing to confirm yet; nothing was saved.", [fault])
    if said.confirms not in {None, last.reports}:
        fault = FieldProblem(
            "confirms",
            f"report {said.confirms} is no longer the last one, number {last.reports} is",
            "read that one first",
        )
        raise Invalid("Somebody has reported meanwhile; nothing was saved.", [fault])
    _require_targets(public, said)
    return Update.model_validate(
        {
            **said.model_dump(),
            "status": said.status or last.status,
            "pledge_id": public.pledge_id,
            "number": last.reports + 1,
            "reported_at": call.now,
        }
    )


def _require_targets(public: PledgeSnapshot, said: Report) -> None:
    known = {target.what for target in public.targets}
    faults = [
        FieldProblem(f"values.{place}.target", "is no target of this pledge", "repeat the target's `what` as published")
        for place, value in enumerate(said.values)
        if value.target not in known
    ]
    if faults:
        raise Invalid("Some values belong to no target of the pledge; nothing was saved.", faults)


def _row(made: Update, call: Call) -> dict[str, object]:
    plain = {name: getattr(made, name) for name in ("pledge_id", "number", "status", "no_change", "reported_at")}
    recorded = {"person_id": call.actor.person, "recorded_at": call.moment.system}
    return plain | recorded | {"document": made.model_dump_json()}
