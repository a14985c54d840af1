"""Keeps the keys of public pledges, in the transaction that changes them."""

from sqlalchemy import ARRAY, BigInteger, Uuid, any_, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.pledges.duplicates import keys
from services.pledges.duplicates.models import PledgeKey
from services.pledges.duplicates.texts import said
from services.pledges.registry.content import Content
from services.pledges.tables import core
from shared.events.pledges import PledgeSnapshot

_KEY = core(PledgeKey)
_CHANGED, _PLEDGE = bindparam("keys", type_=ARRAY(BigInteger)), bindparam("pledge_id", type_=Uuid)
_DROP = delete(_KEY).where(_KEY.c.key == any_(_CHANGED), _KEY.c.pledge_id == _PLEDGE)
_ADD = insert(_KEY).from_select(["key", "pledge_id"], select(func.unnest(_CHANGED), _PLEDGE)).on_conflict_do_nothing()


async def follow(session: AsyncSession, old: PledgeSnapshot | None, new: PledgeSnapshot) -> None:
    """What is public of a pledge changed. Closed ones stay to be found: they may be what somebody pledges again."""
    if old is None or _content(old) != _content(new):
        before, after = _of_public(old) if old else frozenset(), _of_public(new)
        for statement, changed in ((_DROP, before - after), (_ADD, after - before)):
            if changed:
                await session.execute(statement, {"pledge_id": new.pledge_id, "keys": sorted(changed)})


def _content(pledge: PledgeSnapshot) -> dict[str, object]:
    return {name: getattr(pledge, name) for name in Content.model_fields}


def _of_public(pledge: PledgeSnapshot) -> frozenset[int]:
    return keys.public(said(pledge.entity.entity_id, pledge))
