"""Closes what nothing happens with any more, as the policy says. Any number of processes may."""

import asyncio
from collections.abc import Callable

import structlog
from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.network_support.requests.commands import take
from services.network_support.requests.models import SupportRequest
from services.network_support.requests.policy import Policy
from shared.authors import SYSTEM
from shared.clock import Clock, Moment
from shared.db import Database
from shared.waking import Wake, repeat

SLICE = 100  # requests a transaction
PAUSE = 60.0  # seconds between two rounds

log = structlog.get_logger()


async def close_quiet(session: AsyncSession, policy: Policy, moment: Moment, most: int = SLICE) -> int:
    """One slice, those that wait longest first; how many were closed. What somebody works on just now is passed by."""
    quiet = [
        and_(col(SupportRequest.state) == state, col(SupportRequest.changed_at) <= since)
        for state, since in policy.quiet_since(moment.business).items()
    ]
    if not quiet:
        return 0
    statement = select(SupportRequest).where(or_(*quiet)).order_by(col(SupportRequest.changed_at)).limit(most)
    found = (await session.scalars(statement.with_for_update(skip_locked=True))).all()
    for request in found:
        await take(session, request, "closed", SYSTEM, moment, facts={"quiet_in": request.state})
    return len(found)


class Tidying:
    """`nudge` wakes the relay."""

    def __init__(self, database: Database, clock: Clock, policy: Policy, nudge: Callable[[], None]) -> None:
        self._database, self._clock, self._policy, self._nudge = database, clock, policy, nudge

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; an outage of the database is waited out."""
        await repeat("quiet_requests", self.once, stop, Wake().bell(), PAUSE)

    async def once(self) -> bool:
        """Whether there may be more."""
        async with self._database.transaction() as session:
            closed = await close_quiet(session, self._policy, self._clock.moment())
        if closed:
            log.info("requests.closed", requests=closed)
            self._nudge()
        return closed == SLICE
