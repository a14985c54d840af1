"""Reading pledges. The functions named public read only public tables."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, bindparam, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.pledges.entities.authority import Standing, valid
from services.pledges.entities.models import Entity, Membership
from services.pledges.registry.models import (
    Pledge,
    PledgeHistory,
    PledgeSupport,
    PledgeVersion,
    PublicHistory,
    PublicPledge,
)
from services.pledges.registry.records import Present
from services.pledges.registry.schemas import (
    FiledBy,
    PublicStep,
    PublicSteps,
    State,
    Step,
    WorkingCopy,
    WorkItem,
    WorkPage,
)
from services.pledges.tables import core
from shared.errors import NotFound
from shared.web import pagination

_PUBLIC = select(col(PublicPledge.snapshot), col(PublicPledge.revision)).where(
    col(PublicPledge.pledge_id) == bindparam("id")
)
_SUPPORT = (
    select(col(PledgeSupport.request_id), col(PledgeSupport.status))
    .where(col(PledgeSupport.pledge_id) == bindparam("id"), col(PledgeSupport.status) != "withdrawn")
    .order_by(col(PledgeSupport.request_id))
)
_VERSION = select(col(PledgeVersion.snapshot)).where(
    col(PledgeVersion.pledge_id) == bindparam("id"), col(PledgeVersion.version) == bindparam("version")
)
# who types is saved several times a minute: of savings by one role without a step between, the last is shown
_all_steps = (
    select(
        PledgeHistory,
        *(
            func.lead(core(PledgeHistory).c[name]).over(order_by=col(PledgeHistory.step_id)).label(f"next_{name}")
            for name in ("action", "by")
        ),
    )
    .where(col(PledgeHistory.pledge_id) == bindparam("id"))
    .subquery()
)
_each = _all_steps.c
_again = and_(_each.action == "saved", _each.next_action == "saved", _each.next_by == _each.by)
_STEPS = (
    select(aliased(PledgeHistory, _all_steps))
    .where(_again.is_not(true()))
    .order_by(_all_steps.c.step_id.desc())
    .limit(100)
)
_WORK_COLUMNS = select(
    col(Pledge.pledge_id),
    col(Pledge.entity_id),
    col(Pledge.title),
    col(Pledge.state),
    col(Pledge.revision),
    col(Pledge.updated_at),
    col(Pledge.proxy_entity_id),
    col(Pledge.proxy_answer),
    col(PublicPledge.version),
    col(PublicPledge.review_cycle),
    col(PublicPledge.status),
    col(PublicPledge.last_reported_at),
    col(Entity.name).label("entity_name"),
)
_WORK = _WORK_COLUMNS.outerjoin(PublicPledge, col(PublicPledge.pledge_id) == col(Pledge.pledge_id)).join(
    Entity, col(Entity.entity_id) == col(Pledge.entity_id)
)
_NEWEST = pagination.Order({col(Pledge.pledge_id): UUID}, newest_first=True)
_BY_SEQUENCE = pagination.Order({col(PublicHistory.sequence): pagination.number})


async def public(session: AsyncSession, pledge_id: UUID) -> tuple[str, int]:
    """The public pledge as JSON with what is known of support, and its revision. Raises NotFound."""
    row = (await session.execute(_PUBLIC, {"id": pledge_id})).first()
    if row is None:
        raise NotFound("No published pledge has this id.")
    asked = await session.execute(_SUPPORT, {"id": pledge_id})
    support = json.dumps([{"request_id": str(one.request_id), "status": one.status} for one in asked])
    return f'{row.snapshot[:-1]},"support":{support}}}', row.revision


async def require_public(session: AsyncSession, pledge_id: UUID) -> PublicPledge:
    """Raises NotFound unless the pledge was published."""
    if found := await session.get(PublicPledge, pledge_id):
        return found
    raise NotFound("No published pledge has this id.")


async def version(session: AsyncSession, pledge_id: UUID, number: int) -> str:
    """One published version as JSON. Raises NotFound."""
    snapshot = await session.scalar(_VERSION, {"id": pledge_id, "version": number})
    if snapshot is None:
        raise NotFound("This pledge has no published version of that number.")
    return str(snapshot)


async def public_history(session: AsyncSession, pledge_id: UUID, limit: int, cursor: str | None) -> PublicSteps:
    """The public steps, oldest first. Raises NotFound for what was never published."""
    await require_public(session, pledge_id)
    query = select(PublicHistory).where(col(PublicHistory.pledge_id) == pledge_id)
    rows, more = await pagination.page(session, query, _BY_SEQUENCE, f"history {pledge_id}", limit, cursor)
    return PublicSteps(items=[PublicStep.model_validate(step.model_dump()) for (step,) in rows], next=more)


async def working_copy(session: AsyncSession, found: Present, who: Standing) -> WorkingCopy:
    """With the steps of the exchange, newest first. The caller has checked that `who` may read it."""
    steps = [_step(row) for row in await session.scalars(_STEPS, {"id": found.pledge_id})]
    return view(found, who, steps)


def _step(row: PledgeHistory) -> Step:
    details = json.loads(row.details)  # what staff asked for, or why a proxy was refused
    return Step.model_validate({**row.model_dump(), **(details if isinstance(details, dict) else {"asked": details})})


def view(found: Present, who: Standing, steps: list[Step] | None = None) -> WorkingCopy:
    """A working copy as the API gives it."""
    return WorkingCopy(
        pledge_id=found.pledge_id,
        entity=who.entity,
        revision=found.revision,
        state=found.state,
        version=found.version,
        content=found.content,
        created_at=found.created_at,
        updated_at=found.updated_at,
        proxy=FiledBy(entity_id=found.proxy.entity_id, answer=found.proxy.answer) if found.proxy else None,
        steps=steps or [],
    )


@dataclass(frozen=True)
class Work:
    """Which working copies; None: any."""

    state: State | None = None
    entity: str | None = None

    def narrow(self, query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        wanted = [(self.state, col(Pledge.state) == self.state), (self.entity, col(Pledge.entity_id) == self.entity)]
        return query.where(*(condition for value, condition in wanted if value is not None))


async def mine(
    session: AsyncSession, person_id: str, now: datetime, work: Work, limit: int, cursor: str | None
) -> WorkPage:
    """Working copies of all entities that the person is a member of now (business time), newest first.

    Also those that one of these has filed in another's name.
    """
    entities = select(col(Membership.entity_id)).where(col(Membership.person_id) == person_id, valid(now))
    theirs = or_(col(Pledge.entity_id).in_(entities), col(Pledge.proxy_entity_id).in_(entities))
    query = work.narrow(_WORK.where(theirs))
    return await _page(session, query, f"mine {person_id} {work}", limit, cursor)


async def submissions(session: AsyncSession, work: Work, limit: int, cursor: str | None) -> WorkPage:
    """What waits for staff, or for an entity's answer to them; newest first."""
    query = work.narrow(_WORK.where(col(Pledge.state).in_(("submitted", "changes_requested"))))
    return await _page(session, query, f"submissions {work}", limit, cursor)


async def _page(
    session: AsyncSession, query: Select[*tuple[Any, ...]], scope: str, limit: int, cursor: str | None
) -> WorkPage:
    rows, more = await pagination.page(session, query, _NEWEST, scope, limit, cursor)
    return WorkPage(items=[_item(row) for row in rows], next=more)


def _item(row: Row[*tuple[Any, ...]]) -> WorkItem:
    proxy = FiledBy(entity_id=row.proxy_entity_id, answer=row.proxy_answer) if row.proxy_entity_id else None
    return WorkItem.model_validate({**row._asdict(), "version": row.version or 0, "proxy": proxy})
