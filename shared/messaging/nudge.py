"""Wakes the relay after a commit, so that events leave within milliseconds and not at the relay's next slow look."""

import asyncio
import contextlib

import asyncpg
import structlog

log = structlog.get_logger()

CHANNEL = "outbox"
PAUSE = 0.005  # seconds between two notifications: each one takes a lock that all commits with notifications share
RECONNECT = 1.0  # seconds


class Nudge:
    """Call it after a commit that wrote outbox rows: `nudge()`. It never waits and never raises.

    Notifies on a connection of its own, outside the write's transaction: NOTIFY inside it makes all commits of the
    database wait for each other (a third of the throughput was left). Calls that come close together become one.
    A lost nudge costs a second: the relay also looks by itself.
    """

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def __call__(self) -> None:
        self._wanted.set()

    async def start(self) -> None:
        """Begins to notify in the background; does not wait for the database."""
        self._task = asyncio.create_task(self._run(), name="nudge")

    async def stop(self) -> None:
        if self._task is None:
            return
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        self._task = None

    async def _run(self) -> None:
        while True:
            try:
                await self._notify()
            except Exception as error:  # noqa: BLE001 - asyncpg raises almost anything when a connection dies
                log.warning("nudge.reconnects", error=type(error).__name__)
            await asyncio.sleep(RECONNECT)

    async def _notify(self) -> None:
        connection = await asyncpg.connect(
            self._url, timeout=5, command_timeout=5, server_settings={"application_name": "nudge"}
        )
        try:
            while True:
                await self._wanted.wait()
                self._wanted.clear()
                await connection.execute(f"notify {CHANNEL}")
                await asyncio.sleep(PAUSE)
        finally:
            connection.terminate()
