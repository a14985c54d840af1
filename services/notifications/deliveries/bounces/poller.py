"""Empties the mailbox of the return path, where no mail server hands over what comes to it."""

import asyncio
from functools import partial

from services.notifications.deliveries.bounces.commands import Desk
from services.notifications.deliveries.bounces.reading import read
from services.notifications.settings import Settings
from shared.clock import Clock
from shared.db import Database
from shared.mailbox import Mailbox
from shared.waking import repeat

POLL = 60.0  # seconds


class Poller:
    """A mail is deleted from the mailbox once what it says is committed; read twice, it changes nothing."""

    def __init__(self, database: Database, clock: Clock, settings: Settings, mailbox: Mailbox) -> None:
        self._database, self._clock, self._mailbox = database, clock, mailbox
        self._desk = Desk.of(settings)

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop. A mailbox that does not answer is asked again later."""
        await repeat("bounces", partial(self._mailbox.empty, self.take), stop, asyncio.Event(), POLL)

    async def take(self, raw: bytes) -> None:
        at, found = self._clock.system(), await asyncio.to_thread(read, raw)
        async with self._database.transaction() as session:
            for returned in found:
                await self._desk.take(session, returned, at)
