"""How long the same record is tried again before the process gives up and is started anew."""

import asyncio
import random
import time

import structlog

log = structlog.get_logger()

FIRST = 0.1  # seconds
LONGEST = 10.0  # seconds
LIMIT = 300.0  # seconds since the first failure; less than the poll interval after which Kafka drops a member


class Patience:
    """Pauses that double, with some chance in them, until the limit."""

    def __init__(self) -> None:
        self._since: float | None = None
        self.attempts = 0

    async def wait(self, error: Exception) -> None:
        """Before the next try. Raises the error itself when the limit is reached."""
        self.attempts += 1
        now = time.monotonic()
        self._since = self._since or now
        if now - self._since > LIMIT:
            raise error
        pause = min(LONGEST, FIRST * 2 ** min(self.attempts - 1, 10)) * random.uniform(0.5, 1)  # noqa: S311 - no secret
        log.warning("consumer.retries", error=repr(error)[:500], attempts=self.attempts, pause=round(pause, 2))
        await asyncio.sleep(pause)
