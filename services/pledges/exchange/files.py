"""A file with pledges as a stream of records, whichever its format: what stands where, and what cannot be read."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Literal, Protocol

from services.pledges.exchange import columns
from services.pledges.exchange.cells import Formula, Unclear, Value, text_of

Format = Literal["csv", "xlsx", "json"]
Layout = Literal["sheet", "form", "list"]

LARGEST_FILE = 50_000_000  # bytes
MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_FORM_ROWS = 1000
FORM_HEADER = ("field", "value")
_QUOTES = "name the column, or put a text that has separators in it into quotes"


@dataclass(frozen=True)
class Fault:
    """What is wrong where: `address` is that of the cell ("D17") or the place in the document ("/16/period/end")."""

    address: str
    field: str
    problem: str
    remedy: str


class Unreadable(Exception):
    """The file as a whole cannot be taken."""

    def __init__(self, problem: str, remedy: str, address: str = "", name: str = "file") -> None:
        super().__init__(problem)
        self.fault = Fault(address, name, problem, remedy)


FieldPath = tuple[str | int, ...]


class Origin(Protocol):
    """Where a record was found, and what stood there: for what is wrong; most records need neither.

    It goes from one process to another, as all that it refers to.
    """

    def where(self, path: FieldPath, fields: Mapping[str, Any]) -> tuple[str, str]:
        """Address and name of a path in the record's fields."""

    def raw(self) -> str:
        """JSON of what came."""

    def size(self) -> int:
        """Characters of what came, about."""


@dataclass(frozen=True)
class Record:
    """One pledge of a file."""

    place: str
    fields: dict[str, Any]
    faults: list[Fault]
    origin: Origin


@dataclass(frozen=True)
class _Cells:
    cells: Mapping[str, Value]

    def address(self, name: str) -> str:
        raise NotImplementedError

    def where(self, path: FieldPath, fields: Mapping[str, Any]) -> tuple[str, str]:
        name = columns.place_of(path, fields)
        return self.address(name), name

    def raw(self) -> str:
        return json.dumps({name: _kept(cell) for name, cell in self.cells.items()})

    def size(self) -> int:
        return sum(len(cell) for cell in self.cells.values() if isinstance(cell, str))


@dataclass(frozen=True)
class _Row(_Cells):
    """Of a sheet whose header has these names."""

    names: Sequence[str | None]
    number: int

    def address(self, name: str) -> str:
        return f"{letters(self.names.index(name))}{self.number}" if name in self.names else str(self.number)


@dataclass(frozen=True)
class _Form(_Cells):
    """Of a form: a field a row."""

    addresses: Mapping[str, str]
    place: str

    def address(self, name: str) -> str:
        return self.addresses.get(name, self.place)


@dataclass
class Opened:
    """`header` are the columns in their order; `notes` are what the reader should know of how it was read."""

    layout: Layout
    records: Iterator[Record]
    header: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def opened(file: BinaryIO, format_: Format, encoding: str | None) -> Opened:
    """`encoding`: of a CSV file; None: found out, and said in the notes. Raises Unreadable, also while it is read."""
    if format_ == "xlsx":
        from services.pledges.exchange import workbooks  # what only one format needs is loaded for it

        return workbooks.opened(file)
    if format_ == "json":
        from services.pledges.exchange import documents

        return documents.opened(file)
    from services.pledges.exchange import separated

    return separated.opened(file, encoding)


def columns_of(header: Sequence[Value], address: Callable[[int], str]) -> list[str | None]:
    """The column that each cell of a header names; None for an empty one. Raises Unreadable for what is no column."""
    found: list[str | None] = []
    for place, cell in enumerate(header):
        text = _name(cell, address(place))
        name = columns.known(text) if text else None
        if text and name is None:
            raise _no_column(text, address(place))
        if name in found and name is not None:
            raise Unreadable(f"has the column {name} twice", "keep one of them", address(place), name)
        found.append(name)
    if "title" not in found:
        remedy = "take the template, or write the names of the columns into the first row"
        raise Unreadable("has no column title", remedy)
    return found


def _name(cell: Value, address: str) -> str:
    try:
        return text_of(cell).strip()
    except Unclear as fault:
        raise Unreadable(fault.problem, fault.remedy, address) from None


def _no_column(text: str, address: str) -> Unreadable:
    from difflib import get_close_matches

    near = get_close_matches(text.casefold(), [one.name for one in columns.TAKEN], n=1)
    remedy = f"did you mean {near[0]}? Correct the name" if near else "correct its name as in the template"
    return Unreadable(f"“{text[:60]}” is no column", f"{remedy}, or delete the column", address)


def in_sheet(names: Sequence[str | None], row: Sequence[Value], number: int) -> Record | None:
    """A row as a record; None for an empty one."""
    if not any(cell not in (None, "") for cell in row):
        return None
    cells = {name: cell for name, cell in zip(names, row, strict=False) if name is not None}
    beyond = _beyond(names, row, number) if len(row) > len(names) or None in names else []
    return _record(_Row(cells, names, number), str(number), beyond)


def _beyond(names: Sequence[str | None], row: Sequence[Value], number: int) -> list[Fault]:
    return [
        Fault(f"{letters(place)}{number}", "", "stands where the header names no column", _QUOTES)
        for place, cell in enumerate(row)
        if cell not in (None, "") and (place >= len(names) or names[place] is None)
    ]


def _record(origin: _Cells, place: str, faults: list[Fault]) -> Record:
    found = columns.read(origin.cells)
    faults += [Fault(origin.address(name), name, problem, remedy) for name, problem, remedy in found.faults]
    return Record(place, found.fields, faults, origin)


def _kept(cell: Value) -> str:
    return cell.text if isinstance(cell, Formula) else text_of(cell)


def form(rows: Iterator[Sequence[Value]], prefix: str = "") -> Record | None:
    """A form: a field a row, its name in column A, what is said in column B. None for an empty one."""
    cells: dict[str, Value] = {}
    addresses: dict[str, str] = {}
    for number, (name, cell, *_) in enumerate(((*row, None, None) for row in rows), start=2):
        if number > MOST_FORM_ROWS:
            raise Unreadable(
                f"is a form of more than {MOST_FORM_ROWS} rows", "delete the empty rows", f"{prefix}A{number}"
            )
        if text := _name(name, f"{prefix}A{number}"):
            column = columns.known(text)
            if column is None:
                raise _no_column(text, f"{prefix}A{number}")
            cells[column], addresses[column] = cell, f"{prefix}B{number}"
    if not any(cell not in (None, "") for cell in cells.values()):
        return None
    place = prefix.rstrip("!") or "form"
    return _record(_Form(cells, addresses, place), place, [])


def is_form(header: Sequence[Value]) -> bool:
    return tuple(str(cell or "").strip().casefold() for cell in header[:2]) == FORM_HEADER


def letters(column: int) -> str:
    """What a spreadsheet program calls a column; counted from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def counted(records: Iterator[Record]) -> Iterator[Record]:
    """Raises Unreadable at the first record too many."""
    for number, one in enumerate(records):
        if number == MOST_ROWS:
            raise Unreadable(f"has more than {MOST_ROWS:,} pledges", "split it into several files", one.place)
        yield one
