"""Who has a case open. Rows that live as long as their heartbeat; the time is system time.

A page that runs no script says once that it was opened, which counts for the minutes of the policy.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import bindparam, delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.network_support.triage.models import Presence
from services.network_support.triage.policy import policy
from services.network_support.triage.queries import find
from services.network_support.triage.schemas import Here
from shared.clock import Moment
from shared.db import TIMESTAMPTZ

BEAT_WITHIN = 45  # seconds

_BEAT = text("""
insert into case_presence as p (case_id, person_id, since, until) values (:case_id, :person_id, :now, :until)
on conflict (case_id, person_id) do update
set until = :until, since = case when p.until < :now then excluded.since else p.since end
""").bindparams(bindparam("now", type_=TIMESTAMPTZ), bindparam("until", type_=TIMESTAMPTZ))


async def others(session: AsyncSession, case_id: UUID, person_id: str, moment: Moment) -> list[Here]:
    """Who else has it open now, the first one first."""
    chosen = (
        select(Presence)
        .where(col(Presence.case_id) == case_id, col(Presence.person_id) != person_id)
        .where(col(Presence.until) >= moment.system)
        .order_by(col(Presence.since), col(Presence.person_id))
    )
    found = (await session.execute(chosen)).scalars()
    return [Here(person_id=one.person_id, since=one.since) for one in found]


async def beat(
    session: AsyncSession, case_id: UUID, person_id: str, moment: Moment, *, opened: bool = False
) -> list[Here]:
    """They have it open, or have `opened` it and may not say so again; who else has. Raises NotFound."""
    await find(session, case_id)
    gone = delete(Presence).where(col(Presence.case_id) == case_id, col(Presence.until) < moment.system)
    await session.execute(gone.where(col(Presence.person_id) != person_id))
    stay = timedelta(minutes=policy().opened_minutes) if opened else timedelta(seconds=BEAT_WITHIN)
    until = moment.system + stay
    values = {"case_id": case_id, "person_id": person_id, "now": moment.system, "until": until}
    await session.execute(_BEAT, values)
    return await others(session, case_id, person_id, moment)


async def leave(session: AsyncSession, case_id: UUID, person_id: str, moment: Moment) -> list[Here]:
    """They have closed it; who else has it open."""
    own = delete(Presence).where(col(Presence.case_id) == case_id, col(Presence.person_id) == person_id)
    await session.execute(own)
    return await others(session, case_id, person_id, moment)
