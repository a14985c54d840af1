"""`python -m tests.local.standins`: `gcm up [--fresh]` with small processes in place of PostgreSQL and the rest.

Each writes to the journal when it starts and when it is told to stop. STUBBORN=NAME: that one does not stop when told.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cli.main import spoken
from cli.stack import run
from deploy.local.child import Child, Command, OneChild
from deploy.local.place import Place
from deploy.local.state import State
from deploy.local.supervisor import Kept, Supervisor
from deploy.local.watcher import Watcher

TIERS = {"ground": 1, "middle": 2, "top": 3}
PROGRAM = """
import pathlib, signal, sys
journal, name, stubborn = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3] == sys.argv[2]
def write(what):
    with journal.open("a") as file:
        file.write(f"{name} {what}\\n")
def stop(*_):
    write("told")
    stubborn or sys.exit(0)
signal.signal(signal.SIGTERM, stop)
write("started")
while True:
    signal.pause()
"""


@dataclass
class Standin(OneChild):
    """A part that is ready when it listens to signals and has said so."""

    name: str
    journal: Path
    marker: Mapping[str, str]

    def start(self) -> None:
        argv = (sys.executable, "-SEc", PROGRAM, str(self.journal), self.name, os.environ.get("STUBBORN", ""))
        log = self.journal.with_name(f"{self.name}.log")
        before = self._starts()
        self.child = Child(Command(self.name, argv, log, self.marker, stop_within=1))
        self.child.wait_until(lambda: self._starts() > before, within=30)

    def _starts(self) -> int:
        return self.journal.read_text().count(f"{self.name} started") if self.journal.exists() else 0


async def plan(place: Place, supervisor: Supervisor, _: Watcher) -> dict[str, float]:
    for name, tier in TIERS.items():
        await supervisor.start(Kept(name, Standin(name, place.state.folder / "journal", place.marker), tier))
    return {}


if __name__ == "__main__":
    spoken(lambda: run(State(), plan, fresh="--fresh" in sys.argv))
