"""Where the bytes of files lie: an S3-compatible store or, locally, a folder; through obstore alone."""

from collections.abc import AsyncIterator
from typing import BinaryIO

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.store import ObjectStore, from_url

from shared.errors import Unavailable

CHUNK = 256 * 1024  # bytes of a download at once

log = structlog.get_logger()


class Store:
    """Objects are written once, each under a name of its own, and never changed. Raises Unavailable when it is away."""

    def __init__(self, url: str) -> None:
        """`url`: s3://bucket/folder (its keys from AWS_… in the environment), or file:///folder. Raises ValueError."""
        if not url:
            raise ValueError("GCM_ATTACHMENTS_URL is empty: say where files are kept, for example s3://bucket/folder")
        self._store: ObjectStore = from_url(url, mkdir=True) if url.startswith("file:") else from_url(url)

    async def put(self, name: str, file: BinaryIO) -> None:
        """In one request: what is broken off leaves no part behind."""
        file.seek(0)
        try:
            await obstore.put_async(self._store, name, file, use_multipart=False)
        except (BaseError, OSError) as error:
            raise _away(error) from None

    async def get(self, name: str) -> AsyncIterator[bytes]:
        """Its bytes, in chunks; the store has answered when this returns."""
        try:
            found = await obstore.get_async(self._store, name)
        except (BaseError, OSError) as error:
            raise _away(error) from None
        return (bytes(part) async for part in found.stream(min_chunk_size=CHUNK))

    async def drop(self, name: str) -> None:
        """Also when it is not there."""
        try:
            await obstore.delete_async(self._store, name)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise _away(error) from None


def _away(error: Exception) -> Unavailable:
    log.warning("attachments.store_failed", error=type(error).__name__)
    return Unavailable("The store of files does not answer; try again in a few seconds.")
