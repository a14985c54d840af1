"""One tick of the reminder plan: transactions without network, and questions to the pledges service in between."""

from datetime import date, datetime

from services.notifications.recipients import Recipients
from services.notifications.reminders import commands, known, queueing
from services.notifications.reminders.lifecycle import Candidate, Due, Milestone, dates, due_days, plannable
from services.notifications.reminders.policy import Policy
from shared.clock import Clock
from shared.db import Database


class Planner:
    """Any number of replicas may tick at once: the rows' unique keys and states decide who does what."""

    def __init__(self, database: Database, clock: Clock, recipients: Recipients, policy: Policy) -> None:
        self._database, self._clock, self._recipients, self._policy = database, clock, recipients, policy

    async def changed(self) -> datetime | None:
        """When the copies of pledges and milestones last changed (system time)."""
        async with self._database.transaction() as session:
            return await known.changed(session)

    async def tick(self) -> None:
        """Plans, then queues what is due."""
        await self.plan()
        await self.queue()

    async def plan(self) -> None:
        """Brings the plan to what pledges, milestones and the day of business time call for."""
        now, at = self._clock.business(), self._clock.system()
        async with self._database.transaction() as session:
            milestones = await known.milestones(session)
        for milestone in milestones:
            async with self._database.transaction() as session:
                await commands.withdraw(session, milestone, dates(milestone, self._policy), at)
            for due in plannable(milestone, self._policy, now):
                await self._plan(milestone, due, at)

    async def _plan(self, milestone: Milestone, due: Due, at: datetime) -> None:
        after = commands.FIRST
        while True:
            async with self._database.transaction() as session:
                last = await commands.plan(session, milestone, due, after, at)
            if last is None:
                return
            after = last

    async def queue(self) -> None:
        """Skips what is overdue, and makes mails of what is due. Raises Unavailable while nobody can be asked for.

        Mails that an earlier tick left unfinished are finished: their lists are complete after the last page.
        """
        now, at = self._clock.business(), self._clock.system()
        days = due_days(now, self._policy)
        async with self._database.transaction() as session:
            await commands.skip_overdue(session, days[0], at)
        after = 0
        while batch := await self._due(days, after):
            await self._queue(batch, now, at)
            after = batch[-1].id
        async with self._database.transaction() as session:
            await queueing.release(session, at)

    async def _due(self, days: tuple[date, date], after: int) -> list[Candidate]:
        async with self._database.transaction() as session:
            return await queueing.due(session, days, after)

    async def _queue(self, batch: list[Candidate], now: datetime, at: datetime) -> None:
        found = await self._recipients.search({candidate.entity_id for candidate in batch})
        async with self._database.transaction() as session:
            await queueing.queue(session, batch, found.entities, self._policy, now=now, at=at)
