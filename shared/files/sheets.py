"""Tables as files, written row by row: CSV and workbooks in which no text is a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import IO, Any

MARK = "\N{BYTE ORDER MARK}".encode()  # without it, Excel takes UTF-8 for something else
LONGEST_CELL = 32_767  # characters of a cell in Excel
_BEGINS_A_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
GUARD = "'"  # before a text that could be a formula
_LITERAL = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_UNWRITABLE = re.compile("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def harmless(text: str) -> str:
    """The text with an apostrophe before it, if a spreadsheet program could take it for a formula."""
    return GUARD + text if text[:1] in _BEGINS_A_FORMULA or text.startswith(GUARD) else text


def as_meant(text: str) -> str:
    """Undoes `harmless`; any other text stays."""
    return text[1:] if text.startswith(GUARD) and harmless(text[1:]) == text else text


def line(cells: Iterable[str]) -> bytes:
    """A row of CSV (RFC 4180). What could be a formula has an apostrophe before it, which an import takes off."""
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow(map(harmless, cells))
    return out.getvalue().encode()


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
