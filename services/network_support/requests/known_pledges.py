"""What this service knows of pledges, learned from gcm.pledges only: a projection, and a mark that outlives it.

The projection may be emptied and read again from the topic's beginning. Then old records pass by once more, and for a
while it holds what a pledge was, not what it is. The mark tells them apart: nothing is decided by a record that is
older than the newest ever read.
"""

from uuid import UUID

from sqlalchemy import BigInteger, Text, bindparam, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.network_support.requests.lifecycle import Pledge
from services.network_support.requests.models import KnownPledge, PledgeMark
from shared.errors import Permanent
from shared.events.pledges import PledgeSnapshot

_LOCK = select(
    func.pg_advisory_xact_lock(func.hashtextextended(bindparam("pledge_id", type_=Text), literal(0, BigInteger)))
)
_FIND = select(KnownPledge).where(col(KnownPledge.pledge_id) == bindparam("pledge_id"))
_FORGET = (
    delete(KnownPledge).where(col(KnownPledge.pledge_id) == bindparam("pledge_id")).returning(col(KnownPledge.sequence))
)

_TAKEN = {"title", "state", "sequence", "language", "objectives", "main_objectives", "forms"}  # as they are
_LEARNED = ("entity_id", *sorted(_TAKEN))

_new = insert(KnownPledge)
_LEARN = _new.on_conflict_do_update(
    index_elements=["pledge_id"],
    set_={name: _new.excluded[name] for name in _LEARNED},
    where=_new.excluded.sequence > col(KnownPledge.sequence),
)
_mark = insert(PledgeMark)
_MARK = _mark.on_conflict_do_update(
    index_elements=["pledge_id"],
    set_={"sequence": func.greatest(col(PledgeMark.sequence), _mark.excluded.sequence)},
).returning(col(PledgeMark.sequence))


async def lock(session: AsyncSession, pledge_id: UUID) -> None:
    """Until the transaction ends, nobody else opens a request for the pledge or learns of it.

    Without it a request that looks just before, and a record that is handled just before the other commits, miss each
    other: neither row exists yet that the other could lock.
    """
    await session.execute(_LOCK, {"pledge_id": str(pledge_id)})


async def find(session: AsyncSession, pledge_id: UUID) -> Pledge | None:
    known = (await session.execute(_FIND, {"pledge_id": pledge_id})).scalar_one_or_none()
    return Pledge(known.entity_id, known.state) if known else None


async def learn(session: AsyncSession, pledge: PledgeSnapshot) -> bool:
    """Under `lock`. Returns whether the record is the newest that was ever read of this pledge."""
    row = pledge.model_dump(include=_TAKEN)
    await session.execute(_LEARN, {"pledge_id": pledge.pledge_id, "entity_id": pledge.entity.entity_id, **row})
    mark: int = (
        await session.execute(_MARK, {"pledge_id": pledge.pledge_id, "sequence": pledge.sequence})
    ).scalar_one()
    return mark == pledge.sequence


async def forget(session: AsyncSession, key: str) -> None:
    """For a tombstone. Raises Permanent when the key is no pledge's."""
    try:
        pledge_id = UUID(key)
    except ValueError:
        raise Permanent(f"a tombstone's key is no pledge id: {key!r}") from None
    await lock(session, pledge_id)
    sequence = (await session.execute(_FORGET, {"pledge_id": pledge_id})).scalar_one_or_none()
    if sequence is not None:  # from now on the record that was erased is an old one
        await session.execute(_MARK, {"pledge_id": pledge_id, "sequence": sequence + 1})


async def clear(session: AsyncSession) -> None:
    """Empties the projection. The marks stay."""
    await session.execute(delete(KnownPledge))
