"""Templates to download: one sheet for many pledges, or a form for one; with lists to choose from and notes."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Literal

from services.pledges.exchange.columns import COLUMNS, IDENTITY, SOURCES, Column
from services.pledges.exchange.files import FORM_HEADER, Format, letters
from services.pledges.registry.content import EXAMPLE
from shared.files import sheets

Shape = Literal["sheet", "form"]

_ROWS = 1000  # of a sheet that offer lists
_WIDE = frozenset({"title", "description"})


@lru_cache(maxsize=16)  # as many as there are, and again when staff add a cycle
def kept(shape: Shape, format_: Format, statements: bool, cycles: tuple[tuple[str, str], ...]) -> bytes:
    """What `made` gives, remembered."""
    return made(shape, format_, statements=statements, cycles=dict(cycles))


def made(shape: Shape, format_: Format, *, statements: bool, cycles: Mapping[str, str]) -> bytes:
    """An empty file of this kind; of JSON, an example. `cycles`: the names of all review cycles, by code."""
    columns = [_with(cycles, one) for one in (*IDENTITY[1:], *COLUMNS, *(SOURCES if statements else ()))]
    if format_ == "json":
        return _document(shape, statements=statements)
    if format_ == "csv":
        return _separated(shape, columns)
    return _workbook(shape, columns)


def _with(cycles: Mapping[str, str], column: Column) -> Column:
    return replace(column, codes=lambda: cycles) if column.name == "review_cycle" else column


def _document(shape: Shape, *, statements: bool) -> bytes:
    one = {"entity_id": "veridia", **EXAMPLE}
    one |= {"sources": [{"title": "Statement in the plenary, 5 December 2024"}]} if statements else {}
    return json.dumps([one] if shape == "sheet" else one, ensure_ascii=False, indent=1).encode()


def _separated(shape: Shape, columns: Sequence[Column]) -> bytes:
    names = [one.name for one in columns]
    rows = [names] if shape == "sheet" else [list(FORM_HEADER), *([name, ""] for name in names)]
    return sheets.MARK + b"".join(map(sheets.line, rows))


def _workbook(shape: Shape, columns: Sequence[Column]) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    lists = _lists(book, columns)
    if shape == "sheet":
        _sheet(book, columns, lists)
    else:
        _form(book, columns, lists)
    _notes(book, columns)
    book.remove(book.worksheets[0])
    book.move_sheet("Lists", len(book.worksheets))
    book.active = 0
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _lists(book: Any, columns: Sequence[Column]) -> dict[str, str]:
    """A sheet with all codes and their labels, two columns a list; by column, the range of its codes."""
    sheet = book.create_sheet("Lists")
    ranges = {}
    for place, column in enumerate(one for one in columns if one.codes):
        assert column.codes is not None  # noqa: S101 - those are the ones
        first, codes = 2 * place, column.codes()
        sheet.cell(1, first + 1, column.name)
        for number, (code, label) in enumerate(codes.items(), start=2):
            sheet.cell(number, first + 1, code).number_format = "@"
            sheet.cell(number, first + 2, sheets.harmless(label))  # people name cycles
        letter = letters(first)
        ranges[column.name] = f"Lists!${letter}$2:${letter}${len(codes) + 1}"
    return ranges


def _sheet(book: Any, columns: Sequence[Column], lists: dict[str, str]) -> None:
    from openpyxl.comments import Comment

    sheet = book.create_sheet("Pledges")
    sheet.freeze_panes = "A2"
    for place, column in enumerate(columns, start=1):
        cell = sheet.cell(1, place, column.name)
        _head(cell)
        cell.comment = Comment(_says(column), "Pledges")
        letter = letters(place - 1)
        sheet.column_dimensions[letter].width = 50 if column.name in _WIDE else 20
        sheet.column_dimensions[letter].number_format = "@"  # what is typed stays as it is typed
        _offer(sheet, column, lists, f"{letter}2:{letter}{_ROWS}")


def _form(book: Any, columns: Sequence[Column], lists: dict[str, str]) -> None:
    sheet = book.create_sheet("Pledge")
    for place, head in enumerate((*FORM_HEADER, "note"), start=1):
        _head(sheet.cell(1, place, head))
    for letter, width in (("A", 28), ("B", 60), ("C", 80)):
        sheet.column_dimensions[letter].width = width
    for number, column in enumerate(columns, start=2):
        sheet.cell(number, 1, column.name)
        sheet.cell(number, 2).number_format = "@"
        sheet.cell(number, 3, _says(column))
        _offer(sheet, column, lists, f"B{number}")


def _head(cell: Any) -> None:
    from openpyxl.styles import Font

    cell.font = Font(bold=True)


def _offer(sheet: Any, column: Column, lists: dict[str, str], place: str) -> None:
    """A list to choose from. Where several codes may stand in the cell, it only suggests."""
    from openpyxl.worksheet.datavalidation import DataValidation

    if column.name not in lists:
        return
    several = column.shape in {"many", "each"} or column.name == "language"
    offered = DataValidation("list", formula1=lists[column.name], allow_blank=True, showErrorMessage=not several)
    offered.add(place)
    sheet.add_data_validation(offered)


def _says(column: Column) -> str:
    return f"{column.note} Its codes are in the sheet Lists." if column.codes else column.note


def _notes(book: Any, columns: Sequence[Column]) -> None:
    sheet = book.create_sheet("Notes")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 28, 120
    for sentence in NOTES:
        sheet.append(["", sentence])
    for column in columns:
        sheet.append([column.name, _says(column)])


NOTES = (
    "One pledge a row, or one form a sheet. Only the title must be there; what a submission lacks, the check says.",
    "The names in the first row must stay. Columns that you do not need may be deleted; their order does not matter.",
    "Where a pledge has several of something, write an entry a line in one cell (Alt+Enter).",
    "Parts of one entry stand in the same line: line 2 of targets.by belongs to line 2 of targets.what.",
    "Write values, not formulas, and merge no cells.",
    "The same row makes nothing twice: correct what is reported, and import the whole file again.",
)
