"""The typed client on a bad line: a real server that drops, delays and refuses."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from shared.client import Addresses, Away, Client, Patience
from shared.client.errors import Refused, Stale
from shared.client.models.pledges import NewPledge, Saving

QUICK = Patience(connect=1.0, answer=0.3, attempts=4, first_pause=0.001, longest_pause=1.0)
EMPTY = b'{"items": [], "next": null}'


def answer(status: str, body: bytes = b"{}", *headers: str) -> bytes:
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers)
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


BUSY = answer("503 Service Unavailable")
DROP, SLOW = b"drop", b"slow"
FINE = answer("200 OK", EMPTY)


@dataclass
class Line:
    """Says what it is told to say, one answer a request, and remembers what it was asked."""

    says: Iterator[bytes]
    address: str = ""
    heard: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.heard.append((await reader.readuntil(b"\r\n\r\n")).decode())
        except asyncio.IncompleteReadError as error:  # a slow caller gives its line up, and takes another
            if error.partial:
                raise
            writer.close()
            return
        said = next(self.says)
        if said == SLOW:
            await reader.read()  # until the caller hangs up
        elif said != DROP:
            writer.write(said)
        writer.close()
        await writer.wait_closed()

    def header(self, name: str) -> list[str]:
        lines = [line.partition(": ") for request in self.heard for line in request.split("\r\n")]
        return [value for found, _, value in lines if found.lower() == name.lower()]


@asynccontextmanager
async def line(*says: bytes) -> AsyncIterator[Line]:
    made = Line(iter(says))
    tasks: set[asyncio.Task[None]] = set()

    def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.create_task(made.serve(reader, writer)))

    server = await asyncio.start_server(served, "127.0.0.1", 0)
    made.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        server.close()
        await asyncio.gather(*tasks)


def client(to: Line, patience: Patience = QUICK) -> Client:
    return Client(Addresses(pledges=to.address), "token", patience=patience)


@pytest.mark.parametrize("trouble", [DROP, SLOW, BUSY, answer("502 Bad Gateway", b"<html>"), answer("429 Slow down")])
async def test_reading_is_tried_again(trouble: bytes) -> None:
    async with line(trouble, trouble, FINE) as server, client(server) as one:
        assert (await one.pledges.list()).items == []
    assert len(server.heard) == 3


@pytest.mark.parametrize("trouble", [DROP, SLOW, BUSY])
async def test_a_post_is_repeated_with_the_same_key(trouble: bytes) -> None:
    async with line(trouble, answer("422 Unprocessable", b'{"title": "no"}')) as server, client(server) as one:
        with pytest.raises(Refused, match="no"):
            await one.pledges.create(NewPledge(entity_id="veridia", title="Documents"))
    assert len(server.heard) == 2
    assert len(set(server.header("Idempotency-Key"))) == 1


async def test_its_own_first_attempt_at_work_is_no_conflict() -> None:
    at_work, done = answer("409 Conflict"), answer("412 Precondition Failed")
    async with line(DROP, at_work, done) as server, client(server) as one:
        with pytest.raises(Stale):
            await one.pledges.submit("1", seen='"1"')
    assert len(server.heard) == 3


async def test_a_put_that_may_have_been_done_is_not_repeated() -> None:
    async with line(DROP, FINE) as server, client(server) as one:
        with pytest.raises(Away):
            await one.pledges.save("1", Saving(title="Documents"), seen='"1"')
    assert len(server.heard) == 1


async def test_patience_ends() -> None:
    async with line(*[BUSY] * 9) as server, client(server) as one:
        with pytest.raises(Away) as away:
            await one.pledges.reviews()
    assert (away.value.status, len(server.heard)) == (503, QUICK.attempts)


async def test_a_server_may_say_when() -> None:
    soon, late = (answer("503 Service Unavailable", b"{}", f"Retry-After: {after}") for after in (1, 60))
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with line(soon, FINE, late) as server, client(server) as one:
        await one.pledges.list()
        assert loop.time() - began >= 1.0
        with pytest.raises(Away) as away:
            await one.pledges.list()
    assert away.value.retry_after == 60.0
    assert len(server.heard) == 3


async def test_nobody_there() -> None:
    async with line() as server:
        gone = server
    async with client(gone) as one:
        with pytest.raises(Away, match="does not answer") as away:
            await one.pledges.reviews()
    assert away.value.status == 0


@pytest.mark.parametrize("body", [b"<html>Welcome to the hotel</html>", b"[]", b"null", b""])
async def test_who_answers_something_else_is_not_the_service(body: bytes) -> None:
    async with line(answer("200 OK", body)) as server, client(server) as one:
        with pytest.raises(Away, match="is the address right"):
            await one.pledges.list()


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"errors": 5}', b"\xff", b'{"title": null}'])
async def test_errors_that_are_no_problem_documents_say_what_is_known(body: bytes) -> None:
    async with line(answer("403 Forbidden", body)) as server, client(server) as one:
        with pytest.raises(Exception, match=r"127\.0\.0\.1 answered 403 Forbidden"):
            await one.pledges.list()
