"""What the person at the terminal sees of a start: steps, downloads, and one table at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from deploy.local.watcher import Download, Watcher


class Terminal(Watcher):
    """Lines, and bars with bytes and seconds while something is downloaded. Plain lines when it is no terminal."""

    def __init__(self) -> None:
        self.console = Console(highlight=False, soft_wrap=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeElapsedColumn(),
            console=self.console,
            transient=True,
        )
        self._running = 0

    def say(self, sentence: str) -> None:
        self.console.print(sentence, markup=False)

    @contextmanager
    def download(self, part: str, files: int) -> Iterator[Download]:
        self.say(f"Downloading {part}: {files} file{'s' if files > 1 else ''} from Maven Central.")
        task = self._progress.add_task(part, total=None)
        self._running += 1
        self._progress.start()
        try:
            yield _Bar(self._progress, task)
        finally:
            self._running -= 1
            self._progress.remove_task(task)
            if not self._running:
                self._progress.stop()


class _Bar(Download):
    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task
        self._total = 0

    def size(self, size: int) -> None:
        self._total += size
        self._progress.update(self._task, total=self._total)

    def advance(self, count: int) -> None:
        self._progress.advance(self._task, count)


SHOWN = {
    "portal": "Pages for people",
    "pledges": "Pledges",
    "network_support": "Network support",
    "notifications": "Notifications",
    "mail": "Mails that were sent",
    "keycloak": "Sign-in (Keycloak)",
    "kafka": "Kafka",
    "postgres": "PostgreSQL",
}


def show(console: Console, stack: dict[str, Any]) -> None:
    """The table at the end of a start."""
    table = Table(title="The local stack is ready", show_header=False, title_justify="left")
    for name, label in SHOWN.items():
        table.add_row(label, stack["addresses"][name])
    table.add_section()
    for persona in stack["personas"]:
        table.add_row(persona["name"], persona["says"])
    table.add_section()
    for number, line in enumerate(to_try(stack), start=1):
        table.add_row(f"Try {number}", line)
    if console.is_terminal:
        console.print(table)
    else:
        for column in zip(*(column.cells for column in table.columns), strict=True):
            console.print("{:<22}{}".format(*column), markup=False)
    console.print(f"Logs are in {stack['logs']}. Everything took {stack['seconds']['all']:.1f} s. Ctrl-C stops.")


def to_try(stack: dict[str, Any]) -> list[str]:
    """Lines to paste into another terminal, in the folder of the clone."""
    pledges = stack["addresses"]["pledges"]
    return [
        ".venv/bin/gcm demo",
        ".venv/bin/gcm pledge list",
        f'curl -s -H "Authorization: Bearer $(.venv/bin/gcm token amina)" {pledges}/me/memberships',
    ]
