"""The role `scheduler`, too: campaigns are counted now and then, and a request reads what was counted."""

import asyncio
from datetime import date, timedelta
from time import monotonic

from sqlalchemy import text

from services.notifications.campaigns import commands
from services.notifications.campaigns.counting import count
from services.notifications.campaigns.lifecycle import Offset, pause, span
from services.notifications.reminders import known
from services.notifications.reminders.lifecycle import Milestone
from services.notifications.reminders.policy import Policy
from services.notifications.reminders.scheduler import QUIET
from shared.clock import Clock
from shared.db import Database
from shared.waking import repeat

POLL = 15.0  # seconds
_ONE_MOMENT = text("set transaction isolation level repeatable read, read only")


class Measurer:
    """Any number of replicas may count: each campaign is one's at a time."""

    def __init__(self, database: Database, clock: Clock, policy: Policy) -> None:
        self._database, self._clock, self._policy = database, clock, policy

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop. An outage of the database is waited out."""
        await repeat("measurer", self.once, stop, asyncio.Event(), POLL)

    async def once(self) -> bool:
        """Each campaign that has begun and whose time has come. Not while copies are being read anew."""
        async with self._database.transaction() as session:
            milestones, changed = await known.milestones(session), await known.changed(session)
        if changed is not None and changed <= self._clock.system() - QUIET:
            for milestone in milestones:
                if self._begun(milestone):
                    await self._measure(milestone)
        return False

    def _begun(self, milestone: Milestone) -> bool:
        """One that has lost its certain day may have begun before."""
        days = span(milestone, self._policy)
        return days is None or days[0] <= self._clock.business().date()

    async def _measure(self, milestone: Milestone) -> None:
        now, at, begun = self._clock.business(), self._clock.system(), monotonic()
        async with self._database.transaction() as session:
            if not await commands.claim(session, milestone.code, at):
                return
        counted = await self._count(milestone, now.date())
        took = timedelta(seconds=monotonic() - begun)
        next_at = self._clock.system() + pause(milestone, self._policy, now.date(), took)
        async with self._database.transaction() as session:
            times = {"now": now, "at": at, "next_at": next_at}
            await commands.keep(session, milestone.code, milestone.starts, counted, **times)

    async def _count(self, milestone: Milestone, today: date) -> list[Offset]:
        async with self._database.transaction() as session:
            await session.execute(_ONE_MOMENT)
            return await count(session, milestone, self._policy, today)
