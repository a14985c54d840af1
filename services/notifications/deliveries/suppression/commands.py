"""Writes of suppressions. The caller commits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from shared.errors import Conflict

Reason = Literal["bounced", "complained"]

_HOLDS = text("""
select id, address_hash from suppression
where address_hash = any(cast(:hashes as bytea[])) and lifted_at is null
limit 1
""")

_ADD = text("""
insert into suppression (id, address_hash, reason, status, delivery_id, created_at)
select :id, :hash, :reason, :status, :delivery_id, :at
where not exists (
    select from suppression where address_hash = any(cast(:hashes as bytea[])) and lifted_at is null
) and not exists (
    select from delivery join erased_person on erased_person.person_id in (delivery.person_id, delivery.whose)
    where delivery.id = :delivery_id and erased_person.at >= delivery.created_at
)
on conflict do nothing
returning id
""")

_NEWEST_KEY = text("""
update suppression set address_hash = :hash where id = :id and lifted_at is null
""")

_LIFT = text("""
update suppression set lifted_at = :at, lifted_by = :by, lifted_because = :because
where id = :id and lifted_at is null
returning id
""")

_FORGET = text("""
update suppression
set address_hash = null, lifted_at = coalesce(lifted_at, :at), lifted_because = coalesce(lifted_because, 'erased')
from delivery
where delivery.id = suppression.delivery_id and :person_id in (delivery.person_id, delivery.whose)
""")


_FORGET_BACK = text("""
update returned set address_hash = null
from delivery
where delivery.id = returned.delivery_id and :person_id in (delivery.person_id, delivery.whose)
""")


async def holds(session: AsyncSession, hashes: Sequence[bytes]) -> bool:
    """Whether the address is written to no more. One that is found by an older key is kept under the newest now."""
    found = (await session.execute(_HOLDS, {"hashes": list(hashes)})).first()
    if found is None:
        return False
    if found.address_hash != hashes[0]:
        await session.execute(_NEWEST_KEY, {"id": found.id, "hash": hashes[0]})
    return True


async def suppress(
    session: AsyncSession, hashes: Sequence[bytes], reason: Reason, status: str, delivery_id: UUID, at: datetime
) -> bool:
    """False when it was already, or when whose it was is erased. `at` is system time."""
    values = {"hashes": list(hashes), "hash": hashes[0], "reason": reason, "status": status}
    row = values | {"id": uuid7(), "delivery_id": delivery_id, "at": at}
    return (await session.execute(_ADD, row)).first() is not None


async def lift(session: AsyncSession, suppression_id: UUID, by: str, because: str, at: datetime) -> None:
    """Mail to this address may be tried again. Raises Conflict when it is lifted already."""
    values = {"id": suppression_id, "by": by, "because": because, "at": at}
    if (await session.execute(_LIFT, values)).first() is None:
        raise Conflict("It is lifted already; mail to this address is tried again.")


async def forget(session: AsyncSession, person_id: str, at: datetime) -> None:
    """Of somebody who was erased: not even a hash of an address is kept."""
    await session.execute(_FORGET, {"person_id": person_id, "at": at})
    await session.execute(_FORGET_BACK, {"person_id": person_id})
