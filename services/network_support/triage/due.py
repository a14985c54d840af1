"""When a case is due: with the open clock of its request that is due first.

None has an instant while it is paused, unless it was overdue before.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.network_support.triage.models import NEVER
from shared.db import TIMESTAMPTZ

_FOLLOW = text("""
update triage_case c set due_at = due.at, clock = due.kind
from (
    select request_id, coalesce(first.due_at, :never) as at, first.kind
    from unnest(cast(:requests as uuid[])) as asked (request_id)
    left join lateral (
        select due_at, kind from request_clock
        where request_clock.request_id = asked.request_id and ended_at is null and due_at is not null
        order by due_at, kind limit 1
    ) as first on true
) as due
where c.case_id = due.request_id and (c.due_at, c.clock) is distinct from (due.at, due.kind)
""").bindparams(bindparam("never", NEVER, type_=TIMESTAMPTZ))


async def follow(session: AsyncSession, requests: Collection[UUID]) -> None:
    """The clocks of these requests were started, paused, ended or computed anew, in this transaction."""
    await session.execute(_FOLLOW, {"requests": sorted(requests)})
