"""Relays that misbehave: a server of the test's own, which answers line by line as it is told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Answer = Callable[[str], Awaitable[str | None] | str | None]
GREETING = "220 relay ESMTP"
PLAIN = {
    "EHLO": "250 relay",
    "MAIL": "250 OK",
    "RCPT": "250 OK",
    "DATA": "354 go on",
    "RSET": "250 OK",
    "QUIT": "221 bye",
}
DROP = "drop"  # the connection, without a word


@dataclass
class Relay:
    """`answers`: by command; `text`: to the whole mail. DROP ends the connection, a coroutine may take its time."""

    answers: dict[str, str | Callable[[], Awaitable[str]]] = field(default_factory=dict)
    greeting: str = GREETING
    text: str | Callable[[], Awaitable[str]] = "250 OK"
    drop_after: int | None = None  # lines of the text
    said: list[str] = field(default_factory=list)  # the commands that came
    mails: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    _talking: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def open(self) -> int:
        """How many connections are."""
        return len(self._talking)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Relay"]:
        server = await asyncio.start_server(self._talk, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            talking = list(self._talking)
            for task in talking:
                task.cancel()
            await asyncio.gather(*talking, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._talking.add(task)
        try:
            await self._say(writer, self.greeting)
            while line := (await reader.readline()).decode("utf-8", "replace").strip():
                await self._answer(line, reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._talking.discard(task)
            writer.close()

    async def _answer(self, line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        command = line.split(maxsplit=1)[0].upper()
        self.said.append(line)
        answer = self.answers.get(command, PLAIN.get(command, "500 what?"))
        said = answer if isinstance(answer, str) else await answer()
        await self._say(writer, said)
        if command == "DATA" and said.startswith("354"):
            await self._take(reader, writer)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines: list[str] = []
        while (line := (await reader.readline()).decode("utf-8", "replace")) not in {".\r\n", ""}:
            lines.append(line)
            if self.drop_after is not None and len(lines) >= self.drop_after:
                raise ConnectionResetError
        if not line:
            raise ConnectionResetError
        self.mails.append("".join(lines))
        await self._say(writer, self.text if isinstance(self.text, str) else await self.text())

    async def _say(self, writer: asyncio.StreamWriter, answer: str) -> None:
        if answer == DROP:
            raise ConnectionResetError
        writer.write(f"{answer}\r\n".encode())
        await writer.drain()
