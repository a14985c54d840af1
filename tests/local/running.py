"""A `gcm up` with stand-ins, as a process that a test can signal and kill."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from deploy.local.processes import Identity

WITHIN = 30.0  # seconds, on a busy machine


def eventually(holds: Callable[[], bool], says: Callable[[], str] = lambda: "") -> None:
    end = time.monotonic() + WITHIN
    while not holds():
        assert time.monotonic() < end, says()
        time.sleep(0.02)


class Running:
    """Its folder, its process, and what both say."""

    def __init__(self, folder: Path, *before: str, fresh: bool = False, **environment: str) -> None:
        self.folder = folder
        self.output = folder / "output"
        folder.mkdir(exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if name != "MAKELEVEL"}
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603 - our own program
                [*before, sys.executable, "-m", "tests.local.standins", *(["--fresh"] if fresh else [])],
                env={**kept, "GCM_LOCAL_DIR": str(folder), **environment},
                stdout=output,
                stderr=output,
            )

    def said(self) -> str:
        return self.output.read_text()

    def stack(self) -> dict[str, Any]:
        try:
            stack: dict[str, Any] = json.loads((self.folder / "stack.json").read_text())
        except FileNotFoundError:
            return {}
        return stack

    def journal(self) -> list[str]:
        file = self.folder / "journal"
        return file.read_text().splitlines() if file.exists() else []

    def child(self, name: str) -> Identity:
        [found] = [one for one in self.stack()["processes"] if one["name"] == name]
        return Identity(found["pid"], found["created"])

    def is_up(self) -> bool:
        """`running` and of this very process: the file may be an earlier one's."""
        stack = self.stack()
        return stack.get("status") == "running" and stack["supervisor"]["pid"] != self._earlier

    _earlier = 0

    def wait_until_up(self, *, after: int = 0) -> "Running":
        """`after`: the pid of an earlier supervisor of the folder."""
        self._earlier = after
        eventually(self.is_up, self.said)
        return self

    def ended(self) -> int:
        return self.process.wait(WITHIN)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.ended()
