"""A process that we start and end: a part or a service."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.files import Account
from shared.refusal import Refused

KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")
LOG_LIMIT = 20_000_000  # bytes; an older log is kept once


@dataclass(frozen=True)
class Command:
    """What to run. The environment is given whole: proxies, JAVA_… or KC_… of the person's own would lead it astray."""

    name: str
    argv: tuple[str, ...]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within: float = 20.0  # seconds, then SIGKILL


def environment(own: Mapping[str, str]) -> dict[str, str]:
    return {**{name: os.environ[name] for name in KEPT if name in os.environ}, **own}


class Child:
    """One run of a command, in a session of its own: Ctrl-C at the terminal reaches only us, who know the order."""

    def __init__(self, command: Command, cwd: Path = Path("/")) -> None:
        self.command = command
        self.since = time.monotonic()
        rotate(command.log)
        with command.log.open("ab") as log:
            self.log_start = log.tell()
            self._process = subprocess.Popen(  # noqa: S603 - our own list of commands
                command.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=cwd,
                env=environment(command.environment),
                start_new_session=True,
                user=command.account.user if command.account else None,
                group=command.account.group if command.account else None,
                extra_groups=[] if command.account else None,
            )
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """The exit status once it has ended; minus the signal's number if a signal ended it."""
        return self._process.poll()

    def lived(self) -> float:
        """Seconds since its start."""
        return time.monotonic() - self.since

    def said(self) -> str:
        """What it has written to its log since this start."""
        with self.command.log.open("rb") as log:
            log.seek(self.log_start)
            return log.read().decode(errors="replace")

    def wait_until(self, ready: Callable[[], bool], within: float, every: float = 0.01) -> None:
        """Returns when `ready`; raises Refused when it ended or is not ready in time."""
        end = time.monotonic() + within
        while not ready():
            if (status := self.poll()) is not None:
                raise Refused(f"{self.command.name} ended with status {status} while starting{self._last_words()}")
            if time.monotonic() > end:
                raise Refused(f"{self.command.name} was not ready within {within:.0f} s{self._last_words()}")
            time.sleep(every)

    def wait(self) -> int:
        """Its exit status, when it has ended by itself."""
        return self._process.wait()

    def failed(self) -> Refused:
        """For a command that should have ended with status 0."""
        return Refused(f"{self.command.name} failed{self._last_words()}")

    def _last_words(self) -> str:
        lines = [line for line in self.said().splitlines() if line.strip()]
        if any("No space left on device" in line for line in lines):
            return ": the disk is full; free some space, then start again."
        last = f" (last: {lines[-1][:200]})" if lines else ""
        return f": see {self.command.log}{last}."

    def stop(self) -> None:
        """Asks it to end, waits for its deadline, then ends it."""
        self._signal(self.command.stop_signal)
        try:
            self._process.wait(self.command.stop_within)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        self._signal(signal.SIGKILL)
        self._process.wait()

    def pause(self) -> None:
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)


def rotate(log: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        if log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))


@dataclass
class OneChild:
    """What all parts have in common: one process at a time, which can be ended in order, or as a crash would."""

    child: Child | None = field(default=None, init=False)

    def stop(self) -> None:
        if self.child:
            self.child.stop()

    def kill(self) -> None:
        if self.child:
            self.child.kill()
