"""One reader a process: it looks what has changed on the desk, for all boards that are open here.

Woken by the notification that follows each commit (shared/messaging/nudge.py), and by itself now and then. It works
while a board is open.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime

import asyncpg
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from services.network_support.board import positions, queries, wire
from services.network_support.board.positions import Position
from services.network_support.board.queries import Found
from shared.clock import Clock
from shared.db import Database
from shared.errors import Unavailable
from shared.messaging.nudge import CHANNEL
from shared.waking import either

log = structlog.get_logger()

LOOK = 2.0  # seconds between two looks that nothing has asked for
APART = 0.02  # seconds between two looks, however much is committed
SOON = 0.03  # seconds, while a change waits for a transaction that began before it
RECONNECT = 1.0
WAITING = 200  # changes that one board may be behind
MOST = 2000  # boards that are open in a process


@dataclass(frozen=True)
class Sent:
    """A change as it goes over the wire: it is written once for all boards."""

    position: Position
    text: bytes


@dataclass(eq=False)
class Subscriber:
    """What is still to be told to a board that is open. One that cannot follow is `lost`, and remembers nothing."""

    lost: bool = False
    over: bool = False
    _waiting: list[Sent] = field(default_factory=list)
    _bell: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, sent: Sent) -> None:
        if len(self._waiting) >= WAITING:
            self.lost = True
            self._waiting.clear()
        if not self.lost:
            self._waiting.append(sent)
        self._bell.set()

    def end(self) -> None:
        self.over = True
        self._bell.set()

    async def next(self, within: float) -> list[Sent]:
        """All that waits; nothing after `within` seconds, or when it is over or lost."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._bell.wait()
        self._bell.clear()
        told, self._waiting = self._waiting, []
        return told


class Feed:
    """`stop` ends all subscribers, and with them their connections."""

    def __init__(self, database: Database, clock: Clock, stop: asyncio.Event, look: float = LOOK) -> None:
        self._database, self._clock, self._stop, self._pause = database, clock, stop, look
        self._subscribers: set[Subscriber] = set()
        self._bell, self._begun = asyncio.Event(), asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._position: Position | None = None

    @property
    def position(self) -> Position:
        """All before it has been told to all. Raises Unavailable before the first look."""
        if self._position is None:
            raise Unavailable("The board cannot be followed yet; try again in a few seconds.")
        return self._position

    @asynccontextmanager
    async def subscribed(self) -> AsyncIterator[Subscriber]:
        """It is told of all that changes from now on. Raises Unavailable."""
        if len(self._subscribers) >= MOST or self._stop.is_set():
            raise Unavailable("Too many boards are open here; try again in a few seconds.")
        subscriber = Subscriber()
        self._subscribers.add(subscriber)
        try:
            await self._reading()
            yield subscriber
        finally:
            self._subscribers.discard(subscriber)
            if not self._subscribers:
                await self._rest()

    async def _reading(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="board")
        try:
            async with asyncio.timeout(5):
                await self._begun.wait()
        except TimeoutError:
            raise Unavailable("The database does not answer; try again in a few seconds.") from None

    async def _rest(self) -> None:
        """Nobody looks; whoever comes next begins with what is then."""
        task, self._task, self._position = self._task, None, None
        self._begun.clear()
        if task:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        while not self._stop.is_set():
            try:
                await self._follow()
            except Exception as error:  # noqa: BLE001 - asyncpg raises almost anything when a connection dies
                log.warning("board.reconnects", error=type(error).__name__)
                await either(self._stop, timeout=RECONNECT)
        for subscriber in self._subscribers:
            subscriber.end()

    async def _follow(self) -> None:
        listening = await asyncpg.connect(
            self._database.url, timeout=5, command_timeout=5, server_settings={"application_name": "board"}
        )
        try:
            listening.add_termination_listener(lambda *_: self._bell.set())
            await listening.add_listener(CHANNEL, lambda *_: self._bell.set())
            while not self._stop.is_set() and not listening.is_closed():
                self._bell.clear()
                if pause := await self._look():
                    await asyncio.sleep(APART)
                    await either(self._stop, self._bell, timeout=pause)
        finally:
            listening.terminate()

    async def _look(self) -> float:
        """Tells what there is; seconds until the next look."""
        now = self._clock.system()
        async with self._database.transaction() as session:
            found = await self._found(session, now)
        for change in found.changes:
            sent = Sent(change.position, wire.changed(change))
            for subscriber in self._subscribers:
                subscriber.tell(sent)
        self._position = found.until or positions.begin(found.present, now)
        self._begun.set()
        if found.until:
            return 0.0
        return SOON if found.soon else self._pause

    async def _found(self, session: AsyncSession, now: datetime) -> Found:
        if self._position is None:
            self._position = positions.begin(await queries.present(session), now)
        return await queries.since(session, self._position)
