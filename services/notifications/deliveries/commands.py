"""Writes to deliveries: add, claim with a lease, settle with one's own lease only. The caller commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid4, uuid7

from services.notifications.deliveries.lifecycle import Settlement, State
from services.notifications.deliveries.models import Delivery
from services.notifications.deliveries.steps import REMINDER

# without a target: a unique key that is gone must show as a second mail, and not as an error
_ADD = insert(Delivery).on_conflict_do_nothing()

# the Message-ID is made at the first claim and stays: a mail that may have left before a crash is then the same mail
_CLAIM = text("""
with due as (
    select id from delivery
    where ((state in ('queued', 'deferred') and next_try_at <= :at and (not_before is null or not_before <= :now))
       or (state = 'sending' and lease_until <= :at))
      and not exists (
        select from mail_pause where ended_at is null and (templates is null or delivery.template = any(templates))
      )
    order by next_try_at
    limit :most
    for update skip locked
)
update delivery
set state = 'sending', lease_token = :token, lease_until = :until, attempts = attempts + 1,
    message_id = coalesce(message_id, concat('<', delivery.id, '@', cast(:domain as text), '>'))
from due
where delivery.id = due.id
returning delivery.id, lease_token, lease_until, cause, person_id, template, entity_id, pledge_id, facts, not_before,
    attempts, created_at, message_id, reason
""").columns(facts=JSONB)

_SETTLE = text("""
update delivery
set state = :state, reason = :reason, next_try_at = :next_try_at, attempts = :attempts, sent_at = :sent_at,
    not_before = coalesce(:not_before, not_before), whose = coalesce(:whose, whose), lease_token = null,
    lease_until = null
where id = :id and state = 'sending' and lease_token = :token
returning id
""")


_DROP = text("""
update delivery set state = 'suppressed', reason = 'person_erased', next_try_at = null
where person_id = :person_id and state in ('queued', 'deferred') and template <> :reminder
""")


@dataclass(frozen=True)
class Claimed:
    """A delivery that is ours until `lease_until` (system time)."""

    id: UUID
    token: UUID
    lease_until: datetime
    cause: str
    person_id: str
    template: str
    entity_id: str | None
    pledge_id: UUID | None
    facts: dict[str, Any]
    not_before: datetime | None  # business time
    attempts: int
    created_at: datetime
    message_id: str
    reason: str | None = None  # of the attempt before


def new(**values: Any) -> dict[str, Any]:
    """A row to add. It is ready to be sent from `next_try_at` (system) and `not_before` (business, or None) on."""
    plain: dict[str, Any] = {"entity_id": None, "pledge_id": None, "facts": {}, "not_before": None, "next_try_at": None}
    return {"id": uuid7(), "state": State.QUEUED.value, "attempts": 0, **plain, **values}


async def add(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Adds those that are not there yet, by (cause, person_id, template)."""
    if rows:
        await session.execute(_ADD, list(rows))


async def claim(
    session: AsyncSession, *, most: int, lease: timedelta, domain: str, now: datetime, at: datetime
) -> list[Claimed]:
    """Up to `most` deliveries that are due by both clocks, and those whose sender let its lease run out.

    Commit before sending: no connection is held while SMTP is spoken.
    """
    values = {"most": most, "token": uuid4(), "until": at + lease, "domain": domain, "now": now, "at": at}
    return [Claimed(*row) for row in await session.execute(_CLAIM, values)]


async def drop(session: AsyncSession, person_id: str) -> None:
    """Nothing that waits goes to a person who was erased.

    One that is being sent meanwhile, or a reminder, whose list is settled with it, finds at its turn that nobody can be
    reached.
    """
    await session.execute(_DROP, {"person_id": person_id, "reminder": REMINDER.template})


async def settle(
    session: AsyncSession, claimed: Claimed, settlement: Settlement, at: datetime, whose: str = ""
) -> bool:
    """Writes what became of it. False when the lease was lost: then somebody else answers for this delivery.

    `whose`: the person to whom it went, "" where nobody knows.
    """
    values = {
        "id": claimed.id,
        "token": claimed.token,
        "state": settlement.state.value,
        "reason": settlement.reason,
        "next_try_at": settlement.next_try_at,
        "attempts": settlement.attempts,
        "sent_at": at if settlement.state is State.SENT else None,
        "not_before": settlement.not_before,
        "whose": whose if whose != claimed.person_id and whose else None,
    }
    return (await session.execute(_SETTLE, values)).first() is not None
