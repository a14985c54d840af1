"""Reading reports, and what was found and said of them. Reports and answers are public, checks are not."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, bindparam, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.pledges.entities.models import Entity
from services.pledges.progress.lifecycle import level
from services.pledges.progress.models import EvidenceCheck, ProgressUpdate
from services.pledges.progress.schemas import CheckAsked, Checked, CheckPage, Update, UpdatePage
from services.pledges.registry.models import PublicPledge, SignOffNow
from services.pledges.registry.queries import require_public
from shared.errors import Conflict, NotFound
from shared.events.common import EntityRef
from shared.events.pledges import PledgeSnapshot, SignOff
from shared.web import pagination

_Correction = aliased(ProgressUpdate)
_pledge = col(ProgressUpdate.pledge_id)
_number = col(ProgressUpdate.number)
_IS_CORRECTION = (col(_Correction.pledge_id) == _pledge) & (col(_Correction.corrects) == _number)
_LAST_CHECK = (
    select(col(EvidenceCheck.answer))
    .where(col(EvidenceCheck.pledge_id) == _pledge, col(EvidenceCheck.number) == _number)
    .order_by(col(EvidenceCheck.step_id).desc())
    .limit(1)
    .scalar_subquery()
)
_UPDATES = select(
    col(ProgressUpdate.document),
    _number,
    col(ProgressUpdate.asked),
    col(_Correction.number).label("corrected_by"),
    _LAST_CHECK.label("checked"),
).outerjoin(_Correction, _IS_CORRECTION)
_ALL = select(col(ProgressUpdate.document)).where(bindparam("id") == _pledge).order_by(_number)
_SIGN_OFFS = (
    select(
        *(col(SignOffNow.number), col(SignOffNow.answer), col(SignOffNow.reason), col(SignOffNow.at)),
        *(col(Entity.entity_id), col(Entity.name), col(Entity.kind), col(Entity.fictional)),
    )
    .join(Entity, col(Entity.entity_id) == col(SignOffNow.entity_id))
    .where(
        col(SignOffNow.pledge_id) == bindparam("id"), col(SignOffNow.number).in_(bindparam("numbers", expanding=True))
    )
    .order_by(col(SignOffNow.number), col(SignOffNow.entity_id))
)
_CHECKS = (
    select(col(EvidenceCheck.number), col(EvidenceCheck.answer), col(EvidenceCheck.reason), col(EvidenceCheck.at))
    .where(col(EvidenceCheck.pledge_id) == bindparam("id"))
    .order_by(col(EvidenceCheck.step_id))
)
_WAITING = (
    select(_pledge, _number, col(ProgressUpdate.reported_at), col(PublicPledge.snapshot))
    .join(PublicPledge, col(PublicPledge.pledge_id) == _pledge)
    .where(
        col(ProgressUpdate.asked),
        ~exists().where(_IS_CORRECTION),
        ~exists().where(col(EvidenceCheck.pledge_id) == _pledge, col(EvidenceCheck.number) == _number),
    )
)
_BY_NUMBER = pagination.Order({_number: pagination.number}, newest_first=True)
_BY_PLEDGE = pagination.Order({_pledge: UUID, _number: pagination.number})


async def updates(session: AsyncSession, pledge_id: UUID, limit: int, cursor: str | None) -> UpdatePage:
    """Newest first. Raises NotFound for a pledge that nobody has published."""
    await require_public(session, pledge_id)
    rows, more = await pagination.page(session, _of(pledge_id), _BY_NUMBER, f"updates {pledge_id}", limit, cursor)
    said = await _sign_offs(session, pledge_id, [row.number for row in rows])
    return UpdatePage(items=[_update(row, said[row.number]) for row in rows], next=more)


def _of(pledge_id: UUID) -> Select[*tuple[Any, ...]]:
    return _UPDATES.where(_pledge == pledge_id)


def _update(row: Row[*tuple[Any, ...]], sign_offs: list[SignOff]) -> Update:
    """As it was said, with what came of it since."""
    found = Update.model_validate_json(row.document)
    confirmed = {found.number} if row.checked == "confirmed" else set[int]()
    since = {"corrected_by": row.corrected_by, "level": level(found, confirmed), "sign_offs": sign_offs}
    return found.model_copy(update=since)


async def _sign_offs(session: AsyncSession, pledge_id: UUID, numbers: Sequence[int]) -> dict[int, list[SignOff]]:
    found: dict[int, list[SignOff]] = defaultdict(list)
    if numbers:
        for row in await session.execute(_SIGN_OFFS, {"id": pledge_id, "numbers": list(numbers)}):
            entity = EntityRef(entity_id=row.entity_id, name=row.name, kind=row.kind, fictional=row.fictional)
            found[row.number].append(SignOff(entity=entity, answer=row.answer, reason=row.reason, at=row.at))
    return found


async def all_updates(session: AsyncSession, pledge_id: UUID) -> list[Update]:
    """As they were said, oldest first."""
    return [Update.model_validate_json(document) for document in await session.scalars(_ALL, {"id": pledge_id})]


async def confirmed(session: AsyncSession, pledge_id: UUID) -> set[int]:
    """The numbers of the reports whose evidence staff confirmed."""
    return {number for number, row in (await _checks(session, pledge_id)).items() if row.answer == "confirmed"}


async def _checks(session: AsyncSession, pledge_id: UUID) -> dict[int, Row[*tuple[Any, ...]]]:
    """By the number of the report; the last answer holds."""
    return {row.number: row for row in await session.execute(_CHECKS, {"id": pledge_id})}


async def require_answerable(session: AsyncSession, pledge_id: UUID, number: int) -> set[str]:
    """Who is asked to sign a report off. Raises NotFound; Conflict for one that was corrected."""
    await _standing(session, pledge_id, number)
    said = await _sign_offs(session, pledge_id, [number])
    return {one.entity.entity_id for one in said[number]}


async def require_asked(session: AsyncSession, pledge_id: UUID, number: int) -> Update:
    """The report. Raises NotFound; Conflict unless it stands and its entity asked for a check of its evidence."""
    row = await _standing(session, pledge_id, number)
    if not row.asked:
        raise Conflict("Its entity has not asked for a check, and nobody checks unasked.")
    return Update.model_validate_json(row.document)


async def _standing(session: AsyncSession, pledge_id: UUID, number: int) -> Row[*tuple[Any, ...]]:
    row = (await session.execute(_of(pledge_id).where(_number == number))).first()
    if row is None:
        raise NotFound("This pledge has no report of that number.")
    if row.corrected_by:
        raise Conflict(f"It was corrected by report {row.corrected_by}, which holds in its place.")
    return row


async def checked(session: AsyncSession, pledge_id: UUID, number: int) -> Checked:
    """How the check of a report's evidence stands. The caller may know. Raises NotFound unless it was asked for."""
    row = (await session.execute(_of(pledge_id).where(_number == number))).first()
    if row is None or not row.asked:
        raise NotFound("Nobody has asked for a check of a report of that number.")
    if check := (await _checks(session, pledge_id)).get(number):
        return Checked(pledge_id=pledge_id, number=number, answer=check.answer, reason=check.reason, at=check.at)
    return Checked(pledge_id=pledge_id, number=number, answer="asked")


async def waiting(session: AsyncSession, limit: int, cursor: str | None) -> CheckPage:
    """Reports whose evidence nobody has checked yet, of those whose entities asked for it; by pledge, oldest first."""
    rows, more = await pagination.page(session, _WAITING, _BY_PLEDGE, "checks", limit, cursor)
    return CheckPage(items=[_asked(row) for row in rows], next=more)


def _asked(row: Row[*tuple[Any, ...]]) -> CheckAsked:
    public = PledgeSnapshot.model_validate_json(row.snapshot)
    return CheckAsked(
        pledge_id=row.pledge_id,
        number=row.number,
        title=public.title,
        entity=public.entity,
        reported_at=row.reported_at,
    )
