"""A file on its way in: counted, hashed and recognised before anything of it is kept."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import BinaryIO

from starlette.requests import ClientDisconnect

from shared.errors import BadRequest, Unavailable
from shared.files import names
from shared.files.kinds import MEDIA_TYPES, kind_of
from shared.files.refused import NotTaken

WITHIN = 600.0  # seconds for all of it


@dataclass(frozen=True)
class Received:
    """`file` is deleted by the system when it is closed, also if we are killed."""

    file: BinaryIO
    size: int
    sha256: str
    kind: str
    name: str

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self.kind]


@asynccontextmanager
async def received(name: str, body: AsyncIterator[bytes]) -> AsyncIterator[Received]:
    """The whole file, under its cleaned name. Raises BadRequest when it breaks off, NotTaken for what it is."""
    with TemporaryFile() as file:
        size, sha256 = await _written(file, body)
        if size == 0:
            raise NotTaken("it is empty", "send the file as the body of the request")
        kind = await asyncio.to_thread(kind_of, file, size)
        yield Received(file, size, sha256, kind, _named(name, kind))


async def _written(file: BinaryIO, body: AsyncIterator[bytes]) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    try:
        async with asyncio.timeout(WITHIN):
            async for part in body:
                size += len(part)
                digest.update(part)
                file.write(part)
    except (ClientDisconnect, TimeoutError):
        raise BadRequest(f"The file did not come whole within {WITHIN:.0f} seconds; nothing was kept.") from None
    except OSError:
        raise Unavailable("There is no room for the file just now; nothing was kept.") from None
    return size, digest.hexdigest()


def _named(name: str, kind: str) -> str:
    said = names.ending(name)
    if said in MEDIA_TYPES and said != kind:
        raise NotTaken(f"it is named .{said}, and its content is {kind}", f"name it .{kind}, or send the right file")
    return names.cleaned(name, kind)
