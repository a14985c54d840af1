"""One tick of the reminder plan: transactions without network, and questions to the pledges service in between."""

from collections.abc import Awaitable, Callable, Collection
from datetime import date, datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.recipients import Found
from services.notifications.reminders import commands, known, lost, queueing
from services.notifications.reminders.lifecycle import Milestone, dates, due_days, plannable
from services.notifications.reminders.planning import Candidate, Past, delegates_wanted
from services.notifications.reminders.policy import Policy
from shared.clock import Clock
from shared.db import Database


class Directory(Protocol):
    """Who can be written to, by entity."""

    async def search(self, entity_ids: Collection[str], *, role: str = ...) -> Found: ...


class Planner:
    """Any number of replicas may tick at once: the rows' unique keys and states decide who does what."""

    def __init__(self, database: Database, clock: Clock, recipients: Directory, policy: Policy) -> None:
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
            await self._plan(milestone, now, at)
            async with self._database.transaction() as session:
                await lost.never_reacted(session, milestone, self._policy, now=now, at=at)

    async def _plan(self, milestone: Milestone, now: datetime, at: datetime) -> None:
        wanted, dues = dates(milestone, self._policy), plannable(milestone, self._policy, now)
        await self._pages(lambda session: commands.drop_moved(session, milestone, wanted, at))
        await self._pages(lambda session: commands.drop_answered(session, milestone, at))
        if not dues:
            return
        await self._pages(lambda session: commands.revive(session, milestone, dues, at))
        after = commands.FIRST
        while True:
            async with self._database.transaction() as session:
                last = await commands.plan(session, milestone, dues, after, at)
            if last is None:
                return
            after = last

    async def _pages(self, step: Callable[[AsyncSession], Awaitable[bool]]) -> None:
        more = True
        while more:
            async with self._database.transaction() as session:
                more = await step(session)

    async def queue(self) -> None:
        """Skips what is overdue, and makes mails of what is due. Raises Unavailable while nobody can be asked for.

        Mails that an earlier tick left unfinished are finished: their lists are complete after the last page.
        """
        now, at = self._clock.business(), self._clock.system()
        days = due_days(now, self._policy)
        await self._pages(lambda session: commands.skip_overdue(session, days[0], at))
        after = 0
        while batch := await self._due(days, after):
            await self._queue(batch, now, at)
            after = batch[-1].id
        await self._pages(lambda session: queueing.release(session, at))

    async def _due(self, days: tuple[date, date], after: int) -> list[Candidate]:
        async with self._database.transaction() as session:
            return await queueing.due(session, days, after)

    async def _queue(self, batch: list[Candidate], now: datetime, at: datetime) -> None:
        """No connection is held while the pledges service is asked."""
        async with self._database.transaction() as session:
            past = await queueing.past(session, batch)
        contacts = await self._contacts(batch, past)
        async with self._database.transaction() as session:
            await queueing.queue(session, batch, contacts, self._policy, now=now, at=at)

    async def _contacts(self, batch: list[Candidate], past: Past) -> queueing.Contacts:
        entities = {entity for candidate in batch for entity in candidate.entities(self._policy)}
        focal_points = (await self._recipients.search(entities)).entities
        wanted = delegates_wanted(batch, focal_points, past, self._policy)
        delegates = (await self._recipients.search(wanted, role="delegate")).entities if wanted else {}
        return queueing.Contacts(focal_points, delegates)
