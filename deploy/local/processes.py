"""Processes of a stack, told apart from all others of the machine: by pid and time of creation, and by their marker."""

import contextlib
import os
import signal
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from deploy.local.state import MARKER, State

STOP_WITHIN = 15.0  # seconds for what a killed stack has left


@dataclass(frozen=True)
class Identity:
    """A process for ever: pids are used again. `created` is in seconds since 1970, as psutil gives it."""

    pid: int
    created: float

    @classmethod
    def of(cls, pid: int) -> "Identity":
        """Raises psutil.NoSuchProcess when it is gone."""
        return cls(pid, psutil.Process(pid).create_time())

    @classmethod
    def known(cls, record: dict[str, Any] | None) -> "Identity | None":
        """As stack.json has it."""
        return cls(record["pid"], record["created"]) if record else None

    def record(self) -> dict[str, Any]:
        return asdict(self)

    def alive(self) -> bool:
        """Not so for a process that has ended and waits for its parent."""
        try:
            process = psutil.Process(self.pid)
            # a correction of the machine's clock moves what psutil says a little
            return abs(process.create_time() - self.created) < 2 and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    def signal(self, number: signal.Signals) -> None:
        if self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


def end_leftovers(folder: Path) -> list[str]:
    """Ends what a supervisor that was killed has left of the stack in `folder`; the names of what it ended.

    Services first, then parts, PostgreSQL last, as in an orderly stop.
    """
    recorded = {one["pid"]: one["name"] for one in State(folder).stack().get("processes", [])}
    found = {process: recorded.get(process.pid) or _name(process) for process in _marked(folder)}
    _end([process for process, name in found.items() if name != "postgres"], signal.SIGTERM)
    _end([process for process, name in found.items() if name == "postgres"], signal.SIGINT)
    _kill(_marked(folder))
    return sorted(found.values())


def _marked(folder: Path) -> list[psutil.Process]:
    """The topmost processes that carry the marker: their children end with them."""
    marked = {process.pid: process for process in psutil.process_iter(["environ", "ppid"]) if _carries(process, folder)}
    return [process for process in marked.values() if process.info["ppid"] not in marked]


def _carries(process: psutil.Process, folder: Path) -> bool:
    return process.pid != os.getpid() and (process.info["environ"] or {}).get(MARKER) == str(folder)


def _name(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        return str(process.name())
    return str(process.pid)


def _end(processes: Iterable[psutil.Process], number: signal.Signals) -> None:
    asked = list(processes)
    for process in asked:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)
            process.send_signal(signal.SIGCONT)  # one that stands still would never hear it
    _, late = psutil.wait_procs(asked, timeout=STOP_WITHIN)
    _kill(late)


def _kill(processes: Iterable[psutil.Process]) -> None:
    late = list(processes)
    for process in late:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(late, timeout=STOP_WITHIN)


def holder(port: int) -> str:
    """Who listens on a port of 127.0.0.1, as far as we may know."""
    with contextlib.suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port:
                return f" by {psutil.Process(connection.pid).name()} (pid {connection.pid})" if connection.pid else ""
    return ""
