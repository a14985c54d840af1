"""Files as they really come, and as somebody makes them who means harm: said in words, never obeyed."""

import io
import json
import zipfile
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, cast

import openpyxl
import pytest
from openpyxl.worksheet.datavalidation import DataValidation

from services.pledges.exchange import checking, files, workbooks
from services.pledges.exchange.checking import Wanted
from services.pledges.exchange.files import MOST_ROWS, Fault, Format, Opened, Record, Unreadable

MINE = Wanted(statements=False, entity_id="veridia", submit=False)


def opened(content: bytes, format_: Format = "csv", encoding: str | None = None) -> Opened:
    return files.opened(io.BytesIO(content), format_, encoding)


def records(content: bytes, format_: Format = "csv", encoding: str | None = None) -> list[Record]:
    return list(opened(content, format_, encoding).records)


def faults(content: bytes, format_: Format = "csv") -> list[Fault]:
    return [fault for record in records(content, format_) for fault in checking.check(record, MINE).faults]


def unreadable(content: bytes, format_: Format = "csv", encoding: str | None = None) -> Fault:
    with pytest.raises(Unreadable) as refused:
        records(content, format_, encoding)
    assert refused.value.fault.remedy
    return refused.value.fault


def book(*rows: Iterable[Any], change: Any = None) -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    if change:
        change(sheet)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def rezipped(content: bytes, **parts: bytes) -> bytes:
    """The workbook with other or more parts; `__` in a name stands for `/`, `_dot_` for a point."""
    changed = {name.replace("__", "/").replace("_dot_", "."): part for name, part in parts.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in dict.fromkeys([*old.namelist(), *changed]):
            new.writestr(name, changed[name] if name in changed else old.read(name))
    return out.getvalue()


@pytest.mark.parametrize(
    "text", ["2026-06-30", "30/06/2026", "30.06.2026", "30 juin 2026", "June 30th, 2026", "2026年6月30日"]
)
def test_dates_as_text_in_many_styles(text: str) -> None:
    content = f'title,period.end\nA,"{text}"\n'.encode()
    [record] = records(content)
    assert record.fields["period"] == {"end": "2026-06-30"}


def test_dates_that_can_be_two_or_none() -> None:
    found = faults(b"title,period.end\nA,03/04/2026\nB,end of next year\nC,30/02/2026\n")
    assert [(one.address, one.field) for one in found] == [(f"B{row}", "period.end") for row in (2, 3, 4)]
    assert found[0].remedy == "write 2026-03-04 or 2026-04-03"


def test_cells_with_dates_and_numbers() -> None:
    rows = [
        ("title", "period.start", "period.end", "targets.what", "targets.value", "targets.by"),
        ("A", datetime(2025, 1, 2, 3, 4), date(2026, 6, 30), "posts", 12.50, 2027),  # noqa: DTZ001 - cells have no zone
    ]
    [record] = records(book(*rows), "xlsx")
    assert record.fields["period"] == {"start": "2025-01-02", "end": "2026-06-30"}
    wish = checking.check(record, MINE).wish
    assert wish is not None
    [target] = json.loads(wish)["targets"]
    assert (target["value"], target["by"]) == ("12.5", "2027")


def test_200_000_euros() -> None:
    found = faults(b"title,money.said,money.amount\nA,200.000 euros,200.000\nB,,200.000 euros\n")
    assert [(one.address, one.field) for one in found] == [("C2", "money.amount"), ("C3", "money.amount")]
    assert found[0].remedy == "write 200 or 200000"
    [record] = records(b"title,money.said\nA,200.000 euros\n")
    assert record.fields["money"] == [{"said": "200.000 euros"}]
    [record] = records(b"title;money.amount\nA;1.200.000,50\n")
    assert str(record.fields["money"][0]["amount"]) == "1200000.50"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_separators_and_encodings(separator: str, encoding: str) -> None:
    text = f'title{separator}description\r\nالتزام{separator}"移民 Обязательство{separator}\r\nx"\r\n'
    found = opened(text.encode(encoding))
    [record] = found.records
    assert record.fields["title"] == "التزام"
    assert record.fields["description"] == f"移民 Обязательство{separator}\r\nx"
    assert found.notes == []


def test_an_encoding_that_nobody_named_is_guessed_and_said_and_can_be_named() -> None:
    found = opened("title\nRéfugiés\n".encode("cp1252"))
    assert [record.fields["title"] for record in found.records] == ["Réfugiés"]
    assert "Windows-1252" in found.notes[0]
    [record] = records("title\nОбязательство\n".encode("cp1251"), encoding="cp1251")
    assert record.fields["title"] == "Обязательство"
    assert "encoding" in unreadable("title\nОбязательство\n".encode("cp1251"), encoding="utf-8").problem


def test_formulas_are_not_computed() -> None:
    content = book(("title", "targets.what", "targets.value"), ("A", "posts", "=1+1"), ("B", "posts", '=CMD("x")'))
    found = faults(content, "xlsx")
    assert [(one.address, one.field) for one in found] == [("C2", "targets.value"), ("C3", "targets.value")]
    assert "formula" in found[0].problem
    assert records(b"title\n=1+1\n")[0].fields["title"] == "=1+1"  # in CSV it is a text like any other


def test_merged_cells_are_named() -> None:
    content = book(("title", "description"), ("A", "x"), ("B", None), change=lambda sheet: sheet.merge_cells("B2:B3"))
    assert [(one.address, one.problem) for one in faults(content, "xlsx")] == [
        ("B2", "is one of the merged cells B2:B3"),
        ("B3", "is one of the merged cells B2:B3"),
    ]


def test_macros_are_neither_run_nor_kept() -> None:
    content = rezipped(book(("title",), ("A",)), xl__vbaProject_dot_bin=b"Sub AutoOpen()")
    found = opened(content, "xlsx")
    assert "macros" in found.notes[0]
    assert [record.fields["title"] for record in found.records] == ["A"]


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%b">' % (97 + level, b"&%c;" % (96 + level) * 10) for level in range(1, 20))
    + b"]><worksheet>&t;</worksheet>"
)


