"""Which of a service's relays is the active one. The lock only keeps peace; Kafka's transactional id is the fence."""

import asyncio
import time
from typing import Any

import asyncpg

LOCK = 7_302_002  # any fixed number: each service has a database of its own
EVERY = 0.5  # seconds between a standby's tries
PING = 2.5  # seconds between signs of life
PING_WITHIN = 5.0  # seconds
IDLE_LIMIT = "10s"  # without a sign of life for so long, PostgreSQL ends the session and with it the lock


class Lock:
    """An advisory lock on a connection that does nothing else. Never through a transaction pooler.

    Tried again and again, not waited for: a session that waits for a lock holds back vacuum, and the idle limit does
    not apply to it. A connection that also reads could hang in a half-read answer, which no timeout ends.
    """

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._connection: Any = None
        self._pinged = 0.0

    async def take(self, stop: asyncio.Event) -> bool:
        """Waits until it is ours: True, or until told to stop: False. Raises what asyncpg raises."""
        settings = {"application_name": "relay lock", "idle_session_timeout": IDLE_LIMIT}
        self._connection = await asyncpg.connect(
            self._url, timeout=5, command_timeout=PING_WITHIN, server_settings=settings
        )
        while not await self._connection.fetchval("select pg_try_advisory_lock($1)", LOCK):
            if await is_set(stop, within=EVERY):
                return False
        return True

    async def check(self) -> None:
        """Raises when the lock is lost. Called by the loop that works, so that one that is stuck loses the lock."""
        await self._connection.fetchval("select 1")
        self._pinged = time.monotonic()

    async def ping(self) -> None:
        """`check`, when the last sign of life is old enough."""
        if time.monotonic() - self._pinged >= PING:
            await self.check()

    def release(self) -> None:
        if self._connection is not None:
            self._connection.terminate()


async def is_set(event: asyncio.Event, within: float) -> bool:
    """Waits for the event at most so many seconds; whether it is set."""
    try:
        async with asyncio.timeout(within):
            return await event.wait()
    except TimeoutError:
        return event.is_set()
