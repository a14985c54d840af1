"""Keeps processes alive, and ends them in order."""

import asyncio
import logging
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from deploy.local.child import Child
from shared.refusal import Refused

log = logging.getLogger("stack")

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0  # seconds before a process that ended is started again
LONG_LIFE = 30.0  # seconds alive after which its next end is taken for the first


class Part(Protocol):
    """What can be kept: start and stop block, and stop does no harm to what is not there."""

    @property
    def child(self) -> Child | None: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...


@dataclass
class Kept:
    """A part under supervision. Those of the highest tier are stopped first; `about` goes to stack.json."""

    name: str
    part: Part
    tier: int
    about: Mapping[str, Any] = field(default_factory=dict)
    deaths: int = 0
    starting: "asyncio.Future[None] | None" = None


class Pauses:
    """How long to wait before the next start: growing while it keeps ending, short again after a long life."""

    def __init__(self) -> None:
        self._next = FIRST_PAUSE

    def after(self, lived: float) -> float:
        """`lived` and the answer in seconds."""
        if lived >= LONG_LIFE:
            self._next = FIRST_PAUSE
        pause, self._next = self._next, min(self._next * 2, LONGEST_PAUSE)
        return pause


class Supervisor:
    """`changed` is called whenever a process was started, `say` with what the person at the terminal should know."""

    def __init__(self, changed: Callable[[], None], say: Callable[[str], None]) -> None:
        self._changed = changed
        self._say = say
        self.kept: list[Kept] = []
        self.stopping = asyncio.Event()
        self._keepers: set[asyncio.Task[None]] = set()
        self._death = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGCHLD, self._wake)

    async def start(self, kept: Kept) -> None:
        """Returns when it has started, raises what its start does; from then on it is started again when it ends."""
        self.kept.append(kept)
        await self._start(kept)
        keeper = asyncio.create_task(self._keep(kept), name=kept.name)
        self._keepers.add(keeper)

    async def _start(self, kept: Kept) -> None:
        # shielded: when we are told to stop, the thread goes on, and its end is what `stop` has to wait for
        kept.starting = asyncio.get_running_loop().run_in_executor(None, kept.part.start)
        await asyncio.shield(kept.starting)
        if kept.part.child:
            log.info("%s started, pid %d", kept.name, kept.part.child.pid)
        self._changed()

    async def _keep(self, kept: Kept) -> None:
        pauses = Pauses()
        while child := await self._dead(kept):
            kept.deaths += 1
            pause = pauses.after(child.lived())
            self._tell(f"{kept.name} ended ({how(child.poll())}): started again in {pause:.1f} s.")
            if await self._stop_comes_within(pause):
                return
            await self._start_again(kept)

    async def _dead(self, kept: Kept) -> Child | None:
        """Waits for the end of its process; None when all is to stop."""
        while not self.stopping.is_set():
            child = kept.part.child
            if child and child.poll() is not None:
                return child
            await self._some_death()
        return None

    async def _start_again(self, kept: Kept) -> None:
        try:
            await self._start(kept)
        except Refused as refused:
            self._tell(str(refused))
            await asyncio.get_running_loop().run_in_executor(None, kept.part.stop)

    async def _some_death(self) -> None:
        death = self._death
        try:
            await asyncio.wait_for(death.wait(), timeout=5)
        except TimeoutError:
            return

    def _wake(self) -> None:
        self._death.set()
        self._death = asyncio.Event()

    async def _stop_comes_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self.stopping.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def stop(self) -> None:
        """Ends all, tier after tier, each process within its own deadline."""
        self.stopping.set()
        self._wake()
        for tier in sorted({kept.tier for kept in self.kept}, reverse=True):
            await asyncio.gather(*(self._end(kept) for kept in self.kept if kept.tier == tier))
        await asyncio.gather(*self._keepers, return_exceptions=True)

    async def _end(self, kept: Kept) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, kept.part.stop)
        while kept.starting and not kept.starting.done():
            await asyncio.wait({kept.starting}, timeout=0.1)
            await loop.run_in_executor(None, kept.part.stop)
        if kept.starting:
            kept.starting.exception()  # it was cut off by us: nobody else wants to hear of it
        child = kept.part.child
        log.info("%s stopped (%s)", kept.name, how(child.poll()) if child else "was not started")

    def _tell(self, sentence: str) -> None:
        log.warning("%s", sentence)
        self._say(sentence)


def how(status: int | None) -> str:
    """An exit status in words."""
    if status is not None and status < 0:
        return f"killed by {signal.Signals(-status).name}"
    return f"status {status}"
