"""Answers that are fetched from a mailbox, on a real IMAP server."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from imapclient import IMAPClient

from services.network_support.__main__ import PROGRAM
from services.network_support.conversation.inbound import mailbox as mailboxes
from services.network_support.conversation.inbound.mailbox import DONE, REFUSED, Fetching, Mailbox, fetching
from services.network_support.conversation.inbound.receiving import LARGEST_MAIL
from shared.errors import Unavailable
from tests.integration.network_support.arriving import address, mails, told
from tests.integration.network_support.support import FOCAL_POINT, Support
from tests.integration.network_support.test_conversation import begun, said
from tests.local.running import eventually
from tests.support.api import MAIL
from tests.support.raw_mails import plain, raw

USER, PASSWORD = "answers", "sesame"  # pragma: allowlist secret - of a server that lives for one test


@dataclass(frozen=True)
class Imap:
    port: int

    def client(self) -> IMAPClient:
        made = IMAPClient("127.0.0.1", self.port, ssl=False)
        made.login(USER, PASSWORD)
        return made

    def bring(self, *mails: bytes) -> None:
        with self.client() as client:
            for mail in mails:
                client.append("INBOX", mail)

    def count(self, folder: str) -> int:
        with self.client() as client:
            return int(client.select_folder(folder)[b"EXISTS"]) if client.folder_exists(folder) else 0

    def seen(self) -> bool:
        with self.client() as client:
            client.select_folder("INBOX")
            return bool(client.search("SEEN"))


def listens(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def imap() -> Iterator[Imap]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = str(Path(sys.executable).with_name("pymap"))
    where = ["--host", "127.0.0.1", "--port", str(port), "--no-tls"]
    who = ["--demo-user", USER, "--demo-password", PASSWORD]
    server = subprocess.Popen([program, *where, "dict", *who])  # noqa: S603 - a server for tests
    try:
        eventually(partial(listens, port))
        yield Imap(port)
    finally:
        server.kill()
        server.wait(30)


def look(support: Support, port: int, **changed: object) -> Fetching:
    own = {"imap_host": "127.0.0.1", "imap_port": port, "imap_tls": False, "imap_username": USER}
    settings = MAIL.model_copy(update={**own, "imap_password": PASSWORD, **changed})
    return Fetching(Mailbox(settings), support.service.app.state.mail.receiver)


async def test_answers_are_fetched_and_put_away_and_what_is_refused_apart(
    support: Support, pledge: UUID, imap: Imap
) -> None:
    request = await begun(support, pledge, "needs_info")
    to = await address(support, request)
    imap.bring(raw(to), raw("nobody@example.org"), plain(f"To: {to}", "Precedence: bulk"), raw(to, message_id="<2@x>"))
    assert await look(support, imap.port).once(asyncio.Event()) is False
    assert (imap.count("INBOX"), imap.count(DONE), imap.count(REFUSED)) == (0, 3, 1)
    found = await said(support, request)
    assert [one["sender"] for one in found] == ["staff", "requester", "requester"]
    assert [line["outcome"] for line in await mails(support)] == [
        "accepted",
        "unknown_address",
        "automatic",
        "accepted",
    ]
    assert {line["via"] for line in await mails(support)} == {"mailbox"}
    assert (await support.read(request))["state"] == "triage"


async def test_one_that_is_too_large_is_not_read_and_its_sender_is_told(
    support: Support, pledge: UUID, imap: Imap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailboxes, "LARGEST_MAIL", 2_000)
    monkeypatch.setattr("services.network_support.conversation.inbound.receiving.LARGEST_MAIL", 2_000)
    request = await begun(support, pledge)
    imap.bring(raw(await address(support, request), "long " * 1_000))
    await look(support, imap.port).once(asyncio.Event())
    [line] = await mails(support)
    assert (line["outcome"], line["size"] > 5_000, imap.count(REFUSED)) == ("too_large", True, 1)
    assert (await told(support), await said(support, request)) == (["too_large"], [])
    assert LARGEST_MAIL == 30_000_000


async def test_during_an_outage_all_stay_where_they_are(support: Support, pledge: UUID, imap: Imap) -> None:
    request = await begun(support, pledge)
    imap.bring(raw(await address(support, request)), raw(await address(support, request), message_id="<2@x>"))
    support.people.down = True
    with pytest.raises(Unavailable):
        await look(support, imap.port).once(asyncio.Event())
    assert (imap.count("INBOX"), imap.seen()) == (2, False)
    support.people.down = False
    await look(support, imap.port).once(asyncio.Event())
    assert (imap.count("INBOX"), len(await said(support, request))) == (0, 2)


async def test_who_is_ended_before_a_mail_was_put_away_takes_it_once(
    support: Support, pledge: UUID, imap: Imap, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await begun(support, pledge)
    imap.bring(raw(await address(support, request)))

    def killed(*_: object) -> None:
        raise OSError

    with monkeypatch.context() as context:
        context.setattr(mailboxes, "move", killed)
        with pytest.raises(Unavailable):
            await look(support, imap.port).once(asyncio.Event())
    await look(support, imap.port).once(asyncio.Event())
    assert (imap.count("INBOX"), imap.count(DONE), len(await said(support, request))) == (0, 1, 1)


NOWHERE = [{"imap_username": "nobody"}, {"imap_port": 1}, {"imap_folder": "Nowhere"}]


@pytest.mark.parametrize("changed", NOWHERE)
async def test_a_mailbox_that_does_not_open_is_waited_for(
    support: Support, imap: Imap, changed: dict[str, object]
) -> None:
    with pytest.raises(Unavailable):
        await look(support, imap.port, **changed).once(asyncio.Event())


async def test_one_that_is_gone_between_two_commands_holds_up_no_other(
    support: Support, pledge: UUID, imap: Imap, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await begun(support, pledge)
    to = await address(support, request)
    imap.bring(raw(to), raw(to, message_id="<2@x>"))
    ask = IMAPClient.fetch
    gone: list[int] = []

    def fetch(client: IMAPClient, uids: list[int], parts: list[bytes]) -> Any:
        if b"BODY.PEEK[]" in parts and not gone:
            gone.extend(uids)
            return {}
        return ask(client, uids, parts)

    monkeypatch.setattr(IMAPClient, "fetch", fetch)
    await look(support, imap.port).once(asyncio.Event())
    assert (len(gone), imap.count(DONE), len(await said(support, request))) == (1, 1, 1)


def without(monkeypatch: pytest.MonkeyPatch, *missing: str) -> None:
    has = IMAPClient.has_capability
    monkeypatch.setattr(IMAPClient, "has_capability", lambda client, name: name not in missing and has(client, name))


@pytest.mark.parametrize(("missing", "left"), [(("MOVE",), 1), (("MOVE", "UIDPLUS"), 2)])
async def test_a_mailbox_without_move_is_emptied_of_ours_alone(
    support: Support, pledge: UUID, imap: Imap, monkeypatch: pytest.MonkeyPatch, missing: tuple[str, ...], left: int
) -> None:
    without(monkeypatch, *missing)
    request = await begun(support, pledge)
    imap.bring(b"Subject: of somebody else, who may want it back\r\n\r\nx")
    with imap.client() as client:
        client.select_folder("INBOX")
        client.delete_messages(client.search("ALL"))
    imap.bring(raw(await address(support, request, FOCAL_POINT)))
    for _ in range(2):
        await look(support, imap.port).once(asyncio.Event())
    assert (imap.count("INBOX"), imap.count(DONE), imap.count(REFUSED)) == (left, 1, 0)
    assert len(await said(support, request)) == 1


async def test_the_role_names_what_it_lacks(support: Support) -> None:
    assert "mailbox" in PROGRAM.workers
    with pytest.raises(ValueError, match="GCM_IMAP_HOST"):
        async with fetching(MAIL, support.service.database):
            pass
