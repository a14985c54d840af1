"""Writes of rehearsals: ordered by staff, carried out by one process at a time, and dropped some time after."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid4, uuid7

from services.notifications.rehearsals.lifecycle import State
from services.notifications.rehearsals.models import Rehearsal, RehearsedMail
from services.notifications.rehearsals.schemas import Day, Wanted

_ENTITIES = text("""
select entity_id from known_pledge where review_cycle = any(cast(:cycles as text[])) and state = 'published'
union
select unnest(partner_ids) from known_pledge where review_cycle = any(cast(:cycles as text[])) and state = 'published'
""")
KEPT = 20  # the newest; the others go with the next order

_OLD = "(select rehearsal_id from rehearsal order by created_at desc, rehearsal_id offset :kept)"
_DROP = (
    text(f"delete from rehearsed_mail where rehearsal_id in {_OLD}"),  # noqa: S608 - constants
    text(f"delete from rehearsal where rehearsal_id in {_OLD}"),  # noqa: S608
)
_CLAIM = text("""
with next as (
    select rehearsal_id from rehearsal
    where state = 'waiting' or (state = 'running' and lease_until <= :at)
    order by created_at
    limit 1
    for update skip locked
)
update rehearsal set state = 'running', token = :token, lease_until = :until, done = 0, business_at = :now
from next where rehearsal.rehearsal_id = next.rehearsal_id
returning rehearsal.rehearsal_id, token, month, policy, moves, business_at
""").columns(moves=JSONB)
_BEGIN = text("delete from rehearsed_mail where rehearsal_id = :rehearsal_id")
_GO_ON = text("""
update rehearsal set done = :done, total = :total, lease_until = :until
where rehearsal_id = :rehearsal_id and token = :token and state = 'running'
returning rehearsal_id
""")


class Overtaken(Exception):
    """Another process has taken the rehearsal over, or nobody wants it any more."""


@dataclass(frozen=True)
class Claimed:
    """A rehearsal that is ours for a while. `month`: its first day; `business_at`: where it looks ahead from."""

    rehearsal_id: UUID
    token: UUID
    month: date
    policy: str | None
    moves: list[dict[str, Any]]
    business_at: datetime


async def order(session: AsyncSession, wanted: Wanted, person_id: str, at: datetime) -> Rehearsal:
    made = Rehearsal(
        rehearsal_id=uuid7(),
        month=date.fromisoformat(f"{wanted.month}-01"),
        policy=wanted.policy,
        moves=[move.model_dump() for move in wanted.moves],
        asked_by=person_id,
        state=State.WAITING.value,
        created_at=at,
    )
    for statement in _DROP:
        await session.execute(statement, {"kept": KEPT - 1})
    session.add(made)
    await session.flush()
    return made


async def claim(session: AsyncSession, lease: timedelta, *, now: datetime, at: datetime) -> Claimed | None:
    """The oldest that waits, or whose process was lost. What that had written is written anew."""
    row = (await session.execute(_CLAIM, {"token": uuid4(), "until": at + lease, "now": now, "at": at})).first()
    if row is None:
        return None
    await session.execute(_BEGIN, {"rehearsal_id": row.rehearsal_id})
    return Claimed(*row)


async def entities(session: AsyncSession, cycles: Collection[str]) -> set[str]:
    """Those with a pledge of these review cycles, and their partners."""
    return set(await session.scalars(_ENTITIES, {"cycles": list(cycles)}))


async def go_on(session: AsyncSession, claimed: Claimed, done: int, total: int, until: datetime) -> None:
    """Says how far it is, and keeps it ours. Raises Overtaken."""
    values = {"rehearsal_id": claimed.rehearsal_id, "token": claimed.token, "done": done, "total": total}
    if (await session.execute(_GO_ON, values | {"until": until})).first() is None:
        raise Overtaken


async def keep(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        await session.execute(insert(RehearsedMail), list(rows))


async def end(session: AsyncSession, claimed: Claimed, days: Sequence[Day], fault: str | None = None) -> None:
    state = State.FAILED if fault else State.DONE
    found = await session.get(Rehearsal, claimed.rehearsal_id, with_for_update=True)
    if found is None or found.token != claimed.token:
        raise Overtaken
    found.state, found.fault, found.token, found.lease_until = state.value, fault, None, None
    found.days = [day.model_dump(mode="json") for day in days]
    await session.flush()


async def forget(session: AsyncSession, person_id: str) -> None:
    """Of whoever is erased, no rehearsal says what they would have got."""
    await session.execute(text("delete from rehearsed_mail where person_id = :person_id"), {"person_id": person_id})
