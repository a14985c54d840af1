"""Files of a mail: each is recognised by its content, and kept or left out by itself. The text stands in any case."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from services.network_support.attachments import commands as attachments
from services.network_support.conversation import commands
from services.network_support.conversation.inbound.body import File
from services.network_support.requests.models import SupportRequest
from shared.authors import Author
from shared.clock import Clock, Moment
from shared.db import Database
from shared.errors import Conflict
from shared.files import loose
from shared.files.receiving import Received, received
from shared.files.refused import NotTaken
from shared.files.store import Store
from shared.web.limits import LARGEST_FILE

MOST_FILES = 20  # of one mail


@dataclass(frozen=True)
class Taken:
    """The object `name` of the store holds it, and nothing points at it yet."""

    name: str
    file: Received = field(repr=False)


@dataclass(frozen=True)
class LeftOut:
    name: str = field(repr=False)
    problem: str
    remedy: str
    shown: bool  # a picture in the text: whoever wrote it did not mean to send a file

    def said(self) -> dict[str, str]:
        return {"name": self.name, "problem": self.problem, "remedy": self.remedy}


@dataclass(frozen=True)
class Filing:
    database: Database
    clock: Clock
    store: Store

    async def take(self, files: Sequence[File]) -> tuple[list[Taken], list[LeftOut]]:
        """Raises Unavailable while the store cannot be reached."""
        taken: list[Taken] = []
        left_out = [_too_many(one) for one in files[MOST_FILES:]]
        for one in files[:MOST_FILES]:
            try:
                taken.append(await self._keep(one))
            except NotTaken as refusal:
                fault = refusal.fields[0]
                left_out.append(LeftOut(_name(one), fault.problem, fault.remedy, one.shown))
        return taken, left_out

    async def _keep(self, one: File) -> Taken:
        if len(one.content) > LARGEST_FILE:
            raise NotTaken("it is too large", "make it smaller")
        async with received(one.name, _once(one.content)) as file:
            async with self.database.transaction() as session:
                name = await loose.announce(session, self.clock.system())
            await self.store.put(name, file.file)
            return Taken(name, file)

    async def attach(
        self, session: AsyncSession, request: SupportRequest, taken: Sequence[Taken], author: Author, moment: Moment
    ) -> list[LeftOut]:
        """To the message that is said next. The request is locked. Those for which it has no room are left out."""
        number, left_out = await commands.next_number(session, request), []
        for one in taken:
            try:
                await attachments.attach(session, request, one.name, one.file, author, moment, number)
            except Conflict as refusal:
                left_out.append(LeftOut(one.file.name, refusal.detail, "send it with another request", shown=False))
        return left_out


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _too_many(one: File) -> LeftOut:
    return LeftOut(_name(one), f"a mail has at most {MOST_FILES} files", "send it with another mail", one.shown)


def _name(one: File) -> str:
    return "".join(char for char in one.name if char.isprintable())[:150] or "?"
