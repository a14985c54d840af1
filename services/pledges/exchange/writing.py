"""Files with pledges, written row by row: what `files` reads again. Pure but for a workbook's temporary file."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any

from services.pledges.exchange import columns
from services.pledges.exchange.cells import harmless
from services.pledges.exchange.columns import COLUMNS, SOURCES
from services.pledges.exchange.files import FORM_HEADER, Format

MEDIA_TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MARK = "\N{BYTE ORDER MARK}".encode()  # without it, Excel takes UTF-8 for something else
LONGEST_CELL = 32_767  # characters of a cell in Excel
_PASSED = ("state", "version", "origin", "first_published_at")
_FIELDS = tuple(dict.fromkeys(column.field for column in COLUMNS))
PUBLIC = ("pledge_id", "entity", *_FIELDS, "sources", *_PASSED)  # of a public record
HEADER = ("pledge_id", "entity_id", *(column.name for column in (*COLUMNS, *SOURCES)), *_PASSED)
_LITERAL = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_UNWRITABLE = re.compile("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def line(cells: Iterable[str]) -> bytes:
    """A row of CSV (RFC 4180). What could be a formula has an apostrophe before it, which an import takes off."""
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow(map(harmless, cells))
    return out.getvalue().encode()


def row(pledge: Mapping[str, Any]) -> list[str]:
    """The cells of an exported pledge, in the order of HEADER."""
    cells = columns.written(pledge)
    return [cells[name] if name in cells else str(pledge.get(name) or "") for name in HEADER]


def document(pledge: Mapping[str, Any]) -> bytes:
    """An exported pledge as JSON."""
    names = ("pledge_id", "entity_id", *_FIELDS, "sources", *_PASSED)
    return json.dumps({name: pledge[name] for name in names if pledge.get(name)}, ensure_ascii=False).encode()


class Workbook:
    """One sheet of texts, none of which is a formula. Rows go to the disk as they come."""

    def __init__(self, title: str, header: Sequence[str]) -> None:
        from openpyxl import Workbook as Book  # loads slowly, and only this format needs it

        self._book = Book(write_only=True)
        self._sheet = self._book.create_sheet(title)
        self._sheet.freeze_panes = "A2"
        self.add(header)

    def add(self, cells: Iterable[str]) -> None:
        from openpyxl.cell import WriteOnlyCell

        made = []
        for text in cells:
            cell: Any = WriteOnlyCell(self._sheet)
            # past its setter, which would look for formulas
            cell._value, cell.data_type = _storable(harmless(text)), "s"  # noqa: SLF001
            made.append(cell)
        self._sheet.append(made)

    def add_all(self, rows: Iterable[Iterable[str]]) -> None:
        for row in rows:
            self.add(row)

    def save(self, to: IO[bytes]) -> None:
        self._book.save(to)


def _storable(text: str) -> str:
    if len(text) > LONGEST_CELL:
        return "This text is longer than a cell may be: take the CSV or the JSON file."
    return _escaped(text)


def _escaped(text: str) -> str:
    """What XML cannot carry, as XLSX writes it: ECMA-376 part 1, 22.9.2.19."""
    text = _LITERAL.sub(lambda found: f"_x005F{found[0]}", text)
    return _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def reasons(faults: Sequence[Mapping[str, str]]) -> str:
    """What is wrong with a row, a line a fault."""
    said = (f"{one['address']} {one['field']}".strip() + f": {one['problem']}; {one['remedy']}" for one in faults)
    return "\n".join(said)


def form(raw: Mapping[str, str], faults: Sequence[Mapping[str, str]]) -> list[list[str]]:
    """A form that came, a field a row, with the reasons beside what is to be mended."""
    found = [[name, text, reasons([one for one in faults if one["field"] == name])] for name, text in raw.items()]
    rest = reasons([one for one in faults if one["field"] not in raw])
    return [[*FORM_HEADER, "reasons"], *found, *([["reasons", rest, ""]] if rest else [])]
