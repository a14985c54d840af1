"""Merging by staff, and undoing it. Each use case runs in the caller's transaction and never commits."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from uuid_utils.compat import uuid7

from services.pledges.duplicates import lifecycle, queries, texts
from services.pledges.duplicates.models import PledgeMerge
from services.pledges.duplicates.schemas import MergePreview, MergeSide
from services.pledges.entities.authority import Standing, require_reader
from services.pledges.registry import lifecycle as life
from services.pledges.registry import records, steps
from services.pledges.registry.lifecycle import Act
from services.pledges.registry.models import PledgeSupport
from services.pledges.registry.records import Present
from services.pledges.registry.schemas import State
from services.pledges.registry.steps import Call
from services.pledges.tables import core
from shared.events.common import Change
from shared.events.pledges import PledgeSnapshot
from shared.web.etag import require

_BY = "network_staff"
_ADD = insert(core(PledgeMerge))
_STANDING = select(core(PledgeMerge)).where(
    col(PledgeMerge.pledge_id) == bindparam("id"), col(PledgeMerge.undone_at).is_(None)
)
_UNDO = (
    update(core(PledgeMerge)).where(col(PledgeMerge.merge_id) == bindparam("merge")).values(undone_at=bindparam("at"))
)
_SUPPORT = select(func.count()).where(
    col(PledgeSupport.pledge_id) == bindparam("id"), col(PledgeSupport.status) != "withdrawn"
)
_INTO = select(func.count()).where(col(PledgeMerge.into_id) == bindparam("id"), col(PledgeMerge.undone_at).is_(None))


@dataclass(frozen=True)
class _Case:
    """A pledge, an act that is allowed on it, the state that follows, and the merge that stands, if one does."""

    found: Present
    public: PledgeSnapshot
    who: Standing
    state: State
    merge_id: UUID | None


async def preview(session: AsyncSession, pledge_id: UUID, into_id: UUID, call: Call, language: str) -> MergePreview:
    """What `merge` would do. Raises what it would raise, but for Stale."""
    found = await records.present(session, pledge_id)
    case = await _allowed(session, "merge", found, call)
    into = await _target(session, case, into_id)
    mine = texts.said(found.entity_id, case.public)
    return MergePreview(
        merged=_side(case.public),
        into=_side(into),
        amendment=found.state if found.unpublished else None,
        support_requests=await session.scalar(_SUPPORT, {"id": pledge_id}),
        merged_before=await session.scalar(_INTO, {"id": pledge_id}),
        review_cycle=case.public.review_cycle,
        alike=queries.alike(mine, into, language),
    )


async def merge(
    session: AsyncSession, pledge_id: UUID, seen: int, into_id: UUID, call: Call
) -> tuple[Present, Standing]:
    """The pledge is the same as another one, which stays as it is. An amendment under way rests with it.

    Raises Stale, Conflict, Forbidden, Invalid.
    """
    await records.lock(session, {pledge_id, into_id})
    case = await _case(session, "merge", pledge_id, seen, call)
    await _target(session, case, into_id)
    row = {"merge_id": uuid7(), "pledge_id": pledge_id, "into_id": into_id, "state": case.found.state}
    await session.execute(_ADD, row | {"merged_at": call.now})
    return await _change(session, case, "merged", life.merged(case.public, into_id), call), case.who


async def unmerge(session: AsyncSession, pledge_id: UUID, seen: int, call: Call) -> tuple[Present, Standing]:
    """It is a pledge of its own again, in the state that it had; whatever became of the other one meanwhile.

    Raises Stale, Conflict, Forbidden.
    """
    case = await _case(session, "unmerge", pledge_id, seen, call)
    await session.execute(_UNDO, {"merge": case.merge_id, "at": call.now})
    return await _change(session, case, "unmerged", life.unmerged(case.public), call), case.who


async def _case(session: AsyncSession, act: Act, pledge_id: UUID, seen: int, call: Call) -> _Case:
    return await _allowed(session, act, await records.present(session, pledge_id, lock=True), call, seen)


async def _allowed(session: AsyncSession, act: Act, found: Present, call: Call, seen: int | None = None) -> _Case:
    """In this order: may they know of it, may they act, did they see it, may it be now."""
    who = await require_reader(session, call.actor, found.entity_id, call.now)
    life.acting(act, for_entity=who.may_write, is_staff=who.is_staff)
    if seen is not None:
        require(seen, found.revision)
    merge = (await session.execute(_STANDING, {"id": found.pledge_id})).first()
    state = life.follows(act, found.state, version=found.version, merged_from=merge.state if merge else None)
    if found.public is None:  # lifecycle.follows has refused that
        raise RuntimeError("a pledge without a public version cannot be merged")
    return _Case(found, found.public, who, state, merge.merge_id if merge else None)


async def _target(session: AsyncSession, case: _Case, into_id: UUID) -> PledgeSnapshot:
    into = await records.public(session, into_id)
    target = lifecycle.require_target(case.found.pledge_id, into_id, into)
    lifecycle.require_related(case.public, target)
    return target


async def _change(session: AsyncSession, case: _Case, action: str, snapshot: PledgeSnapshot, call: Call) -> Present:
    """The content stays: what was being written is there when the merge is undone."""
    done = await records.change(session, case.found, case.state, case.found.content, call.now)
    await steps.add(session, done, action, _BY, call)
    change = Change(action=action, at=call.now, by=_BY)
    return await records.make_public(session, done, snapshot, change, call.moment)


def _side(public: PledgeSnapshot) -> MergeSide:
    plain = {name: getattr(public, name) for name in ("pledge_id", "entity", "title", "version", "external_ids")}
    return MergeSide(**plain, reports=public.progress.reports)
