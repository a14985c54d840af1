"""Loops that sleep until there may be work: woken by others in this process, and looking by themselves now and then."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.errors import Unavailable

log = structlog.get_logger()

# What passes by itself: the database, the pledges service or a network that is away for a while.
OUTAGES = (DBAPIError, PoolTimeout, OSError, Unavailable)
OUTAGE_PAUSE = 5.0  # seconds

Once = Callable[[], Awaitable[bool]]  # True: there may be more to do at once


class Wake:
    """Call it when there may be new work: `wake()`. Every loop that sleeps on it looks once, however often it rings."""

    def __init__(self) -> None:
        self._bells: set[asyncio.Event] = set()

    def __call__(self) -> None:
        for bell in self._bells:
            bell.set()

    def bell(self) -> asyncio.Event:
        made = asyncio.Event()
        self._bells.add(made)
        return made


async def repeat(name: str, once: Once, stop: asyncio.Event, bell: asyncio.Event, pause: float) -> None:
    """Runs `once` until told to stop: again at once while it found work, otherwise at the bell or after `pause` s.

    An outage is waited out; any other exception ends the process.
    """
    while not stop.is_set():
        bell.clear()
        try:
            wait = 0.0 if await once() else pause
        except OUTAGES as error:
            log.warning("loop.waits_out_an_outage", loop=name, error=type(error).__name__)
            await either(stop, timeout=OUTAGE_PAUSE)
            continue
        if wait:
            await either(stop, bell, timeout=wait)


async def either(*events: asyncio.Event, timeout: float) -> None:  # noqa: ASYNC109 - a pause that events cut short
    """Returns when one of the events is set, or after `timeout` seconds."""
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
