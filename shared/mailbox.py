"""A mailbox that is emptied: POP3 (RFC 1939), over TLS (RFC 8314). What was taken is deleted, and nothing else."""

import asyncio
import poplib
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from shared.errors import Unavailable

TIMEOUT = 30.0  # seconds for any answer
MOST = 50  # mails at once
LARGEST = 1_000_000  # bytes; a larger one is deleted unread

# of 2048 bytes otherwise: one mail with a long line would stop the mailbox for ever
poplib._MAXLINE = LARGEST  # type: ignore[attr-defined]  # noqa: SLF001 - there is no other way to say it

Take = Callable[[bytes], Awaitable[None]]


@dataclass(frozen=True)
class Mailbox:
    """`tls`: False is for a server on the same machine."""

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    tls: bool = True

    async def empty(self, take: Take) -> bool:
        """Hands over what is there, each mail as it came; True when there may be more. Raises Unavailable.

        The server deletes when the connection ends in order: what `take` raises leaves everything there, to be
        handed over again, so `take` must bear the same mail twice.
        """
        try:
            server, sizes = await asyncio.to_thread(self._open)
            try:
                for number in list(sizes)[:MOST]:
                    if sizes[number] <= LARGEST:
                        await take(await asyncio.to_thread(_read, server, number))
                    await asyncio.to_thread(server.dele, number)
                await asyncio.to_thread(server.quit)
            finally:
                server.close()
        except (poplib.error_proto, OSError) as error:
            # without its message: servers say names in it
            raise Unavailable(f"The mailbox does not answer: {type(error).__name__}.") from None
        return len(sizes) > MOST

    def _open(self) -> tuple[poplib.POP3, dict[int, int]]:
        """Signed in; the sizes of the mails by their numbers."""
        server = self._connect()
        try:
            server.user(self.username)
            server.pass_(self.password)
            _, lines, _ = server.list()
            return server, dict(_sizes(line) for line in lines)
        except BaseException:
            server.close()
            raise

    def _connect(self) -> poplib.POP3:
        if not self.tls:
            return poplib.POP3(self.host, self.port, timeout=TIMEOUT)
        return poplib.POP3_SSL(self.host, self.port, timeout=TIMEOUT, context=ssl.create_default_context())


def _sizes(line: bytes) -> tuple[int, int]:
    number, size = line.split()[:2]
    return int(number), int(size)


def _read(server: poplib.POP3, number: int) -> bytes:
    _, lines, _ = server.retr(number)
    return b"\r\n".join(lines) + b"\r\n"
