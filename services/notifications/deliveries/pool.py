"""Connections to the relay, used again for many mails: opening one costs more than the mail that goes over it."""

import asyncio
import time
from collections.abc import Callable

import structlog

from services.notifications.deliveries.lifecycle import NotTried, Outage, Outcome
from services.notifications.deliveries.smtp import Line, Wire
from services.notifications.settings import Settings

log = structlog.get_logger()

MOST_MAILS = 100  # over one connection: relays end them after some such number
LONGEST_IDLE = 10.0  # seconds: firewalls and relays drop what is silent, and do not say so


class Pool:
    """At most `smtp_connections` lines. After an Outage of a new one it is `down` until the next batch begins."""

    def __init__(self, settings: Settings, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._monotonic = settings, monotonic
        self.size = settings.smtp_connections
        self._free: list[tuple[float, Line]] = []  # the one used last at the end
        self._turn = asyncio.Semaphore(self.size)
        self.down = False

    def begin(self) -> None:
        """Whatever was, the relay is tried again."""
        self.down = False

    async def send(self, wire: Wire, may_go: Callable[[], bool]) -> Outcome:
        """Nothing is raised. A line that broke while it lay idle is replaced at once, and costs the mail nothing."""
        async with self._turn:
            if self.down:
                return NotTried()
            line = await self._line()
            used = line.mails > 0
            outcome = await line.send(wire, may_go)
            if isinstance(outcome, Outage) and used and not line.begun:
                await line.close()
                line = Line(self._settings)
                outcome = await line.send(wire, may_go)
            if isinstance(outcome, Outage):
                self.down = True
                log.warning("smtp.outage", reason=outcome.reason)
            await self._give_back(line)
            return outcome

    async def _line(self) -> Line:
        await self.tidy()
        return self._free.pop()[1] if self._free else Line(self._settings)

    async def _give_back(self, line: Line) -> None:
        if line.dead or line.mails >= MOST_MAILS:
            await line.close()
        else:
            self._free.append((self._monotonic(), line))

    async def tidy(self) -> None:
        """Ends what was idle for too long."""
        end = self._monotonic() - LONGEST_IDLE
        while self._free and self._free[0][0] < end:
            await self._free.pop(0)[1].close()

    async def close(self) -> None:
        while self._free:
            await self._free.pop()[1].close()
