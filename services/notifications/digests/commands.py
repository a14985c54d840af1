"""A message joins a digest, and ends with it: in the transaction that settles either. The caller commits."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.deliveries import commands
from services.notifications.deliveries.commands import Claimed
from services.notifications.deliveries.lifecycle import FINAL, IN_DIGEST, Gathered, Settlement, State
from services.notifications.deliveries.steps import DIGEST
from services.notifications.digests.lifecycle import MOST, TOLD, Told

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

_LEFT = text("""
select id from delivery join digest_item on delivery_id = id
where digest_id = :digest and state = 'deferred' and reason = :waits
""")

_AGAIN = text("""
update delivery set next_try_at = :at, reason = null where id = any(cast(:ids as uuid[]))
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
    """The digest, and with it what it told. False when the lease was lost."""
    if not await commands.settle(session, claimed, settlement, at):
        return False
    if settlement.state not in FINAL:
        return True
    found = told or Told()
    for item, why in found.dropped.items():
        await _end(session, [item], State.SUPPRESSED, why, None)
    if settlement.state is State.SENT:
        await _end(session, found.told, State.SENT, TOLD, at)
    left = list(await session.scalars(_LEFT, {"digest": claimed.id, "waits": IN_DIGEST}))
    if settlement.state is State.FAILED:
        await _end(session, left, State.FAILED, settlement.reason, None)
    else:
        await session.execute(_AGAIN, {"ids": left, "at": at})
    return True


async def _end(
    session: AsyncSession, ids: Collection[UUID], state: State, reason: str | None, sent_at: datetime | None
) -> None:
    values = {"ids": list(ids), "state": state.value, "reason": reason, "sent_at": sent_at, "waits": IN_DIGEST}
    await session.execute(_END, values)


async def release(session: AsyncSession, person_id: str, now: datetime) -> None:
    """Somebody chose another rhythm: what waits comes at once. `now` is business time."""
    await session.execute(_AT_ONCE, {"person_id": person_id, "now": now})
