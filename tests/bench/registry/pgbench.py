"""The database's limit: a captured transaction, again and again over 16 connections, with nothing else around it.

By pgbench, which comes with PostgreSQL's own packages but not with the binaries that we fetch; without it by a loop on
the bare driver, which is slower, so that the limit seems lower than it is.
"""

import asyncio
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg
import uvloop

from tests.bench.registry.captured import Captured, Statement, fresh

CLIENTS = 16
# every id new, and those of all clients together about in order, as ids of version 7 are
_COUNT = "\\set n :n + 1\n\\set id :n * 16 + :client_id\n"
_UUID = "('00000000-0000-7000-8000-' || lpad(to_hex(:id::bigint), 12, '0'))"
_KEY = "('again-' || :id::text)"


def found() -> str | None:
    """The program, on the PATH or where Debian's packages put it."""
    return shutil.which("pgbench") or next(map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))), None)


def limit(captured: Captured, url: str, folder: Path) -> tuple[str, Callable[[float], float]]:
    """Its name, and a function that measures for some seconds: transactions a second."""
    program = found()
    if program is None:
        return "asyncpg loop", lambda seconds: uvloop.run(_loop(captured, url, seconds))
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)  # noqa: S603 - as found
    version = said.stdout.split()[2]
    return f"pgbench {version}", Script(program, captured, url, folder).run


class Script:
    """A captured transaction in pgbench's own language."""

    def __init__(self, program: str, captured: Captured, url: str, folder: Path) -> None:
        self._program, self._captured, self._folder = program, captured, folder
        self._url = urlsplit(url)
        self._values: dict[str, str] = {}
        self._rounds = 0
        lines = [self._line(number, one) for number, one in enumerate(captured.statements)]
        self.text = "".join([_COUNT, *(["BEGIN;\n", *lines, "COMMIT;\n"] if captured.transaction else lines)])

    def _line(self, number: int, statement: Statement) -> str:
        def put(match: re.Match[str]) -> str:
            place = int(match.group(1))
            return self._put(f"v{number}_{place}", statement.values[place - 1])

        return " ".join(re.sub(r"\$(\d+)", put, statement.sql).split()) + ";\n"

    def _put(self, name: str, value: Any) -> str:
        if value is None:
            return "NULL"
        if isinstance(value, UUID):
            return _UUID
        if fresh(value, self._captured):
            return _KEY
        self._values[name] = _literal(value)
        return f":{name}"

    def run(self, seconds: float) -> float:
        """Transactions a second. Raises RuntimeError when one failed."""
        self._rounds += 1
        script = self._folder / "write_path.sql"
        script.write_text(self.text)
        given = {**self._values, "n": str(self._rounds * 10_000_000)}
        options = ["-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "1", "-T", str(round(seconds)), "-f", str(script)]
        done = subprocess.run(  # noqa: S603 - the program that was found
            [self._program, *options, *(word for name, value in given.items() for word in ("-D", f"{name}={value}"))],
            env={**os.environ, **self._environment()},
            capture_output=True,
            text=True,
            check=False,
        )
        rate = re.search(r"tps = ([\d.]+)", done.stdout)
        if done.returncode or not rate or "aborted" in done.stderr:
            raise RuntimeError(f"pgbench: {done.stderr[-1000:]}")
        return float(rate.group(1))

    def _environment(self) -> dict[str, str]:
        at = self._url
        return {
            "PGHOST": at.hostname or "",
            "PGPORT": str(at.port),
            "PGUSER": at.username or "",
            "PGPASSWORD": at.password or "",
            "PGDATABASE": at.path[1:],
        }


def _literal(value: Any) -> str:
    match value:
        case bytes():
            return "\\x" + value.hex()
        case datetime():
            return value.isoformat()
        case list():
            return "{" + ",".join(json.dumps(one) for one in value) + "}"
        case _:
            return str(value)


async def _loop(captured: Captured, url: str, seconds: float) -> float:
    connections = [await asyncpg.connect(url) for _ in range(CLIENTS)]
    until = time.perf_counter() + seconds
    counts = await asyncio.gather(*(_client(one, captured, until) for one in connections))
    for connection in connections:
        await connection.close()
    return sum(counts) / seconds


async def _client(connection: Any, captured: Captured, until: float) -> int:
    prepared = [(await connection.prepare(one.sql), one.values) for one in captured.statements]
    done = 0
    while time.perf_counter() < until:
        async with connection.transaction() if captured.transaction else nullcontext():
            for statement, values in _renewed(prepared, captured):
                await statement.fetch(*values)
        done += 1
    return done


def _renewed(prepared: Sequence[tuple[Any, Sequence[Any]]], captured: Captured) -> list[tuple[Any, list[Any]]]:
    new = uuid4()
    swap = {captured.key: str(new)}
    return [
        (statement, [swap.get(value, new) if fresh(value, captured) else value for value in values])
        for statement, values in prepared
    ]
