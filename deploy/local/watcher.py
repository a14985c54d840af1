"""Whoever wants to see what a long step is doing."""

from collections.abc import Iterator
from contextlib import contextmanager


class Watcher:
    """Sees nothing. The command line's own shows bytes and seconds."""

    def say(self, sentence: str) -> None:
        """A sentence for the person at the terminal."""

    @contextmanager
    def download(self, part: str, files: int) -> Iterator["Download"]:  # noqa: ARG002 - for those who see
        """The files of one part are about to be fetched."""
        yield Download()


class Download:
    """One running download of some files."""

    def size(self, size: int) -> None:
        """One more file was begun, of `size` bytes."""

    def advance(self, count: int) -> None:
        """`count` more bytes have arrived. Called from several threads."""
