"""Deletes from the store what no file needs: broken uploads and removed files. Any number of processes may."""

import asyncio
import contextlib

import structlog

from shared.clock import Clock
from shared.db import Database
from shared.errors import Unavailable
from shared.files import loose
from shared.files.store import Store

SLICE = 100  # objects a round
PAUSE = 60.0  # seconds between two rounds

log = structlog.get_logger()


async def sweep(database: Database, store: Store, clock: Clock) -> int:
    """One slice; how many objects it dropped. The store is asked while no connection is held. Raises Unavailable."""
    async with database.transaction() as session:
        names = await loose.loose(session, clock.system(), SLICE)
    for name in names:
        await store.drop(name)
        async with database.transaction() as session:
            await loose.forget(session, name)
    return len(names)


async def sweeping(stop: asyncio.Event, *, database: Database, store: Store, clock: Clock) -> None:
    """Until told to stop. An outage of the store is waited out."""
    while not stop.is_set():
        try:
            dropped = await sweep(database, store, clock)
        except Unavailable:
            dropped = 0
        if dropped:
            log.info("attachments.swept", objects=dropped)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), PAUSE if dropped < SLICE else 0.1)
