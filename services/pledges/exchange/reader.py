"""`python -m services.pledges.exchange.reader`: reads and checks one file after another, as `apart.py` orders."""

import pickle
import resource
import signal
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from services.pledges.exchange import checking, files
from services.pledges.exchange.apart import LARGEST_MEMORY, SIZE, Batch, Order, frame
from services.pledges.exchange.checking import Checked
from services.pledges.exchange.files import Fault, Record, Unreadable
from shared.process import freeze

LARGEST_BATCH = 2_000_000  # characters, about: a batch of long pledges has fewer of them
_TOO_LARGE = ("needs more memory to read than a file may", "split it into several files, or save it as CSV")


def main() -> None:
    # the importer finishes its batch when it is told to stop; a reader that stopped first would spoil a sound file
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_DATA, (LARGEST_MEMORY, LARGEST_MEMORY))
    freeze()
    while order := _order(sys.stdin.buffer):
        for answer in _answers(order):
            sys.stdout.buffer.write(frame(answer))
            sys.stdout.buffer.flush()


def _order(orders: BinaryIO) -> Order | None:
    """The next one; None when the importer is gone."""
    size = int.from_bytes(orders.read(SIZE), "big")
    return pickle.loads(orders.read(size)) if size else None  # noqa: S301 - see apart.py


def _answers(order: Order) -> Iterator[Batch | Fault]:
    try:
        with Path(order.path).open("rb") as file:
            yield from _batches(order, file)
    except Unreadable as error:
        yield checking.printable(error.fault)
    except MemoryError:
        yield Fault("", "file", *_TOO_LARGE)
    except Exception as error:  # noqa: BLE001 - the log shall not have what a file says, as a traceback might
        yield Fault("", "file", f"cannot be read ({type(error).__name__})", "save it anew, or in another format")


def _batches(order: Order, file: BinaryIO) -> Iterator[Batch]:
    opened = files.opened(file, order.format, order.encoding)
    records = islice(opened.records, order.skip, None)
    while True:
        checked = list(_some(records, order))
        yield Batch(opened.layout, opened.header, opened.notes, checked)
        if not checked:
            return


def _some(records: Iterator[Record], order: Order) -> Iterator[Checked]:
    size = 0
    for record in islice(records, order.most):
        checked = checking.check(record, order.wanted)
        yield checked
        size += checked.size()
        if size > LARGEST_BATCH:
            return


if __name__ == "__main__":
    main()
