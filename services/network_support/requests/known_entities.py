"""What this service knows of entities, learned from gcm.entities only: a projection."""

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.network_support.requests.models import KnownEntity
from shared.events.entities import EntitySnapshot

_FIND = select(KnownEntity).where(col(KnownEntity.entity_id) == bindparam("entity_id"))
_new = insert(KnownEntity)
_LEARN = _new.on_conflict_do_update(
    index_elements=["entity_id"],
    set_={name: _new.excluded[name] for name in ("kind", "country", "names", "groups", "sequence")},
    where=_new.excluded.sequence > col(KnownEntity.sequence),
)


async def find(session: AsyncSession, entity_id: str) -> KnownEntity | None:
    return (await session.execute(_FIND, {"entity_id": entity_id})).scalar_one_or_none()


async def learn(session: AsyncSession, entity: EntitySnapshot) -> None:
    """`names` by language; at least the one of the reference."""
    row = entity.model_dump(include={"entity_id", "kind", "country", "sequence"})
    groups = [group.model_dump(mode="json") for group in entity.groups]
    await session.execute(_LEARN, {**row, "names": {"en": entity.name, **entity.names}, "groups": groups})


async def forget(session: AsyncSession, key: str) -> None:
    await session.execute(delete(KnownEntity).where(col(KnownEntity.entity_id) == key))


async def clear(session: AsyncSession) -> None:
    await session.execute(delete(KnownEntity))
