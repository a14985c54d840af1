"""The pledges service's interface with a database that does nothing: `python -m tests.bench.registry.without_database`.

Everything else is as in production: the same application, server, checks and answers. What the fake database answers
was taken from the real one; it stands in the file that BENCH_ANSWERS names.
"""

import asyncio
import os
import pickle
from collections import namedtuple
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import uvloop
from sqlalchemy.ext.asyncio import AsyncSession

from services.pledges.app import create_app
from shared import telemetry
from shared.db import Database
from shared.process import Health, run
from shared.settings import ServiceSettings
from shared.web.serve import api


class Rows:
    """As much of a result as the write path asks for."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = rows

    def first(self) -> Any:
        return self._rows[0] if self._rows else None

    def all(self) -> Sequence[Any]:
        return self._rows


class Session:
    """Answers each execution with what was answered there before."""

    def __init__(self, answers: Iterator[Rows]) -> None:
        self._answers = answers
        self.info: dict[str, Any] = {}

    async def execute(self, *_: object) -> Rows:
        return next(self._answers)


class NoDatabase(Database):
    def __init__(self, answers: Sequence[Sequence[Any]]) -> None:
        self._answers = [Rows([_row(row) for row in rows]) for rows in answers]

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        yield cast(AsyncSession, Session(iter(self._answers)))

    one_write = transaction


def _row(items: Sequence[tuple[Any, Any]]) -> Any:
    names, values = zip(*((str(name), value) for name, value in items), strict=True)
    return namedtuple("Row", names)(*values)  # noqa: PYI024 - its names are not known before


async def main() -> None:
    settings = ServiceSettings()
    # written by the measurement itself, and read before anything else runs
    answers = pickle.loads(Path(os.environ["BENCH_ANSWERS"]).read_bytes())  # noqa: S301, ASYNC240
    health = Health()
    await run({"api": api(settings, health, NoDatabase(answers), create_app)}, health)


if __name__ == "__main__":
    telemetry.configure("without-database", ["api"], "ERROR")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
