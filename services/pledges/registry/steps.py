"""The history of a working copy, and what the workflow topic hears of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.pledges.registry import records
from services.pledges.registry.records import Head
from services.pledges.registry.schemas import WantedChange
from shared import inserts
from shared.clock import Moment
from shared.events.pledges import PledgeSnapshot, PledgeStep, SignOffAsked
from shared.messaging import outbox
from shared.web.auth import Actor

ASKED = TypeAdapter(list[WantedChange])
_NOTHING = "[]"


@dataclass(frozen=True)
class Call:
    """Who calls, and when by both clocks."""

    actor: Actor
    moment: Moment

    @property
    def now(self) -> datetime:
        """Business time."""
        return self.moment.business


async def add(
    session: AsyncSession,
    done: Head,
    action: str,
    role: str,
    call: Call,
    *,
    fields: Sequence[str] = (),
    details: str = _NOTHING,
) -> None:
    row: dict[str, Any] = {
        "pledge_id": done.pledge_id,
        "revision": done.revision,
        "action": action,
        "state": done.state,
        "at": call.now,
        "recorded_at": call.moment.system,
        "person_id": call.actor.person,
        "by": role,
        "fields": list(fields),
        "details": details,
    }
    inserts.later(session, records.HISTORY, row)


async def announce(
    session: AsyncSession,
    done: Head,
    action: str,
    call: Call,
    fields: Sequence[str] = (),
    *,
    filed_by: str | None = None,
) -> None:
    """Ids and states for the workflow topic: what was written stays here. `filed_by`: see PledgeStep."""
    step = PledgeStep.model_validate(
        {
            "pledge_id": done.pledge_id,
            "entity_id": done.entity_id,
            "state": done.state,
            "revision": done.revision,
            "fields": list(fields),
            "filed_by": filed_by,
        }
    )
    await outbox.add(session, f"pledge.{action}.v1", str(done.pledge_id), step, call.moment.system)


async def announce_submission(session: AsyncSession, done: Head, action: str, by: str, call: Call) -> None:
    """That it was submitted and, if another entity filed it, that its own is asked to accept it."""
    filed_by = done.proxy.entity_id if done.proxy and by == "proxy" else None
    await announce(session, done, action, call, filed_by=filed_by)
    if done.proxy and done.proxy.answer == "asked":
        await announce(session, done, "acceptance_asked", call, filed_by=done.proxy.entity_id)


async def announce_asked(
    session: AsyncSession, public: PledgeSnapshot, entities: Iterable[str], moment: Moment, update: int | None = None
) -> None:
    """That the answers of these entities are awaited: to the public version, or to the report of that number."""
    for one in entities:
        asked = SignOffAsked(pledge_id=public.pledge_id, entity_id=one, version=public.version, update=update)
        await outbox.add(session, "pledge.sign_off_asked.v1", str(public.pledge_id), asked, moment.system)
