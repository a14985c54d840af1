"""Entities whose pledges nobody leads any more: no focal point now, and none planned. Staff are told once.

Found by a look now and then, since a place also ends by itself, on its day. Whoever never had a focal point is not
meant, nor is an entity without an open pledge.
"""

import asyncio

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from shared.clock import Clock, Moment
from shared.db import TIMESTAMPTZ, Database
from shared.events.people import LeadLeft
from shared.messaging import outbox
from shared.waking import Wake, repeat

PAUSE = 60.0  # seconds
MOST = 100  # at once

_LED = """
exists (
    select from membership m
    where m.entity_id = {entity} and m.role = 'focal_point' and (m.until is null or m.until > :now)
)
"""
_BACK = text(f"delete from lead_left l where {_LED.format(entity='l.entity_id')}").bindparams(  # noqa: S608 - our own text
    bindparam("now", type_=TIMESTAMPTZ)
)
_LEFT = text(f"""
select e.entity_id from entity e
where not {_LED.format(entity="e.entity_id")}
  and not exists (select from lead_left l where l.entity_id = e.entity_id)
  and exists (select from public_pledge p where p.entity_id = e.entity_id and p.state = 'published')
  and exists (
      select from entity_history h
      where h.entity_id = e.entity_id and h.action = 'membership_given' and h.details ->> 'role' = 'focal_point'
  )
order by e.entity_id limit {MOST}
""").bindparams(bindparam("now", type_=TIMESTAMPTZ))  # noqa: S608 - our own text
_TOLD = text("""
insert into lead_left (entity_id, lead_left_id) values (:entity_id, :lead_left_id) on conflict do nothing returning true
""")


async def tell(session: AsyncSession, moment: Moment) -> int:
    """How many entities staff are told of. One that has a focal point again can be told of again later."""
    await session.execute(_BACK, {"now": moment.business})
    left = (await session.scalars(_LEFT, {"now": moment.business})).all()
    return sum([await _tell(session, entity_id, moment) for entity_id in left])


async def _tell(session: AsyncSession, entity_id: str, moment: Moment) -> bool:
    """Whether it was not told by another process at the same moment."""
    told = LeadLeft(lead_left_id=uuid7(), entity_id=entity_id)
    if not await session.scalar(_TOLD, told.model_dump()):
        return False
    await outbox.add(session, "membership.lead_left.v1", entity_id, told, moment.system)
    return True


class Watching:
    """Any number of processes may do it at once."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; an outage of the database is waited out."""
        await repeat("leads", self.once, stop, Wake().bell(), PAUSE)

    async def once(self) -> bool:
        """Whether there may be more."""
        async with self._database.transaction() as session:
            return await tell(session, self._clock.moment()) == MOST
