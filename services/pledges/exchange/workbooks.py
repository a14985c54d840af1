"""XLSX: read row by row. Nothing is computed, run or resolved; how large it gets unzipped is known before."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, BinaryIO

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from services.pledges.exchange import files
from services.pledges.exchange.cells import Formula, Value
from services.pledges.exchange.files import MOST_COLUMNS, MOST_ROWS, Fault, Opened, Record, Unreadable
from shared.files.sheets import as_meant

LARGEST_UNZIPPED = 150_000_000  # bytes
LARGEST_TEXTS = 60_000_000  # of the table of texts, which is held in memory
MOST_PARTS = 1000
MOST_MERGED = 500
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")  # how XLSX writes what XML cannot carry (ECMA-376 part 1, 22.9.2.19)
_MERGED = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}mergeCell"
_LOOKED_AHEAD = 1 << 16

Merged = list[tuple[int, int, int, int]]


def opened(file: BinaryIO) -> Opened:
    """Raises Unreadable."""
    archive = _archive(file)
    book = _guarded(lambda: load_workbook(file, read_only=True, keep_links=False))
    notes = ["The file holds macros. They were not run, and are not kept."] if _has_macros(archive) else []
    heads = [(sheet, _rows(sheet)) for sheet in book.worksheets if sheet.sheet_state == "visible"]
    first = [(sheet, _first(rows), rows) for sheet, rows in heads]
    forms = [(sheet, rows) for sheet, head, rows in first if files.is_form(head)]
    if forms:
        return Opened("form", files.counted(_forms(archive, forms)), notes=notes)
    sheet, head, rows = _with_title(first)
    notes += [f"Only the sheet “{sheet.title}” was read."] if len(first) > 1 else []
    names = files.columns_of(head, lambda place: f"{files.letters(place)}1")
    merged = _merged(archive, sheet)
    return Opened("sheet", files.counted(_records(rows, names, merged)), [name or "" for name in names], notes)


def _guarded(read: Any) -> Any:
    """What openpyxl raises for a broken file is of any kind."""
    try:
        return read()
    except (Unreadable, MemoryError):
        raise
    except Exception as error:
        if isinstance(error, DefusedXmlException) or isinstance(error.__cause__, DefusedXmlException):
            raise Unreadable("declares XML entities, as no spreadsheet program does", "save it anew as .xlsx") from None
        raise Unreadable(f"is no sound .xlsx file ({type(error).__name__})", "save it anew as .xlsx") from error


def _archive(file: BinaryIO) -> zipfile.ZipFile:
    """Looks at the sizes that are declared; zipfile unzips no byte beyond them."""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Unreadable("is no .xlsx file, whatever its name says", "save it as .xlsx") from None
    parts = archive.infolist()
    texts = sum(part.file_size for part in parts if "sharedstrings" in part.filename.casefold())
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNZIPPED or texts > LARGEST_TEXTS:
        problem = f"is larger than {LARGEST_UNZIPPED // 1_000_000} MB when it is unzipped"
        raise Unreadable(problem, "split it into several files, or save it as CSV")
    return archive


def _has_macros(archive: zipfile.ZipFile) -> bool:
    return any(name.endswith("vbaProject.bin") for name in archive.namelist())


def _rows(sheet: Any) -> Iterator[Sequence[Value]]:
    sheet.reset_dimensions()  # what the file says of its size need not be true
    rows = sheet.iter_rows(max_col=MOST_COLUMNS)
    while (row := _guarded(lambda: next(rows, None))) is not None:
        yield _trimmed([_value(cell) for cell in row])


def _trimmed(row: list[Value]) -> list[Value]:
    while row and row[-1] is None:
        row.pop()
    return row


def _value(cell: Any) -> Value:
    match cell.data_type, cell.value:
        case _, None:
            return None
        case "f", formula:
            return Formula(str(getattr(formula, "text", formula)))
        case "e", error:
            return Formula(str(error))
        case _, str(text):
            return as_meant(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), text))
        case _, int() | float() | bool():
            return cell.value
        case _, value:
            return value if hasattr(value, "year") else str(value)


def _first(rows: Iterator[Sequence[Value]]) -> Sequence[Value]:
    return next(rows, [])


def _with_title(first: list[Any]) -> Any:
    for found in first:
        if any(str(cell or "").strip().casefold() == "title" for cell in found[1]):
            return found
    remedy = "take the template, or write the names of the columns into the first row"
    raise Unreadable("has no sheet whose first row names the column title", remedy)


def _records(rows: Iterator[Sequence[Value]], names: Sequence[str | None], merged: Merged) -> Iterator[Record]:
    for number, row in enumerate(rows, start=2):
        if number > 5 * MOST_ROWS:
            raise Unreadable(f"has more than {MOST_ROWS:,} pledges or empty rows", "split it", f"A{number}")
        found = files.in_sheet(names, row, number)
        if found:
            found.faults.extend(_of_merged(merged, number))
            yield found


def _forms(archive: zipfile.ZipFile, sheets: list[Any]) -> Iterator[Record]:
    for sheet, rows in sheets:
        prefix = f"{sheet.title}!" if len(sheets) > 1 else ""
        found = files.form(rows, prefix)
        if found:
            merged = _merged(archive, sheet)
            found.faults.extend(fault for row in {box[1] for box in merged} for fault in _of_merged(merged, row))
            yield found


def _of_merged(merged: Merged, row: int) -> Iterator[Fault]:
    for left, top, right, bottom in merged:
        if top <= row <= bottom:
            box = f"{files.letters(left - 1)}{top}:{files.letters(right - 1)}{bottom}"
            remedy = "unmerge the cells, and write the value into each row that it is meant for"
            yield Fault(f"{files.letters(left - 1)}{row}", "", f"is one of the merged cells {box}", remedy)


def _merged(archive: zipfile.ZipFile, sheet: Any) -> Merged:
    """The merged cells of a sheet, which stand behind its rows. Most sheets have none, and are not parsed for them."""
    path = sheet._worksheet_path  # noqa: SLF001 - openpyxl tells it nowhere else
    with archive.open(path) as source:
        if not _mentions(source, b"mergeCell "):
            return []
    with archive.open(path) as source:
        found = _guarded(lambda: list(islice(_boxes(source), MOST_MERGED + 1)))
    if len(found) > MOST_MERGED:
        raise Unreadable("has very many merged cells", "unmerge them: one value a cell")
    return found  # type: ignore[no-any-return]


def _boxes(source: Any) -> Iterator[tuple[int, int, int, int]]:
    for _, element in iterparse(source):
        if element.tag == _MERGED:
            left, top, right, bottom = range_boundaries(element.get("ref"))
            yield int(left or 1), int(top or 1), int(right or 1), int(bottom or 1)
        element.clear()


def _mentions(source: Any, word: bytes) -> bool:
    before = b""
    while piece := source.read(_LOOKED_AHEAD):
        if word in before + piece:
            return True
        before = piece[-len(word) :]
    return False
