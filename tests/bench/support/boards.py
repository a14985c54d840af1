"""Many open boards, and an officer whose changes they are told: `python -m tests.bench.support.boards PORT CASE TOKEN`.

A line in, a line out: `reach N TIMES` answers how many milliseconds each change took to reach all of N boards; `hold N`
opens them and changes something five times a second until `release`, which answers how many changes they were told.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from typing import cast

import uvloop

EVERY = 0.2  # seconds between two changes while boards are held open
PRIORITIES = ("high", "low")


@dataclass
class Board(asyncio.Protocol):
    """One connection. `told` counts the changes of the case."""

    mark: bytes
    token: str
    opened: "asyncio.Future[None]"
    told: int = 0
    last: float = 0.0
    _rest: bytes = b""
    transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.WriteTransport, transport)
        head = f"GET /board/events HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {self.token}\r\n\r\n"
        self.transport.write(head.encode())

    def data_received(self, data: bytes) -> None:
        text = self._rest + data
        if b"event: begun" in text and not self.opened.done():
            self.opened.set_result(None)
        if found := text.count(self.mark):
            self.told, self.last = self.told + found, time.perf_counter()
        self._rest = b"" if found else text[-len(self.mark) :]


@dataclass
class Desk:
    """`case`: whose priority is changed, over and over."""

    port: int
    case: str
    token: str
    revision: int = 1
    boards: list[Board] = field(default_factory=list)

    async def open(self, number: int) -> None:
        loop = asyncio.get_running_loop()
        mark = f'"case_id":"{self.case}"'.encode()
        self.boards = [Board(mark, self.token, loop.create_future()) for _ in range(number)]
        for board in self.boards:
            await loop.create_connection(lambda board=board: board, "127.0.0.1", self.port)  # type: ignore[misc]
        async with asyncio.timeout(30):
            await asyncio.gather(*(board.opened for board in self.boards))

    def close(self) -> None:
        for board in self.boards:
            if board.transport:
                board.transport.abort()
        self.boards = []

    async def change(self) -> None:
        """Another priority; raises RuntimeError with the answer when that was refused."""
        body = json.dumps({"priority": PRIORITIES[self.revision % 2], "reason": "measured"})
        lines = (
            f"POST /cases/{self.case}/prioritise HTTP/1.1",
            *(
                "host: localhost",
                f"authorization: Bearer {self.token}",
                "content-type: application/json",
                "connection: close",
            ),
            *(f"content-length: {len(body)}", f'if-match: "{self.revision}"', f"idempotency-key: {time.time_ns()}"),
        )
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
        answer = await reader.read()
        writer.close()
        if b" 200 " not in answer.partition(b"\r\n")[0]:
            raise RuntimeError(answer.decode())
        self.revision += 1

    async def reach(self) -> float:
        """Milliseconds from the request of a change until the last board was told of it."""
        wanted = [board.told + 1 for board in self.boards]
        begun = time.perf_counter()
        await self.change()
        async with asyncio.timeout(30):
            # a bell at each of them would be part of the measurement
            while any(board.told < want for board, want in zip(self.boards, wanted, strict=True)):  # noqa: ASYNC110
                await asyncio.sleep(0.001)
        return 1000 * (max(board.last for board in self.boards) - begun)

    async def busy(self) -> None:
        while True:
            await self.change()
            await asyncio.sleep(EVERY)


async def main(port: int, case: str, token: str) -> None:
    desk, busy = Desk(port, case, token), None
    while words := (await asyncio.to_thread(sys.stdin.readline)).split():
        answer: object = "ok"
        if words[0] == "reach":
            await desk.open(int(words[1]))
            answer = [await desk.reach() for _ in range(int(words[2]))]
            desk.close()
        elif words[0] == "hold":
            await desk.open(int(words[1]))
            busy = asyncio.create_task(desk.busy())
        elif busy:
            busy.cancel()
            await asyncio.sleep(1)
            answer = sum(board.told for board in desk.boards)
            desk.close()
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
