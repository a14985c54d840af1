"""Pledges in cells and back."""

import io
import json
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.pledges.exchange import checking, column_writing, columns, files, templates, writing
from services.pledges.exchange.checking import Wanted
from services.pledges.exchange.columns import COLUMNS
from services.pledges.exchange.files import Format
from services.pledges.exchange.templates import Shape
from services.pledges.registry.content import EXAMPLE, Content
from shared.files import sheets

FORMATS: tuple[Format, ...] = ("csv", "xlsx", "json")
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60)
SIGNS = st.sampled_from(["", "=", "+", "-", "@", "\t", "\r", "'", "''", "'=", "_x000D_", "_x005F_x0041_", "\r\n", "\n"])


def test_every_field_has_a_column() -> None:
    """A new field of pledges is a line in columns.COLUMNS."""
    assert {column.field for column in COLUMNS} == set(Content.model_fields) - {"attachment"}


def test_the_example_survives_its_cells() -> None:
    content = Content(**EXAMPLE)
    found = columns.read(column_writing.written(json.loads(content.model_dump_json())))
    assert (found.faults, Content(**found.fields)) == ([], content)


@given(SIGNS, TEXT)
def test_what_is_made_harmless_is_meant_as_before(sign: str, text: str) -> None:
    assert sheets.as_meant(sheets.harmless(sign + text)) == sign + text
    assert sheets.harmless(sign + text)[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n"}


@pytest.mark.parametrize("format_", FORMATS)
@given(sign=SIGNS, text=TEXT, end=SIGNS, places=st.lists(st.sampled_from(["Nairobi", "=A1", "-"]), max_size=3))
def test_texts_survive_every_format_byte_for_byte(
    format_: Format, sign: str, text: str, end: str, places: list[str]
) -> None:
    description = sign + text + end
    pledge: dict[str, Any] = {**EXAMPLE, "description": description, "places": [{"name": one} for one in places]}
    document = json.loads(Content(**pledge).model_dump_json())
    [record] = files.opened(io.BytesIO(_file(document, format_)), format_, None).records
    checked = checking.check(record, Wanted(statements=False, entity_id="veridia", submit=False))
    assert checked.wish is not None, checked.faults
    wish = json.loads(checked.wish)
    assert wish["description"] == description
    assert [one["name"] for one in wish["places"]] == places
    assert checked.digest == checking.digest_of(json.dumps(document))


def _file(document: dict[str, Any], format_: Format) -> bytes:
    if format_ == "json":
        return b"[" + writing.document(document) + b"]"
    if format_ == "csv":
        return sheets.MARK + sheets.line(writing.HEADER) + sheets.line(writing.row(document))
    book, out = sheets.Workbook("Pledges", writing.HEADER), io.BytesIO()
    book.add(writing.row(document))
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("shape", ["sheet", "form"])
@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("statements", [False, True])
def test_a_template_is_a_file_that_can_be_filled_in(shape: Shape, format_: Format, *, statements: bool) -> None:
    content = templates.made(shape, format_, statements=statements, cycles={})
    found = files.opened(io.BytesIO(content), format_, None)
    assert found.layout == ("list" if (shape, format_) == ("sheet", "json") else shape)
    filled = list(found.records)
    wanted = Wanted(statements=statements, entity_id="veridia", submit=False)
    assert [checking.check(one, wanted).faults for one in filled] == ([[]] if format_ == "json" else [])


def test_a_template_offers_lists_and_says_what_goes_where() -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(templates.made("sheet", "xlsx", statements=False, cycles={"2022": "The first"}))
    )
    assert book.sheetnames == ["Pledges", "Notes", "Lists"]
    sheet = book["Pledges"]
    heads: dict[str, Any] = {str(cell.value): cell for cell in sheet[1]}
    assert all(cell.comment and cell.comment.text for cell in heads.values())
    offered = {str(one.sqref).partition("2:")[0]: one for one in sheet.data_validations.dataValidation}
    kinds = offered[heads["kind"].column_letter]
    assert kinds.showErrorMessage
    assert not offered[heads["objectives"].column_letter].showErrorMessage  # several may stand there
    lists = book["Lists"]
    column = str(kinds.formula1).partition("$")[2].partition("$")[0]
    assert [cell.value for cell in lists[column] if cell.value] == [
        "kind",
        "individual",
        "common",
        "in_partnership",
        "matching",
    ]


def test_a_text_that_no_cell_can_hold_is_said_in_its_place() -> None:
    book, out = sheets.Workbook("Pledges", ["title"]), io.BytesIO()
    book.add(["x" * 40_000])
    book.save(out)
    sheet = openpyxl.load_workbook(io.BytesIO(out.getvalue()))["Pledges"]
    assert "longer than a cell" in str(sheet["A2"].value)
