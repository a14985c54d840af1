"""Answers that are kept as long as the figures are the same. Each reader still asks the database whether they are."""

from collections import OrderedDict
from weakref import WeakKeyDictionary

from shared.db import Database

MOST = 64
LARGEST = 256 * 1024  # characters; longer ones are put together each time


class Kept:
    """The answers that were asked for last, by their ETag, which names what was asked. 16 MB at most."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, str] = OrderedDict()

    def get(self, tag: str) -> str | None:
        if tag in self._answers:
            self._answers.move_to_end(tag)
        return self._answers.get(tag)

    def put(self, tag: str, answer: str) -> None:
        if len(answer) <= LARGEST:
            self._answers[tag] = answer
            while len(self._answers) > MOST:
                self._answers.popitem(last=False)


_of: WeakKeyDictionary[Database, Kept] = WeakKeyDictionary()


def kept(database: Database) -> Kept:
    """Those of one database, which are no other's."""
    return _of.setdefault(database, Kept())
