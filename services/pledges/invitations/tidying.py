"""The addresses of invitations that are over are erased, by a look now and then."""

import asyncio

from services.pledges.invitations import commands
from shared.clock import Clock
from shared.db import Database
from shared.waking import Wake, repeat

PAUSE = 60.0  # seconds


class Tidying:
    """Any number of processes may do it at once."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; an outage of the database is waited out."""
        await repeat("invitations", self.once, stop, Wake().bell(), PAUSE)

    async def once(self) -> bool:
        async with self._database.transaction() as session:
            await commands.tidy(session, self._clock.moment())
        return False
