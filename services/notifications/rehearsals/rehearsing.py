"""The role `scheduler`, too: rehearsals that were asked for are carried out, one at a time."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog

from services.notifications.recipients import Found, Person, Recipients
from services.notifications.rehearsals import commands, results
from services.notifications.rehearsals.commands import Claimed
from services.notifications.rehearsals.lifecycle import in_month, looks, month_of, moved
from services.notifications.rehearsals.sandbox import Standing, sandbox
from services.notifications.rehearsals.schemas import Day
from services.notifications.reminders import known
from services.notifications.reminders.lifecycle import Milestone
from services.notifications.reminders.planner import Planner
from services.notifications.reminders.policy import Policy, policy, read
from shared.clock import Clock
from shared.db import Database
from shared.waking import repeat

log = structlog.get_logger()

POLL = 1.0  # seconds
LEASE = timedelta(minutes=10)  # renewed with every step


@dataclass(frozen=True)
class Acting:
    """Who acts for whom, asked before: while it is planned, no connection waits for another service."""

    people: dict[str, dict[str, list[Person]]]  # by role and entity

    async def search(self, entity_ids: Collection[str], *, role: str = "focal_point") -> Found:
        found = self.people[role]
        return Found(entities={entity: found[entity] for entity in entity_ids if entity in found})


@dataclass(frozen=True)
class Scene:
    """One of the two that are compared: the policy and the milestones as they are, or as they might be."""

    changed: bool
    policy: Policy
    milestones: list[Milestone]
    looks: list[datetime]


class Rehearser:
    """One process does one at a time; what is ordered in the interface's process is looked for."""

    def __init__(self, database: Database, clock: Clock, recipients: Recipients) -> None:
        self._database, self._clock, self._recipients = database, clock, recipients

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop. An outage of the database or the pledges service is waited out."""
        await repeat("rehearser", self.once, stop, asyncio.Event(), POLL)

    async def once(self) -> bool:
        """One rehearsal; False when none was ordered. One that an outage ends is begun anew when its lease is over."""
        async with self._database.transaction() as session:
            now, at = self._clock.business(), self._clock.system()
            claimed = await commands.claim(session, LEASE, now=now, at=at)
        if claimed is None:
            return False
        try:
            await self._rehearse(claimed)
        except commands.Overtaken:
            log.warning("rehearsal.overtaken", rehearsal=str(claimed.rehearsal_id))
        return True

    async def _rehearse(self, claimed: Claimed) -> None:
        scenes = await self._scenes(claimed)
        acting = await self._acting([one for scene in scenes for one in scene.milestones])
        total, done, days = sum(len(scene.looks) + 1 for scene in scenes), 0, list[Day]()
        for scene in scenes:
            async with sandbox(self._database.url, scene.milestones, month_of(claimed.month)) as copies:
                async for _ in self._looks(copies, scene, acting):
                    done += 1
                    await self._go_on(claimed, done, total)
                days += await self._read(claimed, copies, scene)
            done += 1
            await self._go_on(claimed, done, total)
        async with self._database.transaction() as session:
            await commands.end(session, claimed, days)

    async def _scenes(self, claimed: Claimed) -> list[Scene]:
        async with self._database.transaction() as session:
            as_is = await known.milestones(session)
        scenes = [_scene(claimed, policy(), as_is, changed=False)]
        if claimed.policy or claimed.moves:
            other = read(claimed.policy) if claimed.policy else policy()
            scenes.append(_scene(claimed, other, moved(as_is, claimed.moves), changed=True))
        return scenes

    async def _acting(self, milestones: Collection[Milestone]) -> Acting:
        """Of all entities that any of the milestones' reminders may be for."""
        async with self._database.transaction() as session:
            entities = await commands.entities(session, {one.cycle for one in milestones})
        roles = ("focal_point", "delegate")
        return Acting({role: (await self._recipients.search(entities, role=role)).entities for role in roles})

    async def _looks(self, copies: Database, scene: Scene, acting: Acting) -> AsyncIterator[None]:
        """The plan, and then each moment at which it would be looked at: the very steps of the real one."""
        clock = Standing(self._clock.business())
        planner = Planner(copies, clock, acting, scene.policy)
        await planner.plan()
        for clock.now in scene.looks:
            await planner.queue()
            yield

    async def _read(self, claimed: Claimed, copies: Database, scene: Scene) -> list[Day]:
        days = month_of(claimed.month)
        mails, number = Counter[date](), 0
        async with copies.transaction() as session:
            async for page in results.mails(session, days):
                rows = [
                    {
                        "rehearsal_id": claimed.rehearsal_id,
                        "changed": scene.changed,
                        "number": number + place,
                        **row,
                    }
                    for place, row in enumerate(page, 1)
                ]
                number += len(page)
                mails.update(row["due_on"] for row in page)
                async with self._database.transaction() as writing:
                    await commands.keep(writing, rows)
            return await results.days(session, days, mails, changed=scene.changed)

    async def _go_on(self, claimed: Claimed, done: int, total: int) -> None:
        async with self._database.transaction() as session:
            await commands.go_on(session, claimed, done, total, self._clock.system() + LEASE)


def _scene(claimed: Claimed, policy: Policy, milestones: list[Milestone], *, changed: bool) -> Scene:
    days = month_of(claimed.month)
    mattering = in_month(milestones, days, policy)
    return Scene(changed, policy, mattering, looks(mattering, days, policy, claimed.business_at))
