"""What commands print: for people lines and tables, with --json one JSON value for programs."""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, Protocol

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]

# what others wrote must not steer this terminal: control characters, and those that reverse the reading direction
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def printable(text: object) -> str:
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", str(text))


def say(sentence: object) -> None:
    print(printable(sentence))


def note(sentence: object) -> None:
    """Beside the result, for the person only."""
    print(printable(sentence), file=sys.stderr)


def show_json(value: Any) -> None:
    """Any JSON value; pydantic models, times and numbers as the API writes them."""
    from pydantic_core import to_jsonable_python

    print(json.dumps(to_jsonable_python(value), ensure_ascii=False, indent=2))


def table(heads: Sequence[str], rows: Iterable[Sequence[object]], nothing: str) -> None:
    """Columns as wide as they need to be, the longest words in the last; `nothing` is said when there is no row."""
    lines = [[printable("" if cell is None else cell).replace("\n", " ") for cell in row] for row in rows]
    if not lines:
        say(nothing)
    elif sys.stdout.isatty():
        _boxed(heads, lines)
    else:
        for line in _aligned([list(heads), *lines]):
            print(line)


def _boxed(heads: Sequence[str], lines: list[list[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    made = Table(box=None, header_style="bold", pad_edge=False)
    for head in heads:
        made.add_column(head, no_wrap=head != heads[-1])  # ids are there to be copied; words may go on below
    for line in lines:
        made.add_row(*(Text(cell) for cell in line))
    Console(highlight=False).print(made)


def _aligned(lines: list[list[str]]) -> Iterator[str]:
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()


class Count(Protocol):
    def __call__(self, done: int) -> None:
        """So many are done."""


@contextmanager
def counting(what: str, total: int | None = None) -> Iterator[Count]:
    """A bar on standard error while long work goes on; nothing where that is no terminal, or a program reads (--json).

    We ask the descriptor: rich takes the variables of some build servers for a terminal.
    """
    if not sys.stderr.isatty() or "--json" in sys.argv:
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(printable(what), total=total)
        yield lambda done: bar.update(task, completed=done)