@pytest.mark.parametrize("part", ["xl__worksheets__sheet1_dot_xml", "xl__workbook_dot_xml", "xl__styles_dot_xml"])
def test_an_xml_bomb_is_refused(part: str) -> None:
    content = rezipped(book(("title",), ("A",)), **{part: BOMB})
    assert "entities" in unreadable(content, "xlsx").problem


def test_an_entity_that_names_a_file_is_refused() -> None:
    sheet = b'<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><worksheet>&x;</worksheet>'
    content = rezipped(book(("title",), ("A",)), xl__worksheets__sheet1_dot_xml=sheet)
    assert "entities" in unreadable(content, "xlsx").problem


def test_a_zip_bomb_is_refused_before_it_is_unzipped(monkeypatch: pytest.MonkeyPatch) -> None:
    content = rezipped(book(("title",), ("A",)), xl__media__zeros=b"\0" * (workbooks.LARGEST_UNZIPPED + 1))
    assert len(content) < 1_000_000
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("it was unzipped"))
    assert "unzipped" in unreadable(content, "xlsx").problem


def test_a_zip_that_lies_about_its_size_is_cut_off() -> None:
    content = bytearray(rezipped(book(("title",), ("A",)), xl__worksheets__sheet1_dot_xml=b" " * 5_000_000))
    size = (5_000_000).to_bytes(4, "little")
    assert content.count(size) == 2  # of the file and of the directory
    assert unreadable(bytes(content.replace(size, (100).to_bytes(4, "little"))), "xlsx")


def test_two_million_rows_end_at_the_limit() -> None:
    def lines() -> Iterable[bytes]:
        yield b"title\n"
        yield b"A\n" * 2_000_000

    fault = unreadable(b"".join(lines()))
    assert (fault.problem, fault.address) == (f"has more than {MOST_ROWS:,} pledges", str(MOST_ROWS + 2))
    assert "empty rows" in unreadable(b"title\n" + b"\n" * 2_000_000).problem


def test_a_sheet_of_two_million_rows_ends_at_the_limit() -> None:
    row = b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>A</t></is></c></row>'
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    first = b'<row r="1"><c r="A1" t="inlineStr"><is><t>title</t></is></c></row>'
    many = b"".join(row % (number, number) for number in range(2, 2_000_001))
    sheet = head + first + many + b"</sheetData></worksheet>"
    content = rezipped(book(("title",)), xl__worksheets__sheet1_dot_xml=sheet)
    assert f"more than {MOST_ROWS:,}" in unreadable(content, "xlsx").problem


def test_cells_far_away_cost_nothing() -> None:
    def far(sheet: Any) -> None:
        sheet["XFD1048576"] = "x"

    assert "empty rows" in unreadable(book(("title",), ("A",), change=far), "xlsx").problem


