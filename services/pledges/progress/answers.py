"""Reading what partners say: what awaits their answer, and every answer that was given."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.entities.authority import valid
from services.pledges.entities.models import Entity, Membership
from services.pledges.progress.models import ProgressUpdate
from services.pledges.registry.models import PublicPledge, SignOffHistory, SignOffNow
from services.pledges.registry.queries import require_public
from services.pledges.registry.schemas import Answered, AnsweredPage, Awaited, AwaitedPage
from shared.events.common import EntityRef
from shared.events.pledges import PledgeSnapshot
from shared.web import pagination

_CORRECTED = exists().where(
    and_(
        col(ProgressUpdate.pledge_id) == col(SignOffNow.pledge_id),
        col(ProgressUpdate.corrects) == col(SignOffNow.number),
    )
)
_AWAITED = (
    select(
        *(col(SignOffNow.pledge_id), col(SignOffNow.number), col(SignOffNow.entity_id)),
        *(col(PublicPledge.version), col(PublicPledge.snapshot)),
    )
    .join(PublicPledge, col(PublicPledge.pledge_id) == col(SignOffNow.pledge_id))
    .where(col(SignOffNow.answer) == "awaited", col(PublicPledge.state) == "published", ~_CORRECTED)
)
_NEWEST = pagination.Order(
    {
        col(SignOffNow.pledge_id): UUID,
        col(SignOffNow.number): pagination.number,
        col(SignOffNow.entity_id): pagination.word,
    },
    newest_first=True,
)
_ANSWERS = select(
    *(col(SignOffHistory.step_id), col(SignOffHistory.number), col(SignOffHistory.version)),
    *(col(SignOffHistory.answer), col(SignOffHistory.reason), col(SignOffHistory.at)),
    *(col(Entity.entity_id), col(Entity.name), col(Entity.kind), col(Entity.fictional)),
).join(Entity, col(Entity.entity_id) == col(SignOffHistory.entity_id))
_LATEST = pagination.Order({col(SignOffHistory.step_id): pagination.number}, newest_first=True)


async def awaited(session: AsyncSession, person_id: str, now: datetime, limit: int, cursor: str | None) -> AwaitedPage:
    """What awaits the answer of entities that the person is a member of now (business time), newest pledges first."""
    mine = select(col(Membership.entity_id)).where(col(Membership.person_id) == person_id, valid(now))
    query = _AWAITED.where(col(SignOffNow.entity_id).in_(mine))
    rows, more = await pagination.page(session, query, _NEWEST, f"awaited {person_id}", limit, cursor)
    return AwaitedPage(items=[_awaited(row) for row in rows], next=more)


def _awaited(row: Row[*tuple[Any, ...]]) -> Awaited:
    public = PledgeSnapshot.model_validate_json(row.snapshot)
    return Awaited(
        pledge_id=row.pledge_id,
        version=row.version,
        update=row.number or None,
        title=public.title,
        entity=public.entity,
        partner_id=row.entity_id,
    )


async def answers(session: AsyncSession, pledge_id: UUID, limit: int, cursor: str | None) -> AnsweredPage:
    """Every answer that was given, newest first. Raises NotFound for a pledge that nobody has published."""
    await require_public(session, pledge_id)
    query = _ANSWERS.where(col(SignOffHistory.pledge_id) == pledge_id)
    rows, more = await pagination.page(session, query, _LATEST, f"answers {pledge_id}", limit, cursor)
    return AnsweredPage(items=[_answer(row) for row in rows], next=more)


def _answer(row: Row[*tuple[Any, ...]]) -> Answered:
    return Answered(
        entity=EntityRef(entity_id=row.entity_id, name=row.name, kind=row.kind, fictional=row.fictional),
        version=row.version,
        update=row.number or None,
        answer=row.answer,
        reason=row.reason,
        at=row.at,
    )
