"""A message joins a digest, and ends with it: in the transaction that settles either. The caller commits."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.deliveries import commands
from services.notifications.deliveries.commands import Claimed
from services.notifications.deliveries.lifecycle import FINAL, IN_DIGEST, Gathered, Settlement, State
from services.notifications.deliveries.steps import DIGEST
from services.notifications.digests import queries
from services.notifications.digests.lifecycle import MOST, TOLD, Told

PAGE = 1000

# one at a time of each person, so that what comes together at one moment is put into one mail
_LOCK = text("select pg_advisory_xact_lock(hashtextextended('digest of ' || :person_id, 0))")

_WAITING = text("""
select id from delivery digest
where template = 'digest' and person_id = :person_id and state in ('queued', 'deferred')
  and (select count(*) from digest_item where digest_id = digest.id) < :most
order by created_at
limit 1
for update
""")

_NUMBER = text("""
select count(*) + 1 from delivery where template = 'digest' and person_id = :person_id and cause like :day || '%'
""")

_JOIN = text("""
insert into digest_item (delivery_id, digest_id) values (:item, :digest)
on conflict (delivery_id) do update set digest_id = :digest
""")

_END = text("""
update delivery set state = :state, reason = :reason, sent_at = :sent_at
where id = any(cast(:ids as uuid[])) and state = 'deferred' and reason = :waits
""")

# the reason stays: what waits for a digest is not late at the end of a pause
_AGAIN = text("""
update delivery set next_try_at = :at from digest_item
where delivery_id = delivery.id and digest_id = :digest and state = 'deferred' and reason = :waits
""")

_STRANDED = text("""
with page as (
    select item.id from delivery item
    join digest_item on delivery_id = item.id
    join delivery digest on digest.id = digest_id
    where item.state = 'deferred' and item.reason = :waits and item.next_try_at is null
      and digest.state = any(cast(:final as text[]))
    limit :most
    for update of item skip locked
)
update delivery set next_try_at = :at from page where delivery.id = page.id
""")

_AT_ONCE = text("""
update delivery set not_before = :now
where template = 'digest' and person_id = :person_id and state in ('queued', 'deferred') and not_before > :now
""")


async def join(
    session: AsyncSession, claimed: Claimed, settlement: Settlement, gathered: Gathered, at: datetime
) -> bool:
    """The message waits in the person's digest. False when the lease was lost. `at` is system time."""
    if not await commands.settle(session, claimed, settlement, at):
        return False
    digest = await _digest(session, gathered, at)
    await session.execute(_JOIN, {"item": claimed.id, "digest": digest})
    return True


async def _digest(session: AsyncSession, gathered: Gathered, at: datetime) -> UUID:
    """One that waits, or a new one. One that is being sent takes no more."""
    person = {"person_id": gathered.person_id}
    await session.execute(_LOCK, person)
    if found := (await session.execute(_WAITING, {**person, "most": MOST})).first():
        waiting: UUID = found.id
        return waiting
    day = f"digest:{gathered.not_before:%Y-%m-%dT%H:%MZ}:"
    number = await session.scalar(_NUMBER, {**person, "day": day})
    new = commands.new(
        cause=f"{day}{number}",
        **person,
        template=DIGEST.template,
        not_before=gathered.not_before,
        next_try_at=at,
        created_at=at,
    )
    await commands.add(session, [new])
    made: UUID = new["id"]
    return made


async def settle(
    session: AsyncSession, claimed: Claimed, settlement: Settlement, told: Told | None, at: datetime
) -> bool:
    """The digest, and with it what it told; what it did not tell waits for the next one. False when the lease was lost.

    `told`: None when it could not be put together; then it ends all that it should have told.
    """
    if not await commands.settle(session, claimed, settlement, at):
        return False
    if settlement.state not in FINAL:
        return True
    found = told or Told(tuple(item.id for item in await queries.items(session, claimed.id)))
    for item, why in found.dropped.items():
        await _end(session, [item], State.SUPPRESSED, why, None)
    if settlement.state is State.SENT:
        await _end(session, found.told, State.SENT, TOLD, at)
    else:
        await _end(session, found.told, settlement.state, settlement.reason, None)
    await session.execute(_AGAIN, {"digest": claimed.id, "waits": IN_DIGEST, "at": at})
    return True


async def _end(
    session: AsyncSession, ids: Collection[UUID], state: State, reason: str | None, sent_at: datetime | None
) -> None:
    values = {"ids": list(ids), "state": state.value, "reason": reason, "sent_at": sent_at, "waits": IN_DIGEST}
    await session.execute(_END, values)


async def free(session: AsyncSession, at: datetime) -> bool:
    """One page of what waits for a digest that has ended is looked at anew; whether there was any.

    Only an older release, which knows no digests, ends one without what is in it. `at` is system time.
    """
    values = {"waits": IN_DIGEST, "final": [state.value for state in FINAL], "most": PAGE, "at": at}
    freed: Any = await session.execute(_STRANDED, values)
    return bool(freed.rowcount)


async def release(session: AsyncSession, person_id: str, now: datetime) -> None:
    """Somebody chose another rhythm: what waits comes at once. `now` is business time."""
    await session.execute(_AT_ONCE, {"person_id": person_id, "now": now})
