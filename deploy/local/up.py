"""`gcm up`: one supervisor for a stack, from the first look at the machine to the end of the last process."""

import asyncio
import logging
import os
import signal
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psutil

from deploy.local.place import Place, description
from deploy.local.processes import Identity, end_leftovers
from deploy.local.settle import set_first_clock, settle
from deploy.local.state import State, write
from deploy.local.supervisor import Supervisor
from deploy.local.turns import only_one
from deploy.local.watcher import Watcher

log = logging.getLogger("stack")

# starts everything, and says how many seconds each step took
Plan = Callable[[Place, Supervisor, Watcher], Awaitable[dict[str, float]]]


class Threads(ThreadPoolExecutor):
    """Nobody waits for them at the end: a download cannot be told to stop."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002 - that is the point
        super().shutdown(wait=False, cancel_futures=cancel_futures)


class Up:
    """One run of `gcm up`. `ready` is called with stack.json's content when all is ready."""

    def __init__(self, state: State, watcher: Watcher, ready: Callable[[dict[str, Any]], None], plan: Plan) -> None:
        self._state = state
        self._watcher = watcher
        self._ready = ready
        self._plan = plan
        self._status = "starting"
        self._place: Place | None = None
        self._seconds: dict[str, float] = {}

    def run(self, *, fresh: bool) -> None:
        """Returns after an orderly stop. Raises Refused, or what else hindered it, when everything is stopped."""
        with only_one(self._state, self._watcher):
            self._prepare()
            try:
                self._place = settle(self._state, self._watcher, fresh)
                set_first_clock(self._state)
                asyncio.run(self._supervise(self._place))
            finally:
                end_leftovers(self._state.folder)
                self._record(None, "stopped")

    def _prepare(self) -> None:
        self._state.prepare()
        # what an earlier start has recorded stays until it has ended
        self._record(None, "starting", self._state.stack().get("processes"))
        log_to(self._state)
        if ended := end_leftovers(self._state.folder):
            self._watcher.say(f"Ended what an earlier start had left: {', '.join(ended)}.")

    async def _supervise(self, place: Place) -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(Threads(32))  # one for each part that starts or stops
        supervisor = Supervisor(lambda: self._record(supervisor), self._watcher.say)
        told = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, told.set)
        work = asyncio.create_task(self._start(supervisor, place), name="start")
        end = asyncio.create_task(_told_to_stop(told), name="end")
        try:
            await asyncio.wait({work, end}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()
                await end
        finally:
            work.cancel()
            end.cancel()
            await self._stop(supervisor)

    async def _start(self, supervisor: Supervisor, place: Place) -> None:
        begun = time.monotonic()
        self._seconds = await self._plan(place, supervisor, self._watcher)
        self._seconds["all"] = round(time.monotonic() - begun, 2)
        self._record(supervisor, "running")
        self._ready(self._state.stack())

    async def _stop(self, supervisor: Supervisor) -> None:
        self._record(supervisor, "stopping")
        begun = time.monotonic()
        self._watcher.say("Stopping.")
        await supervisor.stop()
        self._watcher.say(f"Stopped in {time.monotonic() - begun:.1f} s.")

    def _record(self, supervisor: Supervisor | None, status: str | None = None, left: Any = None) -> None:
        """Writes stack.json as things are now."""
        self._status = status or self._status
        content: dict[str, Any] = {"status": self._status}
        if self._status != "stopped":
            content |= {"supervisor": Identity.of(os.getpid()).record(), "parent": _make()}
        if self._place:
            content |= description(self._place, self._seconds)
        content["processes"] = _processes(supervisor) if supervisor else left or []
        write(self._state.stack_file, content)


def _make() -> dict[str, Any] | None:
    """The `make` that started us; if it is killed, nobody could stop us from its terminal."""
    return Identity.of(os.getppid()).record() if "MAKELEVEL" in os.environ and os.getppid() > 1 else None


async def _told_to_stop(told: asyncio.Event) -> None:
    """Waits for a signal, or for the end of the `make` that started us."""
    parent = os.getppid()
    while "MAKELEVEL" in os.environ and os.getppid() == parent and not told.is_set():
        await asyncio.wait({asyncio.create_task(told.wait())}, timeout=1)
    if os.getppid() == parent:
        await told.wait()


def _processes(supervisor: Supervisor) -> list[dict[str, Any]]:
    running = []
    for kept in supervisor.kept:
        child = kept.part.child
        if child and child.poll() is None:
            try:
                running.append({"name": kept.name, **Identity.of(child.pid).record(), **kept.about})
            except psutil.NoSuchProcess:
                continue
    return running


def log_to(state: State) -> None:
    handler = logging.FileHandler(state.log("supervisor"))
    formatter = logging.Formatter("%(asctime)sZ %(levelname)s %(message)s")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    log.addHandler(handler)
    log.setLevel(logging.INFO)
