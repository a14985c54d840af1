"""What is exported is what came in, byte for byte, and an import of it makes nothing."""

import csv
import io
import json

import openpyxl
import pytest

from services.pledges.registry.content import EXAMPLE
from tests.integration.pledges.exchange.conftest import KOFI, VERA, Exchange
from tests.support.api import once
from tests.support.entities import REVIEWER, STAFF
from tests.support.tokens import bearer

TEXTS = {
    "formula": '=HYPERLINK("http://evil.example")',
    "bullets": "- first\r\n- second\n\ttab ",
    "quoted": "'quoted', \"twice\"; and parted",
    "scripts": "التزام بالهجرة 移民承诺 Обязательство \U0001f30d",
    "escapes": "_x000D_ is no line break\r, nor is _x0041_ an A; \x01",
}
FORMATS = ("csv", "xlsx", "json")


async def published(exchange: Exchange, **changed: object) -> str:
    """The id of a new public pledge."""
    made = await exchange.post("/pledges", EXAMPLE | {"entity_id": "veridia", "submit": True} | changed)
    assert made.status_code == 201, made.text
    pledge_id = str(made.json()["pledge_id"])
    headers = once(STAFF) | {"If-Match": made.headers["etag"]}
    done = await exchange.service.client.post(f"/pledges/{pledge_id}/publish", headers=headers)
    assert done.status_code == 200, done.text
    return pledge_id


@pytest.mark.parametrize("format_", FORMATS)
async def test_export_and_import_give_the_same_bytes_and_make_nothing(exchange: Exchange, format_: str) -> None:
    for name, text in TEXTS.items():
        await published(exchange, title=f"-{name}", description=text, external_ids=[])
    await exchange.post("/pledges", {"entity_id": "veridia", "title": "A draft"})
    before = await exchange.contents()
    exported = await exchange.get(f"/exports/pledges/{format_}", None)
    assert exported.status_code == 200
    assert exported.headers["content-disposition"].startswith("attachment")
    again = await exchange.done(f"pledges.{format_}", exported.content)
    assert (again["rows"], again["known"], again["bad"], again["made"]) == (len(TEXTS), len(TEXTS), 0, 0)
    copies = await exchange.get(f"/entities/veridia/working-copies/{format_}")
    mine = await exchange.done(f"mine.{format_}", copies.content)
    assert (mine["rows"], mine["known"], mine["bad"], mine["made"]) == (len(TEXTS) + 1, len(TEXTS) + 1, 0, 0)
    assert await exchange.contents() == before


@pytest.mark.parametrize("format_", FORMATS)
async def test_elsewhere_the_same_file_makes_the_same_pledges_once(exchange: Exchange, format_: str) -> None:
    """The ids of another installation are not known here, and yet the file makes nothing twice."""
    for name, text in TEXTS.items():
        await published(exchange, title=f"-{name}", description=text)
    exported = (await exchange.get(f"/exports/pledges/{format_}", None)).content
    ids = [row["pledge_id"] for row in json.loads((await exchange.get("/exports/pledges/json", None)).content)]
    async with exchange.service.owner.transaction() as session:
        from sqlalchemy import text as sql

        tables = "public_history, pledge_version, public_pledge, pledge_history, pledge"
        await session.execute(sql(f"truncate {tables} cascade"))
    done = await exchange.done(f"pledges.{format_}", exported)
    assert (done["made"], done["bad"]) == (len(ids), 0), await exchange.faults(done["path"])
    assert {one["description"] for one in await exchange.contents()} == set(TEXTS.values())
    assert (await exchange.done(f"again.{format_}", exported))["made"] == 0


async def test_no_cell_is_a_formula(exchange: Exchange) -> None:
    for sign in "=+-@":
        await published(exchange, title=f"{sign}1+1", description=f"{sign}cmd", partners=[f"{sign}A1"], external_ids=[])
    text = (await exchange.get("/exports/pledges/csv", None)).content.decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    book = openpyxl.load_workbook(io.BytesIO((await exchange.get("/exports/pledges/xlsx", None)).content))
    inside = [cell for row in book["Pledges"].iter_rows() for cell in row if cell.value is not None]
    assert not [cell.value for cell in inside if cell.data_type != "s"]
    found = [*cells, *(str(cell.value) for cell in inside)]
    assert not [cell for cell in found if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}]
    assert sum(cell.startswith("'=") for cell in found) == 6  # title, description and partner in both


async def test_an_export_takes_the_filters_of_the_list(exchange: Exchange) -> None:
    await published(exchange, title="Policy", forms=["policy"])
    await published(exchange, title="Process", forms=["process"])
    found = (await exchange.get("/exports/pledges/json", None, form="policy")).json()
    assert [one["title"] for one in found] == ["Policy"]
    assert (await exchange.get("/exports/pledges/json", None, entity="kalmora")).json() == []
    assert (await exchange.get("/exports/pledges/csv", None, form="nonsense")).status_code == 422
    assert (await exchange.get("/exports/pledges/pdf", None)).status_code == 422


async def test_working_copies_are_for_members_staff_and_reviewers(exchange: Exchange) -> None:
    await exchange.post("/pledges", {"entity_id": "veridia", "title": "Secret plan"})
    path = "/entities/veridia/working-copies/csv"
    for who in (VERA, STAFF, REVIEWER):
        assert "Secret plan" in (await exchange.get(path, who)).text
    for who in (KOFI, bearer("nobody-in-particular")):
        assert (await exchange.get(path, who)).status_code == 404
    assert (await exchange.get(path, None)).status_code == 401
    assert "Secret plan" not in (await exchange.get("/exports/pledges/csv", None)).text


async def test_pages_of_an_export_follow_each_other_without_gap(exchange: Exchange) -> None:
    rows = "title\r\n" + "".join(f"Pledge {number}\r\n" for number in range(450))
    await exchange.done("many.csv", rows.encode())
    found = (await exchange.get("/entities/veridia/working-copies/json")).json()
    titles = [one["title"] for one in found]
    assert len(titles) == 450
    for begin in (0, 200, 400):  # each block in its order, whichever came first
        block = [f"Pledge {number}" for number in range(begin, min(begin + 200, 450))]
        assert [title for title in titles if title in block] == block


async def test_an_exported_row_that_was_changed_is_told_where_to_change_it(exchange: Exchange) -> None:
    pledge_id = await published(exchange)
    [row] = json.loads((await exchange.get("/exports/pledges/json", None)).content)
    found = await exchange.dry("pledges.json", json.dumps([row | {"title": "Other"}]).encode())
    [(address, field, problem)] = await exchange.faults(found["path"])
    assert (address, field) == ("/0/pledge_id", "pledge_id")
    assert pledge_id in problem
