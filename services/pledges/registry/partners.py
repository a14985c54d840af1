"""Partners that are entities: what each says of the pledge's public version, and of each report. Rows only.

What holds stands in `sign_off`, which says whose answer is awaited; every answer stays in `sign_off_history`.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.entities.models import Entity
from services.pledges.registry.models import SignOffHistory, SignOffNow
from services.pledges.tables import core
from shared.clock import Moment
from shared.events.common import EntityRef
from shared.events.pledges import SignOff

PLEDGE = 0  # in the place of a report's number: the answer is to the pledge itself

_ENTITIES = select(col(Entity.entity_id), col(Entity.name), col(Entity.kind), col(Entity.fictional)).where(
    col(Entity.entity_id).in_(bindparam("ids", expanding=True))
)
_OF = (col(SignOffNow.pledge_id) == bindparam("id"), col(SignOffNow.number) == bindparam("of"))
_DROP = delete(core(SignOffNow)).where(*_OF)
_ADD = insert(core(SignOffNow))
_ANSWER = (
    update(core(SignOffNow))
    .where(*_OF, col(SignOffNow.entity_id) == bindparam("who"))
    .values({name: bindparam(name) for name in ("answer", "reason", "version", "at")})
)
_LEFT = delete(core(SignOffNow)).where(
    col(SignOffNow.pledge_id) == bindparam("id"),
    col(SignOffNow.answer) == "awaited",
    col(SignOffNow.entity_id).not_in(bindparam("staying", expanding=True)),
)
_KEEP = insert(core(SignOffHistory))


async def entities(session: AsyncSession, ids: Sequence[str]) -> list[EntityRef]:
    """As they are called now, in this order; one that is gone is left out."""
    if not ids:
        return []
    rows = await session.execute(_ENTITIES, {"ids": list(ids)})
    found = {row.entity_id: EntityRef(**row._asdict()) for row in rows}
    return [found[one] for one in ids if one in found]


async def ask(session: AsyncSession, pledge_id: UUID, number: int, version: int, asked: Collection[SignOff]) -> None:
    """These and no others are asked, or have answered, from now on; `number` is that of a report, or PLEDGE."""
    await session.execute(_DROP, {"id": pledge_id, "of": number})
    place = {"pledge_id": pledge_id, "number": number, "version": version}
    if asked:
        rows = [place | one.model_dump(exclude={"entity"}) | {"entity_id": one.entity.entity_id} for one in asked]
        await session.execute(_ADD, rows)


async def leave(session: AsyncSession, pledge_id: UUID, staying: Sequence[str]) -> None:
    """Of nobody but these entities an answer is awaited any more; what others have said stays."""
    await session.execute(_LEFT, {"id": pledge_id, "staying": list(staying)})


async def keep(
    session: AsyncSession, pledge_id: UUID, number: int, version: int, said: SignOff, person_id: str, moment: Moment
) -> None:
    """An answer: it holds from now on, and its line in the history stays."""
    told = {"answer": said.answer, "reason": said.reason, "version": version, "at": moment.business}
    await session.execute(_ANSWER, told | {"id": pledge_id, "of": number, "who": said.entity.entity_id})
    by = {"entity_id": said.entity.entity_id, "person_id": person_id, "recorded_at": moment.system}
    await session.execute(_KEEP, told | by | {"pledge_id": pledge_id, "number": number})
