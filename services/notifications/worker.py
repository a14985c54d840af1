"""The roles that do the work, put together: consumer, sender and scheduler, which wake each other in one process."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Self

import httpx

from services.notifications.campaigns.measuring import Measurer
from services.notifications.conversations import Conversations
from services.notifications.deliveries.bounces.poller import Poller
from services.notifications.deliveries.composing import Composer
from services.notifications.deliveries.expander import Expander
from services.notifications.deliveries.sender import Sender
from services.notifications.handlers import SUBSCRIPTIONS
from services.notifications.recipients import Recipients
from services.notifications.rehearsals.rehearsing import Rehearser
from services.notifications.rehearsals.telling import Telling
from services.notifications.reminders.planner import Planner
from services.notifications.reminders.policy import policy
from services.notifications.reminders.scheduler import Scheduler
from services.notifications.settings import Settings
from shared.asking import Asking, ServiceToken
from shared.clock import Clock
from shared.db import Database
from shared.mailbox import Mailbox
from shared.messaging.nudge import Nudge
from shared.messaging.roles import run_consumer
from shared.process import Health, Task
from shared.waking import Wake


def recipients(settings: Settings, http: httpx.AsyncClient) -> Recipients:
    return Recipients(http, settings.pledges_url, ServiceToken.of(settings, http))


def conversations(settings: Settings, http: httpx.AsyncClient) -> Conversations:
    return Conversations(Asking("network_support", settings.network_support_url, http, ServiceToken.of(settings, http)))


def telling(settings: Settings, http: httpx.AsyncClient) -> Telling:
    return Telling(recipients(settings, http), settings.public_url)


@dataclass(frozen=True)
class Worker:
    """`heard` rings when the consumer committed, `written` when deliveries were written."""

    settings: Settings
    database: Database
    health: Health
    clock: Clock
    recipients: Recipients
    conversations: Conversations
    nudge: Callable[[], None]
    heard: Wake = field(default_factory=Wake)
    written: Wake = field(default_factory=Wake)

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings, database: Database, health: Health) -> AsyncIterator[Self]:
        relay = Nudge(settings.database_url)
        async with httpx.AsyncClient(timeout=5) as http:
            await relay.start()
            try:
                clock, asked = Clock(settings.clock_file), (recipients(settings, http), conversations(settings, http))
                yield cls(settings, database, health, clock, *asked, relay)
            finally:
                await relay.stop()

    def tasks(self, roles: frozenset[str]) -> dict[str, Task]:
        made: dict[str, Task] = {}
        if "consumer" in roles:
            made["consumer"] = self._consumer()
        if "sender" in roles:
            made |= {"expander": self.expander().run, "sender": self.sender().run, **self._mailbox()}
        if "scheduler" in roles:
            made |= {"scheduler": self.scheduler().run, "rehearser": self.rehearser().run}
            made["measurer"] = self.measurer().run
        return made

    def _mailbox(self) -> dict[str, Task]:
        """Where bounces are fetched."""
        own = self.settings
        if not own.bounce_pop_host:
            return {}
        mailbox = Mailbox(
            own.bounce_pop_host,
            own.bounce_pop_port,
            own.bounce_pop_username,
            own.bounce_pop_password,
            own.bounce_pop_tls,
        )
        return {"bounces": Poller(self.database, self.clock, own, mailbox).run}

    def _consumer(self) -> Task:
        return partial(
            run_consumer,
            service="notifications",
            settings=self.settings,
            subscriptions=SUBSCRIPTIONS,
            database=self.database,
            clock=self.clock,
            nudge=self._committed,
            health=self.health,
        )

    def _committed(self) -> None:
        """After each of the consumer's transactions."""
        self.nudge()
        self.heard()

    def expander(self) -> Expander:
        return Expander(self.database, self.clock, self.recipients, self.heard, self.written)

    def sender(self) -> Sender:
        composer = Composer(self.database, self.clock, self.recipients, policy(), self.settings, self.conversations)
        return Sender(self.database, self.clock, composer, self.settings, self.written, self.nudge)

    def planner(self) -> Planner:
        return Planner(self.database, self.clock, self.recipients, policy())

    def rehearser(self) -> Rehearser:
        return Rehearser(self.database, self.clock, self.recipients)

    def measurer(self) -> Measurer:
        return Measurer(self.database, self.clock, policy())

    def scheduler(self) -> Scheduler:
        return Scheduler(self.planner(), self.clock, self.heard, self.written, self.nudge)
