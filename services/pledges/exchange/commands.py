"""What people do with imports. Each use case runs in the caller's transaction and never commits."""

from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from uuid_utils.compat import uuid7

from services.pledges.entities.authority import require_writer, standing
from services.pledges.exchange import lifecycle
from services.pledges.exchange.lifecycle import Act
from services.pledges.exchange.models import ImportJob, ImportPart, ImportRow
from services.pledges.exchange.schemas import ImportCheck, NewImport
from services.pledges.registry.steps import Call
from services.pledges.tables import core
from shared.errors import FieldProblem, Forbidden, Invalid, NotFound
from shared.web.auth import ADMIN, NETWORK_STAFF, Actor

_JOB = core(ImportJob)
_OWN = select(ImportJob).where(
    col(ImportJob.import_id) == bindparam("id"), col(ImportJob.person_id) == bindparam("person")
)
RECEIVED = select(func.coalesce(func.sum(func.length(col(ImportPart.content))), 0)).where(
    col(ImportPart.import_id) == bindparam("id")
)
_ADD_PART = insert(core(ImportPart))
_PUT_PART = _ADD_PART.on_conflict_do_update(
    index_elements=["import_id", "number"], set_={"content": _ADD_PART.excluded.content}
)


async def begin(session: AsyncSession, wish: NewImport, call: Call) -> ImportJob:
    """Raises Forbidden, Invalid: a dry run asks for the same rights as the import itself."""
    await _require_right(session, wish, call)
    job = ImportJob(
        import_id=uuid7(),
        person_id=call.actor.person,
        roles=sorted(call.actor.roles),
        statements=wish.statements,
        entity_id=wish.entity_id,
        submit=wish.submit,
        name=wish.name,
        format=lifecycle.format_of(wish.name),
        size=wish.size,
        state="uploading",
        created_at=call.moment.system,
        updated_at=call.moment.system,
    )
    session.add(job)
    await session.flush()
    return job


async def _require_right(session: AsyncSession, wish: NewImport, call: Call) -> None:
    if wish.statements:
        if not call.actor.is_any(NETWORK_STAFF, ADMIN):
            raise Forbidden("Only Network staff import public statements.")
        if wish.entity_id:
            await standing(session, call.actor, wish.entity_id, call.now)
        return
    if wish.entity_id is None:
        fault = FieldProblem("entity_id", "is missing", "say for which entity you import pledges")
        raise Invalid("An import of pledges is for an entity; nothing was saved.", [fault])
    await require_writer(session, call.actor, wish.entity_id, call.now)


async def own(session: AsyncSession, import_id: UUID, actor: Actor, *, lock: bool = False) -> ImportJob:
    """An import is its author's alone. Raises NotFound."""
    query = _OWN.with_for_update() if lock else _OWN
    found = await session.scalar(query, {"id": import_id, "person": actor.person})
    if found is None:
        raise NotFound("There is nothing at this address, or you may not see it.")
    return found


async def put_part(session: AsyncSession, import_id: UUID, number: int, content: bytes, call: Call) -> int:
    """One part, again or for the first time; the bytes that have arrived by now. Raises NotFound, Conflict, Invalid."""
    job = await own(session, import_id, call.actor, lock=True)
    lifecycle.follows("upload", job.state)
    lifecycle.require_part(number, len(content), job.size)
    await session.execute(_PUT_PART, {"import_id": import_id, "number": number, "content": content})
    return await received(session, import_id)


async def received(session: AsyncSession, import_id: UUID) -> int:
    return int(await session.scalar(RECEIVED, {"id": import_id}) or 0)


async def check(session: AsyncSession, import_id: UUID, how: ImportCheck, call: Call) -> ImportJob:
    """The dry run, from its beginning. Raises NotFound, Conflict."""
    job = await own(session, import_id, call.actor, lock=True)
    state = lifecycle.follows("check", job.state)
    lifecycle.require_whole(await received(session, import_id), job.size)
    await session.execute(delete(ImportRow).where(col(ImportRow.import_id) == import_id))
    again: dict[str, Any] = {"encoding": how.encoding, "rows": 0, "good": 0, "bad": 0, "known": 0, "fault": None}
    return await _change(session, job, call, state=state, notes=[], **again)


async def run(session: AsyncSession, import_id: UUID, call: Call) -> ImportJob:
    """Makes what the check found good. Raises NotFound, Conflict."""
    return await _act(session, "run", import_id, call)


async def cancel(session: AsyncSession, import_id: UUID, call: Call) -> ImportJob:
    """What is made stays; nothing more is. Raises NotFound, Conflict."""
    return await _act(session, "cancel", import_id, call)


async def _act(session: AsyncSession, act: Act, import_id: UUID, call: Call) -> ImportJob:
    job = await own(session, import_id, call.actor, lock=True)
    return await _change(session, job, call, state=lifecycle.follows(act, job.state))


async def _change(session: AsyncSession, job: ImportJob, call: Call, **values: Any) -> ImportJob:
    """Whoever had the work loses it: the fence rises."""
    values |= {"roles": sorted(call.actor.roles), "updated_at": call.moment.system, "fence": job.fence + 1}
    values["lease_until"] = None
    await session.execute(update(_JOB).where(_JOB.c.import_id == job.import_id).values(values))
    for name, value in values.items():
        setattr(job, name, value)
    return job
