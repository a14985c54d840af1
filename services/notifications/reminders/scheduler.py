"""The role `scheduler`: when the reminder plan is looked at. At rest it reads a clock once a second, and no table."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

from services.notifications.reminders.planner import Planner
from shared.clock import Clock
from shared.waking import Wake, repeat

SECOND = 1.0  # between two looks at the clock, which may have been moved
BETWEEN = 3.0  # seconds between two looks at the tables that the consumer asks for
# Copies of pledges that are being read anew pass through the past, in which pledges had not reported yet: nobody may
# be reminded out of that, so what changes has to pause first.
QUIET = timedelta(seconds=2)
PATIENCE = timedelta(minutes=10)  # for changes that never pause
REPLAN = timedelta(minutes=10)  # after which everything is planned anew without a cause


class Scheduler:
    """`heard` rings when the consumer has written; `written` is rung when mails were queued, `nudge` for events."""

    def __init__(self, planner: Planner, clock: Clock, heard: Wake, written: Wake, nudge: Callable[[], None]) -> None:
        self._planner, self._clock = planner, clock
        self._bell, self._written, self._nudge = heard.bell(), written, nudge
        self._looked = 0.0  # monotonic
        self._minute: datetime | None = None  # business time of the last tick
        self._seen: datetime | None = None  # what the plan was made from
        self._planned: datetime | None = None
        self._unsettled: datetime | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop. An outage of the database or the pledges service is waited out."""
        await repeat("scheduler", self.look, stop, asyncio.Event(), SECOND)

    async def look(self) -> bool:
        """Ticks when a new minute of business time began, or when something changed and has settled since."""
        minute = self._clock.business().replace(second=0, microsecond=0)
        if minute == self._minute and not self._rung():
            return False
        self._looked = monotonic()
        changed, at = await self._planner.changed(), self._clock.system()
        if self._settled(changed, at):
            await self._tick(minute, changed, at)
        return False

    def _rung(self) -> bool:
        return self._bell.is_set() and monotonic() - self._looked >= BETWEEN

    def _settled(self, changed: datetime | None, at: datetime) -> bool:
        if changed is None or changed <= at - QUIET:
            self._unsettled = None
            return True
        self._unsettled = self._unsettled or at
        return at - self._unsettled >= PATIENCE

    async def _tick(self, minute: datetime, changed: datetime | None, at: datetime) -> None:
        self._bell.clear()
        if self._must_plan(minute, changed, at):
            await self._planner.plan()
            self._seen, self._planned = changed, at
        await self._planner.queue()
        self._minute = minute
        self._written()
        self._nudge()

    def _must_plan(self, minute: datetime, changed: datetime | None, at: datetime) -> bool:
        if self._minute is None or self._planned is None or changed != self._seen:
            return True
        return minute.date() != self._minute.date() or at - self._planned >= REPLAN
