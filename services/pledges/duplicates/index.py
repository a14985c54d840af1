"""Keeps the keys of pledges, in the transaction that changes them."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Executable, Uuid, any_, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.pledges.duplicates import keys
from services.pledges.duplicates.models import DraftKey, PledgeKey
from services.pledges.duplicates.texts import said
from services.pledges.registry.content import Content
from services.pledges.tables import core
from shared.events.pledges import PledgeSnapshot


class _Statements(NamedTuple):
    drop: Executable
    add: Executable


def _of(model: type[PledgeKey | DraftKey]) -> _Statements:
    table = core(model)
    changed, pledge_id = bindparam("keys", type_=ARRAY(BigInteger)), bindparam("pledge_id", type_=Uuid)
    rows = select(func.unnest(changed), pledge_id)
    return _Statements(
        delete(table).where(table.c.key == any_(changed), table.c.pledge_id == pledge_id),
        insert(table).from_select(["key", "pledge_id"], rows).on_conflict_do_nothing(),
    )


_PUBLIC, _DRAFT = _of(PledgeKey), _of(DraftKey)


async def follow(session: AsyncSession, old: PledgeSnapshot | None, new: PledgeSnapshot) -> None:
    """What is public of a pledge changed. Closed ones stay to be found: they may be what somebody pledges again."""
    if old is None or _content(old) != _content(new):
        before = _of_public(old) if old else frozenset()
        await _change(session, _PUBLIC, new.pledge_id, before, _of_public(new))


async def follow_draft(
    session: AsyncSession, pledge_id: UUID, entity_id: str, old: Content | None, new: Content | None
) -> None:
    """What is worked on changed; None: nothing, or what is public."""
    if old != new:
        await _change(session, _DRAFT, pledge_id, _of_draft(entity_id, old), _of_draft(entity_id, new))


def _content(pledge: PledgeSnapshot) -> dict[str, object]:
    return {name: getattr(pledge, name) for name in Content.model_fields}


def _of_public(pledge: PledgeSnapshot) -> frozenset[int]:
    return keys.public(said(pledge.entity.entity_id, pledge))


def _of_draft(entity_id: str, content: Content | None) -> frozenset[int]:
    return keys.unpublished(said(entity_id, content)) if content else frozenset()


async def _change(
    session: AsyncSession, table: _Statements, pledge_id: UUID, before: frozenset[int], after: frozenset[int]
) -> None:
    for statement, changed in ((table.drop, before - after), (table.add, after - before)):
        if changed:
            await session.execute(statement, {"pledge_id": pledge_id, "keys": sorted(changed)})
