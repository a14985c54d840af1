"""The role `mailbox`: fetches answers from an IMAP mailbox, one at a time, and moves each when it is dealt with.

A mail is moved only after what became of it is written down, so none is lost; one that is fetched again, because we
were ended in between, is known and changes nothing. IMAP is spoken in a thread: one connection a look, none between.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import httpx
import structlog
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from services.network_support.conversation.inbound.opening import receiver
from services.network_support.conversation.inbound.receiving import LARGEST_MAIL, Receiver
from services.network_support.settings import Settings
from shared.clock import Clock
from shared.db import Database
from shared.errors import Unavailable
from shared.files.store import Store
from shared.messaging.nudge import Nudge
from shared.process import Task
from shared.waking import repeat

log = structlog.get_logger()

POLL = 20.0  # seconds between two looks
TIMEOUT = 30.0  # seconds for any answer of the mailbox
MOST = 50  # mails a look
DONE, REFUSED = "Handled", "Refused"  # folders: the mailbox's owner says how long they are kept
_SIZE, _RAW, _HEADERS = b"RFC822.SIZE", b"BODY[]", b"BODY[HEADER]"


@dataclass(frozen=True)
class Fetched:
    raw: bytes  # or the headers alone, of what is too large
    size: int


class Mailbox:
    """Blocking, and used by one thread at a time. Errors are OSError and IMAPClientError."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def open(self) -> IMAPClient:
        own = self._settings
        context = ssl.create_default_context() if own.imap_tls else None
        client = IMAPClient(own.imap_host, own.imap_port, ssl=own.imap_tls, ssl_context=context, timeout=TIMEOUT)
        try:
            client.login(own.imap_username, own.imap_password)
            for folder in (DONE, REFUSED):
                if not client.folder_exists(folder):
                    client.create_folder(folder)
            client.select_folder(own.imap_folder)
        except BaseException:
            client.shutdown()
            raise
        return client


def waiting(client: IMAPClient) -> list[int]:
    """Without those that are put away already, where the server could not delete them."""
    return sorted(client.search("UNDELETED"))[:MOST]


def fetch(client: IMAPClient, uid: int) -> Fetched | None:
    """None: somebody else has moved it. Nothing is marked as read."""
    found = client.fetch([uid], [_SIZE]).get(uid)
    if found is None:
        return None
    size = int(found[_SIZE])
    part = _RAW if size <= LARGEST_MAIL else _HEADERS
    mail = client.fetch([uid], [part.replace(b"BODY", b"BODY.PEEK")]).get(uid)
    return Fetched(mail[part], size) if mail else None


def move(client: IMAPClient, uid: int, folder: str) -> None:
    """Where the server can delete no single mail, it stays marked as deleted, and is not looked at again."""
    if client.has_capability("MOVE"):
        client.move([uid], folder)
        return
    client.copy([uid], folder)
    client.delete_messages([uid])
    if client.has_capability("UIDPLUS"):  # without it, a mail that somebody else has marked would go, too
        client.uid_expunge([uid])


class Fetching:
    def __init__(self, mailbox: Mailbox, receiver: Receiver) -> None:
        self._mailbox, self._receiver = mailbox, receiver

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; the mail at hand is finished first."""
        await repeat("mailbox", partial(self.once, stop), stop, asyncio.Event(), POLL)

    async def once(self, stop: asyncio.Event) -> bool:
        """One look. Raises Unavailable while the mailbox, or what a mail needs, is away: all of them stay there."""
        try:
            client = await asyncio.to_thread(self._mailbox.open)
            try:
                return await self._look(client, stop)
            finally:
                await asyncio.to_thread(client.shutdown)
        except (OSError, IMAPClientError) as error:
            raise Unavailable(f"The mailbox does not answer: {type(error).__name__}.") from None

    async def _look(self, client: IMAPClient, stop: asyncio.Event) -> bool:
        found = await asyncio.to_thread(waiting, client)
        for uid in found:
            if stop.is_set():
                return False
            await self._one(client, uid)
        return len(found) == MOST

    async def _one(self, client: IMAPClient, uid: int) -> None:
        found = await asyncio.to_thread(fetch, client, uid)
        if found is None:
            return
        outcomes = await self._receiver.receive(found.raw, "mailbox", found.size)
        folder = DONE if set(outcomes) <= {"accepted", "automatic"} else REFUSED
        await asyncio.to_thread(move, client, uid, folder)


@asynccontextmanager
async def fetching(settings: Settings, database: Database) -> AsyncIterator[Mapping[str, Task]]:
    """Raises ValueError when it is not said which mailbox."""
    if not settings.imap_host:
        raise ValueError("GCM_IMAP_HOST is empty: the role mailbox needs a mailbox; leave the role out, or name one")
    nudge = Nudge(settings.database_url)
    await nudge.start()
    try:
        async with httpx.AsyncClient(timeout=5) as http:
            clock, store = Clock(settings.clock_file), Store(settings.attachments_url)
            made = receiver(settings, database, clock, nudge, http, store)
            yield {"mailbox": Fetching(Mailbox(settings), made).run}
    finally:
        await nudge.stop()
