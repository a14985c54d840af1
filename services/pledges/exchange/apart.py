"""A process of its own for reading what people sent: it may take so much memory and time, and a file that asks for
more is unreadable, while the importer and the files of others go on. It also has a processor to itself. This is
a wall against exhaustion, not against code: what takes the reader over could answer with a pickle that takes the rest.

The process is `reader.py`. It takes orders on its standard input and ends when that does, so it never outlives the
importer, however that one ends. What goes to and fro are pickles that this program made, never what a file says.
"""

import asyncio
import os
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from dataclasses import dataclass

import structlog

from services.pledges.exchange import lifecycle
from services.pledges.exchange.checking import Checked, Wanted
from services.pledges.exchange.files import Fault, Format, Layout, Unreadable

log = structlog.get_logger()

# bytes of the reader's own; what sound files take, tests/bench/registry/exchange.py prints
LARGEST_MEMORY = 256_000_000
PATIENCE = lifecycle.LEASE * 2 / 3  # seconds for the next rows: whoever waits still has the work afterwards
AHEAD = 4_000_000  # bytes, about, that the reader may have said before they are taken
SIZE = 4  # bytes of a frame's length
LARGEST_FRAME = 64_000_000  # bytes of what the reader may say at once
_SLOW = ("takes too long to read", "save it anew, or as CSV")
_LARGE = ("has a pledge that is far too long", "shorten it, or leave it out")
_DIED = ("cannot be read: its reader broke down over it", "save it anew, or in another format")
# no secret of the importer's goes to the process that reads strangers' files
_PASSED_ON = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TMPDIR")


@dataclass(frozen=True)
class Order:
    """Which file to read, as what, and how: `skip` records, then give at most so many at a time."""

    path: str
    format: Format
    encoding: str | None
    skip: int
    most: int
    wanted: Wanted


@dataclass(frozen=True)
class Batch:
    """What an Opened says of the file, and the next records; none at the end."""

    layout: Layout
    header: list[str]
    notes: list[str]
    checked: list[Checked]


class Reader:
    """One process, kept from file to file: to begin one takes a second."""

    def __init__(self) -> None:
        self._process: Process | None = None

    async def begin(self) -> Process:
        """Unless it is there; done beforehand, the first file does not wait for it."""
        if self._process is None or self._process.returncode is not None:
            await self.close()
            environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
            argv = (sys.executable, "-m", "services.pledges.exchange.reader")
            self._process = await asyncio.create_subprocess_exec(
                *argv, stdin=PIPE, stdout=PIPE, env=environment, limit=AHEAD
            )
        return self._process

    async def read(self, order: Order) -> AsyncGenerator[Batch, None]:
        """Each is made ready while the one before is worked on. Raises Unreadable.

        Close it (`aclosing`). A file that is not read to its end ends the process too: what it leaves in pipe and
        memory is nothing for the next.
        """
        process = await self.begin()
        ended = False
        try:
            _send(process, order)
            reading = asyncio.create_task(_next(process))
            try:
                while (batch := await reading).checked:
                    reading = asyncio.create_task(_next(process))
                    yield batch
                ended = True
                yield batch
            finally:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)
        finally:
            if not ended:
                await self.close()

    async def close(self) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        if process.returncode is None:
            process.kill()
        await process.communicate()


def frame(content: Order | Batch | Fault) -> bytes:
    body = pickle.dumps(content, pickle.HIGHEST_PROTOCOL)
    return len(body).to_bytes(SIZE, "big") + body


def _send(process: Process, order: Order) -> None:
    assert process.stdin  # noqa: S101 - it was begun with one
    process.stdin.write(frame(order))


async def _next(process: Process) -> Batch:
    """Raises Unreadable: so says the reader, or the file is one that it does not survive."""
    assert process.stdout  # noqa: S101 - it was begun with one
    try:
        async with asyncio.timeout(PATIENCE):
            size = int.from_bytes(await process.stdout.readexactly(SIZE), "big")
            if size > LARGEST_FRAME:
                raise Unreadable(*_LARGE)
            body = await process.stdout.readexactly(size)
    except TimeoutError:
        raise Unreadable(*_SLOW) from None
    except (asyncio.IncompleteReadError, ConnectionError):
        log.warning("import.reader_died")
        raise Unreadable(*_DIED) from None
    found = pickle.loads(body)  # noqa: S301 - made by the process that this one began
    if isinstance(found, Fault):
        raise Unreadable(found.problem, found.remedy, found.address, found.field)
    return found  # type: ignore[no-any-return]