@pytest.mark.parametrize(
    ("content", "format_"),
    [
        (b"%PDF-1.7 not a workbook", "xlsx"),
        (b"", "xlsx"),
        (b"PK\x03\x04broken", "xlsx"),
        (rezipped(book(("title",)), xl__workbook_dot_xml=b"<workbook/>"), "xlsx"),
        (rezipped(book(("title",)), xl__worksheets__sheet1_dot_xml=b"<worksheet><sheetData><row r='x'>"), "xlsx"),
        (book(("name",), ("A",)), "xlsx"),
        (b"", "csv"),
        (b"name\nA\n", "csv"),
        (b"title,titel\nA,B\n", "csv"),
        (b"title,title\nA,B\n", "csv"),
        (b'title\n"never closed\n', "csv"),
        (b"title\n" + b"x" * 200_000 + b"\n", "csv"),
        (b"", "json"),
        (b"42", "json"),
        (b'[{"title": "A"}', "json"),
        (b'[{"title": "A\xff"}]', "json"),
        ('[{"title": "A"}]'.encode("utf-16"), "json"),
        (b'[{"title": ' + b"[" * 50_000 + b"]" * 50_000 + b"}]", "json"),
        (b'[{"title": ' + b"9" * 5000 + b"}]", "json"),
    ],
)
def test_what_is_no_file_of_pledges_is_said(content: bytes, format_: Format) -> None:
    assert unreadable(content, format_).problem


def test_a_misspelt_column_is_named_with_its_cell_and_the_likely_one() -> None:
    fault = unreadable(b"title,objektives\nA,objective-4\n")
    assert (fault.address, fault.remedy) == ("B1", "did you mean objectives? Correct the name, or delete the column")


def test_faults_are_at_the_cells_of_their_values() -> None:
    text = (
        'Title,Objectives,targets what,targets.by,sdg_targets,state\nA,"objective-99","x\ny","2026\nnever",99.9,draft\n'
    )
    found = faults(text.encode())
    assert [(one.address, one.field) for one in found] == [
        ("D2", "targets.by"),
        ("B2", "objectives"),
        ("E2", "sdg_targets"),
    ]
    [fault] = faults(b"title\nA,left over\n")
    assert (fault.address, fault.problem) == ("B2", "stands where the header names no column")


def test_json_faults_have_pointers() -> None:
    found = faults(b'{"pledges": [{"title": "A"}, {"title": "B", "period": {"end": "soon"}, "wrong": 1}, 7]}', "json")
    assert [(one.address, one.field) for one in found] == [
        ("/1/period/end", "period.end"),
        ("/1/wrong", "wrong"),
        ("/2", "pledge"),
        ("/2/title", "title"),
    ]


def test_nul_is_refused_where_it_stands() -> None:
    for content, format_, address in (
        (b'[{"title": "x\\u0000"}]', "json", "/0/title"),
        (b"title\nx\x00\n", "csv", "A2"),
    ):
        [fault] = faults(content, cast("Format", format_))
        assert (fault.address, fault.field) == (address, "title")
        assert "\x00" not in fault.problem


def test_forms_one_a_sheet() -> None:
    made = openpyxl.Workbook()
    first = made.active
    assert first is not None
    second = made.create_sheet("Second")
    for sheet, title in ((first, "A"), (second, "B")):
        for row in (("field", "value", "note"), ("title", title), ("period.end", "soon"), ("objectives", None)):
            sheet.append(list(row))
    first.add_data_validation(DataValidation("list", formula1='"a,b"'))
    out = io.BytesIO()
    made.save(out)
    found = opened(out.getvalue(), "xlsx")
    assert found.layout == "form"
    assert [(one.place, one.fields["title"], one.faults[0].address) for one in found.records] == [
        ("Sheet", "A", "Sheet!B3"),
        ("Second", "B", "Second!B3"),
    ]
    [record] = records(b"field,value\ntitle,A\nperiod.end,2026\n")
    assert record.fields == {"title": "A", "period": {"end": "2026"}}


def test_a_form_that_goes_on_two_thousand_million_rows_down_ends_at_the_limit() -> None:
    made = book(("field", "value"), ("title", "A"))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    far = b'<row r="2000000000"><c r="A2000000000" t="inlineStr"><is><t>language</t></is></c></row></sheetData>'
    content = rezipped(made, xl__worksheets__sheet1_dot_xml=sheet.replace(b"</sheetData>", far))
    fault = unreadable(content, "xlsx")
    assert (fault.problem, fault.address) == ("is a form of more than 1000 rows", "A1001")
