"""The whole stack, as `gcm up` starts it, and what its users do: all over HTTP, nothing behind the services' back."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.local.files import erase
from shared.events.registry import PUBLIC_TOPICS
from shared.messaging import kafka
from tests.support import openapi

PATIENCE = 30.0  # seconds until something that crosses services must be seen
STARTS_WITHIN = 800.0  # seconds: the first time on a machine, the parts are fetched and built too
STOPS_WITHIN = 90.0


def eventually(look: Callable[[], Any], *, within: float = PATIENCE) -> Any:
    """What `look` returns once it is true; fails with its last answer after `within` seconds."""
    deadline = time.monotonic() + within
    while not (seen := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within} s; last seen: {seen!r}")
        time.sleep(0.05)
    return seen


@dataclass
class Person:
    """A persona at the services' APIs."""

    name: str
    token: str
    urls: dict[str, str]
    http: httpx.Client

    def get(self, service: str, path: str, **query: Any) -> httpx.Response:
        return self._send("GET", service, path, params=query)

    def post(self, service: str, path: str, body: object = None, *, seen: str | None = None) -> httpx.Response:
        headers = {"Idempotency-Key": str(uuid4())} | ({"If-Match": seen} if seen else {})
        return self._send("POST", service, path, json=body, headers=headers)

    def put(self, service: str, path: str, body: object, *, seen: str) -> httpx.Response:
        return self._send("PUT", service, path, json=body, headers={"If-Match": seen})

    def delete(self, service: str, path: str) -> httpx.Response:
        return self._send("DELETE", service, path)

    def upload(self, service: str, path: str, content: bytes, headers: dict[str, str]) -> httpx.Response:
        return self._send("POST", service, path, content=content, headers=headers | {"Idempotency-Key": str(uuid4())})

    def put_bytes(self, service: str, path: str, content: bytes) -> httpx.Response:
        return self._send("PUT", service, path, content=content)

    def patch(self, service: str, path: str, body: object, *, seen: str) -> httpx.Response:
        return self._send("PATCH", service, path, json=body, headers={"If-Match": seen})

    def _send(self, method: str, service: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= more.pop("headers", {})
        return self.http.request(method, self.urls[service] + path, headers=headers, **more)


@dataclass
class Inbox:
    """Mails as they arrived at the SMTP inbox. `new` gives those since the last look."""

    url: str
    http: httpx.Client
    seen: set[str] = field(default_factory=set)

    def all(self) -> list[dict[str, Any]]:
        mails: list[dict[str, Any]] = self.http.get(f"{self.url}/api/mails").raise_for_status().json()
        return mails

    def settle(self) -> None:
        """Waits until nothing has come for three seconds, and forgets what has come so far."""
        quiet_since, count = time.monotonic(), -1
        while time.monotonic() < quiet_since + 3:
            if (now := len(self.all())) != count:
                quiet_since, count = time.monotonic(), now
            time.sleep(0.2)
        self.new()

    def new(self) -> list[dict[str, Any]]:
        mails = [mail for mail in self.all() if mail["id"] not in self.seen]
        self.seen |= {mail["id"] for mail in mails}
        return mails


@dataclass
class Stack:
    """A stack of its own that `gcm up` runs for these tests, in a folder of its own."""

    folder: Path
    http: httpx.Client
    process: "subprocess.Popen[bytes]"

    def says(self) -> dict[str, Any]:
        """What stack.json says now."""
        said: dict[str, Any] = json.loads((self.folder / "stack.json").read_text())
        return said

    def secrets(self) -> dict[str, str]:
        """Those that this stack made for itself."""
        made: dict[str, str] = json.loads((self.folder / "secrets.json").read_text())
        return made

    @cached_property
    def addresses(self) -> dict[str, str]:
        return dict(self.says()["addresses"])

    @cached_property
    def inbox(self) -> Inbox:
        return Inbox(self.addresses["mail"], self.http)

    @cached_property
    def anyone(self) -> Person:
        return Person("anyone", "", self.addresses, self.http)

    def person(self, name: str) -> Person:
        return Person(name, self.gcm("token", name).strip(), self.addresses, self.http)

    def gcm(self, *words: str) -> str:
        """What a command prints."""
        return subprocess.run(  # noqa: S603 - our own command line
            [sys.executable, "-m", "cli.main", *words],
            env=environment(self.folder),
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        ).stdout

    def set_clock(self, when: str) -> None:
        self.gcm("clock", "set", when)

    def process_of(self, name: str) -> dict[str, Any] | None:
        return next((one for one in self.says()["processes"] if one["name"] == name), None)

    def restart(self, name: str) -> None:
        """Kills a process and waits until the supervisor has started it again."""
        old = self.process_of(name)
        assert old is not None
        os.kill(old["pid"], signal.SIGKILL)
        eventually(lambda: (new := self.process_of(name)) and new["pid"] != old["pid"] and self._ready(new))

    def _ready(self, process: dict[str, Any]) -> bool:
        try:
            return self.http.get(f"http://127.0.0.1:{process['port']}/readyz").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def example(self, service: str, method: str, path: str) -> dict[str, Any]:
        """What the service's own OpenAPI document gives as an example."""
        return openapi.example(self.document(service), method, path)

    @cache  # noqa: B019 - one stack a run
    def document(self, service: str) -> dict[str, Any]:
        document: dict[str, Any] = self.http.get(f"{self.addresses[service]}/openapi.json").raise_for_status().json()
        return document

    def __hash__(self) -> int:
        return id(self)

    def records(self) -> list[bytes]:
        """Keys, values and headers of every record on the public topics."""
        return asyncio.run(_records(self.addresses["kafka"]))


async def _records(bootstrap: str) -> list[bytes]:
    consumer = kafka.reader(bootstrap)
    await consumer.start()
    try:
        places = [place for topic in PUBLIC_TOPICS for place in await kafka.partitions_of(bootstrap, topic)]
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        found: list[bytes] = []
        while any([await consumer.position(place) < end for place, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += [b"|".join(_bytes(record)) for record in records]
        return found
    finally:
        await kafka.close(consumer)


def _bytes(record: kafka.Record) -> list[bytes]:
    return [record.key or b"", record.value or b"", *(value for _, value in record.headers)]


def environment(folder: Path) -> dict[str, str]:
    """That of the tests, but for ports and clocks that somebody may have set for a stack of their own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GCM_", "MAKE"))}
    return kept | {"GCM_LOCAL_DIR": str(folder)}


@contextmanager
def folder() -> Iterator[Path]:
    """For a stack, erased with the block."""
    made = Path(tempfile.mkdtemp(prefix="gcm-stack-"))
    try:
        yield made
    finally:
        erase(made)


@contextmanager
def started(folder: Path, **more: str) -> Iterator[Stack]:
    """A stack in that folder, ready; stopped with the block. `more` goes to its environment."""
    with (folder / "up.log").open("ab") as log, httpx.Client(timeout=30) as http:
        process = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "up"], env=environment(folder) | more, stdout=log, stderr=log
        )
        made = Stack(folder, http, process)
        try:
            eventually(lambda: _running(made), within=STARTS_WITHIN)
            yield made
        finally:
            process.terminate()
            process.wait(STOPS_WITHIN)


def _running(stack: Stack) -> bool:
    assert stack.process.poll() is None, (stack.folder / "up.log").read_text()
    return (stack.folder / "stack.json").exists() and stack.says()["status"] == "running"


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """One for all tests of the run that want the whole system."""
    with folder() as place, started(place) as made:
        yield made
