"""The size of the code: functions and files of cli, deploy, services and shared, without migrations.

A function is as long as its lines from `def` to its end, docstring and comments included, decorators not; a function
within another counts by itself, and for the outer one too. A longer file is right when a comment at its top says why.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench import stand
from tests.bench.figures import Figure, at_most, median, percentile, table

ROOMS = ("cli", "deploy", "services", "shared")
MEDIAN, LONG, FILE = 10, 25, 300  # lines
REASON = f"# Longer than {FILE} lines: "
TOP = 20  # lines of a file in which its reason stands
SHOWN = 5


@dataclass(frozen=True)
class Piece:
    """A function or a file."""

    name: str
    lines: int
    excused: bool = False


def run() -> list[Figure]:
    sources = {file: file.read_text() for room in ROOMS for file in _files(stand.ROOT / room)}
    functions = [piece for file, text in sources.items() for piece in _functions(_name(file), text)]
    files = [_file(_name(file), text) for file, text in sources.items()]
    table(f"Longest of {len(functions):,} functions, def to end with docstring", ("function", "lines"), _top(functions))
    table(f"Longest of {len(files):,} files", ("file", "lines"), _top(files))
    lengths = [one.lines for one in functions]
    return [
        at_most("shape: median function, lines", MEDIAN, median(lengths)),
        at_most("shape: 90th percentile of functions, lines", LONG, percentile(lengths, 0.9)),
        at_most(f"shape: files of more than {FILE} lines that do not say why", 0, sum(map(_too_long, files))),
    ]


def _files(room: Path) -> Iterator[Path]:
    return (file for file in sorted(room.rglob("*.py")) if "migrations" not in file.parts)


def _name(file: Path) -> str:
    return str(file.relative_to(stand.ROOT))


def _functions(file: str, text: str) -> Iterator[Piece]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Piece(f"{file}: {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1)


def _file(name: str, text: str) -> Piece:
    lines = text.splitlines()
    return Piece(name, len(lines), excused=any(line.startswith(REASON) for line in lines[:TOP]))


def _too_long(file: Piece) -> bool:
    return file.lines > FILE and not file.excused


def _top(pieces: list[Piece]) -> list[tuple[str, int]]:
    longest = sorted(pieces, key=lambda piece: piece.lines, reverse=True)
    return [(piece.name, piece.lines) for piece in longest[:SHOWN]]
