"""Adding and changing entities: each time the row, its history and the public event, in the caller's transaction."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.entities import names, queries
from services.pledges.entities.models import Entity, EntityGroup, EntityHistory
from services.pledges.entities.schemas import EntityFields, EntityOut, NewEntity
from services.pledges.search import index
from shared.authors import Author
from shared.clock import Moment
from shared.errors import Conflict, NotFound
from shared.events.common import Change
from shared.events.entities import EntityEvent, EntitySnapshot
from shared.messaging import outbox
from shared.searching.folding import fold
from shared.web import etag

Reference = dict[str, Any] | None

_ADD = insert_or(Entity).on_conflict_do_nothing().returning(col(Entity.entity_id))
_LOCK = select(col(Entity.sequence), col(Entity.revision))


async def add(
    session: AsyncSession, author: Author, new: NewEntity, moment: Moment, reference: Reference = None
) -> EntityOut:
    """Raises Conflict when the code is taken, for codes are never used again."""
    row = {"entity_id": new.entity_id, **_columns(new.entity_id, new), "revision": 1, "sequence": 1}
    if (await session.execute(_ADD, {**row, "reference": reference})).first() is None:
        raise Conflict(f"There is an entity with the code {new.entity_id} already: GET /entities/{new.entity_id}.")
    await _set_groups(session, new.entity_id, new)
    entity = EntityOut(**new.model_dump(), name=names.display(new.names), revision=1)
    await _tell(session, author, entity, 1, moment, fields=())
    return entity


async def change(
    session: AsyncSession, author: Author, entity_id: str, seen: int, fields: EntityFields, moment: Moment
) -> EntityOut:
    """The entity as it is afterwards; without a difference nothing is written.

    Raises NotFound, and Stale unless `seen` is the present revision.
    """
    row = (await session.execute(_LOCK.where(col(Entity.entity_id) == entity_id).with_for_update())).first()
    if row is None:
        raise NotFound("There is no entity with this code; look it up: GET /entities?q=…")
    etag.require(seen, row.revision)
    present = await queries.entity(session, entity_id)
    return await replace(session, author, present, row.sequence, fields, moment)


async def replace(
    session: AsyncSession, author: Author, present: EntityOut, sequence: int, fields: EntityFields, moment: Moment
) -> EntityOut:
    """What `change` does with an entity that is read and locked."""
    if not (changed := differing(present, fields)):
        return present
    entity = EntityOut(
        **fields.model_dump(),
        entity_id=present.entity_id,
        name=names.display(fields.names),
        revision=present.revision + 1,
    )
    values = {**_columns(present.entity_id, fields), "revision": entity.revision, "sequence": sequence + 1}
    await session.execute(update(Entity).where(col(Entity.entity_id) == present.entity_id).values(values))
    if "groups" in changed:
        await session.execute(delete(EntityGroup).where(col(EntityGroup.entity_id) == present.entity_id))
        await _set_groups(session, present.entity_id, fields)
    await index.entity(session, present.entity_id, changed)
    await _tell(session, author, entity, sequence + 1, moment, changed)
    return entity


def differing(present: EntityFields, wanted: EntityFields) -> list[str]:
    """Names of the fields that differ; the order of groups is none."""
    found = [name for name in EntityFields.model_fields if getattr(present, name) != getattr(wanted, name)]
    same_groups = {group.model_dump_json() for group in present.groups} == {g.model_dump_json() for g in wanted.groups}
    return [name for name in found if name != "groups" or not same_groups]


def snapshot(entity: EntityOut, sequence: int) -> EntitySnapshot:
    """What the public topic tells of it."""
    return EntitySnapshot.model_validate({**entity.model_dump(exclude={"revision"}), "sequence": sequence})


def _columns(entity_id: str, fields: EntityFields) -> dict[str, Any]:
    name = names.display(fields.names)
    plain = fields.model_dump(exclude={"groups"})
    search = names.searchable(entity_id, fields.names, fields.aliases)
    return {**plain, "name": name, "sort_name": fold(name), "search": search}


async def _set_groups(session: AsyncSession, entity_id: str, fields: EntityFields) -> None:
    if rows := [{"entity_id": entity_id, **group.model_dump()} for group in fields.groups]:
        await session.execute(insert(EntityGroup), rows)


async def _tell(
    session: AsyncSession, author: Author, entity: EntityOut, sequence: int, moment: Moment, fields: Iterable[str]
) -> None:
    """History and event; no `fields`: it is new."""
    public = snapshot(entity, sequence)
    details = {"fields": list(fields), "entity": public.model_dump(mode="json")}
    action = "changed" if details["fields"] else "added"
    await record(session, author, entity.entity_id, entity.revision, action, details, moment)
    told = Change(action=action, at=moment.business, by=author.by, fields=details["fields"])
    event = EntityEvent(entity=public, change=told)
    await outbox.add(session, "entity.changed.v1", entity.entity_id, event, moment.system)


async def record(
    session: AsyncSession,
    author: Author,
    entity_id: str,
    revision: int,
    action: str,
    details: dict[str, Any],
    moment: Moment,
) -> None:
    """One step into the history of an entity."""
    await session.execute(
        insert(EntityHistory)
        .values(entity_id=entity_id, revision=revision, action=action, details=details)
        .values(at=moment.business, recorded_at=moment.system, person_id=author.person_id, by=author.by)
    )
