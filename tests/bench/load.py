"""`python -m tests.bench.load`: one request again and again over keep-alive connections, a POST each with a new key.

A process of its own, so that what it costs is not taken from the server's. Reads a Load as JSON from standard input,
writes a Result to standard output. Written on the bare socket: an HTTP client would need more time than the server.
"""

import asyncio
import json
import secrets
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import cast

import uvloop

from tests.bench.figures import median, percentile
from tests.bench.quiet import wait_until_quiet


@dataclass(frozen=True)
class Load:
    """What to send, to 127.0.0.1, over how many connections, for how many seconds.

    `every`: seconds from one request of a connection to its next; 0: as soon as the last one is answered.
    """

    port: int
    path: str
    body: str
    headers: Mapping[str, str]
    status: int = 201
    method: str = "POST"
    connections: int = 16
    seconds: float = 2.0
    every: float = 0.0


@dataclass(frozen=True)
class Result:
    """Answers with the status that was wanted; latencies in milliseconds."""

    per_second: float
    p50: float
    p99: float


def run(load: Load) -> Result:
    """Raises RuntimeError with the first answer that was not the wanted one."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load"],
        input=json.dumps(asdict(load)),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    return Result(**json.loads(done.stdout))


def compared(floor: Load, wanted: Load, rounds: int) -> tuple[float, float]:
    """Milliseconds of a request, and how many times as long as one of the floor it took: medians of so many turns."""
    wait_until_quiet()
    for one in (floor, wanted):
        run(one)
    turns = [(run(floor).p50, run(wanted).p50) for _ in range(rounds)]
    return median([took for _, took in turns]), median([took / least for least, took in turns])


@dataclass
class Sender(asyncio.Protocol):
    """One connection: the next request when the last one is answered and its time has come."""

    load: Load
    head: bytes
    until: float
    took: list[float]
    ended: "asyncio.Future[None]"
    began: float = 0.0
    received: bytearray = field(default_factory=bytearray)
    transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.WriteTransport, transport)  # uvloop's own is of another class
        self._send()

    def _send(self) -> None:
        assert self.transport is not None
        self.began = time.perf_counter()
        key = secrets.token_hex(16)
        self.transport.write(b"%bidempotency-key: %b\r\n\r\n%b" % (self.head, key.encode(), self.load.body.encode()))

    def data_received(self, data: bytes) -> None:
        self.received += data
        end = self.received.find(b"\r\n\r\n") + 4
        if end < 4 or len(self.received) < end + _length(self.received):
            return
        if not self.received.startswith(b"HTTP/1.1 %d " % self.load.status):
            self._end(RuntimeError(bytes(self.received).decode()))
            return
        self.received.clear()
        now = time.perf_counter()
        self.took.append(now - self.began)
        if max(now, self.began + self.load.every) < self.until:
            self._send_in(self.began + self.load.every - now)
        else:
            self._end(None)

    def _send_in(self, seconds: float) -> None:
        if seconds > 0:
            asyncio.get_running_loop().call_later(seconds, self._send)
        else:
            self._send()

    def connection_lost(self, error: Exception | None) -> None:
        self._end(error or ConnectionError("the server closed the connection"))

    def _end(self, error: Exception | None) -> None:
        assert self.transport is not None
        self.transport.close()
        if self.ended.done():
            return
        if error:
            self.ended.set_exception(error)
        else:
            self.ended.set_result(None)


def _length(answer: bytearray) -> int:
    begin = answer.index(b"content-length: ") + 16
    return int(answer[begin : answer.index(b"\r", begin)])


async def send(load: Load) -> Result:
    headers = {"host": "localhost", "content-type": "application/json", "content-length": str(len(load.body.encode()))}
    lines = [
        f"{load.method} {load.path} HTTP/1.1",
        *(f"{name}: {value}" for name, value in (headers | dict(load.headers)).items()),
    ]
    head = ("\r\n".join(lines) + "\r\n").encode()
    loop = asyncio.get_running_loop()
    took: list[float] = []
    begun = time.perf_counter()
    ends = [loop.create_future() for _ in range(load.connections)]
    for ended in ends:
        sender = Sender(load, head, begun + load.seconds, took, ended)
        await loop.create_connection(lambda sender=sender: sender, "127.0.0.1", load.port)  # type: ignore[misc]
    async with asyncio.timeout(load.seconds + 30):
        await asyncio.gather(*ends)
    milliseconds = [1000 * one for one in took]
    return Result(
        len(took) / (time.perf_counter() - begun), percentile(milliseconds, 0.5), percentile(milliseconds, 0.99)
    )


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(uvloop.run(send(Load(**json.load(sys.stdin)))))))
