"""Bounces out of a mailbox: each is taken, then deleted, and a broken connection leaves it there."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from services.notifications.deliveries.bounces import reading
from services.notifications.deliveries.bounces.poller import Poller
from shared.errors import Unavailable
from shared.mailbox import LARGEST, MOST, Mailbox
from tests.integration.notifications.support import Post
from tests.integration.notifications.test_bounces import comes_back, delivery, path_of
from tests.integration.notifications.test_sending import AMINA, queued
from tests.support.bounces import report


@dataclass
class Server:
    """POP3, as far as it is spoken here. Deleted is at QUIT, and not before (RFC 1939, 6)."""

    mails: list[bytes]
    password: str = "of the mailbox"
    gone: set[int] = field(default_factory=set)
    breaks_at: str = ""  # the command at which the connection ends
    port: int = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Server"]:
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        marked: set[int] = set()
        writer.write(b"+OK ready\r\n")
        while line := (await reader.readline()).decode().strip():
            command, _, rest = line.partition(" ")
            if command == self.breaks_at:
                break
            writer.write(self._answer(command, rest, marked))
            await writer.drain()
            if command == "QUIT":
                self.gone |= marked
                break
        writer.close()

    def _answer(self, command: str, rest: str, marked: set[int]) -> bytes:
        left = {n: mail for n, mail in enumerate(self.mails, 1) if n not in self.gone}
        match command:
            case "PASS" if rest != self.password:
                return b"-ERR wrong\r\n"
            case "LIST":
                return b"+OK\r\n" + b"".join(b"%d %d\r\n" % (n, len(mail)) for n, mail in left.items()) + b".\r\n"
            case "RETR":
                stuffed = left[int(rest)].replace(b"\r\n.", b"\r\n..")
                return b"+OK\r\n" + stuffed + (b"" if stuffed.endswith(b"\r\n") else b"\r\n") + b".\r\n"
            case "DELE":
                marked.add(int(rest))
        return b"+OK\r\n"


def mailbox(server: Server, password: str | None = None) -> Mailbox:
    return Mailbox("127.0.0.1", server.port, "bounces", password or server.password, tls=False)


def poller(post: Post, server: Server) -> Poller:
    return Poller(post.service.database, post.service.clock, post.worker.settings, mailbox(server))


@pytest.fixture
async def sent(post: Post) -> Post:
    await queued(post)
    await post.send()
    return post


async def test_what_comes_to_the_return_path_is_taken_and_deleted(sent: Post) -> None:
    mails = [b"Subject: holiday\r\n\r\n.hidden\r\n", report(await path_of(sent), AMINA), b"x" * (LARGEST + 1)]
    async with Server(mails).running() as server:
        taking = poller(sent, server)
        assert await mailbox(server).empty(taking.take) is False
        assert server.gone == {1, 2, 3}
    assert (await delivery(sent))["reason"] == "bounced_5.1.1"


async def test_a_mail_arrives_byte_by_byte(post: Post) -> None:  # noqa: ARG001 - the loop's fixtures
    taken: list[bytes] = []

    async def keep(raw: bytes) -> None:
        taken.append(raw)

    mail = b"Subject: dots\r\n\r\n.\r\n..\r\n" + b"long" * 5000 + b"\r\nend\r\n"
    async with Server([mail]).running() as server:
        await mailbox(server).empty(keep)
    assert taken == [mail]


async def test_what_could_not_be_committed_stays_and_is_read_again(sent: Post) -> None:
    async with Server([report(await path_of(sent), AMINA)]).running() as server:
        server.breaks_at = "QUIT"
        with pytest.raises(Unavailable):
            await mailbox(server).empty(poller(sent, server).take)
        assert server.gone == set()
        server.breaks_at = ""
        await mailbox(server).empty(poller(sent, server).take)
        assert server.gone == {1}
    assert len(await sent.service.rows("select * from suppression")) == 1


async def test_one_that_breaks_the_parser_is_deleted_like_others(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    threads = []

    def broken(*_: object, **__: object) -> None:
        threads.append(threading.current_thread())
        raise IndexError

    monkeypatch.setattr(reading, "message_from_bytes", broken)
    async with Server([b"Subject: x\r\n\r\n"]).running() as server:
        await mailbox(server).empty(poller(post, server).take)
        assert server.gone == {1}
    answer = await comes_back(post, b"Subject: x\r\n\r\n")
    assert (answer.status_code, answer.json()) == (200, {"effects": []})
    assert len(threads) == 2
    assert threading.main_thread() not in threads  # the loop stays free for others


@pytest.mark.parametrize("command", ["USER", "PASS", "LIST", "RETR", "DELE"])
async def test_a_mailbox_that_breaks_off_is_an_outage(post: Post, command: str) -> None:
    async with Server([b"Subject: x\r\n\r\n"]).running() as server:
        server.breaks_at = command
        with pytest.raises(Unavailable, match="does not answer"):
            await mailbox(server).empty(poller(post, server).take)


async def test_a_wrong_password_is_one_too_and_says_none(post: Post) -> None:
    async with Server([]).running() as server:
        with pytest.raises(Unavailable, match="error_proto") as refused:
            await mailbox(server, "wrong").empty(poller(post, server).take)
    assert "wrong" not in str(refused.value)


async def test_many_are_taken_a_part_at_a_time(post: Post) -> None:
    async with Server([b"Subject: x\r\n\r\n"] * (MOST + 1)).running() as server:
        assert await mailbox(server).empty(poller(post, server).take) is True
        assert len(server.gone) == MOST
        assert await mailbox(server).empty(poller(post, server).take) is False
