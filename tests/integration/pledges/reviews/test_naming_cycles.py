"""Pledges in the context of a cycle that staff have added: wherever one of the reference data is taken, it is."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from sqlalchemy import event

from services.pledges.exchange import templates
from services.pledges.exchange.importer import Importer
from services.pledges.registry.content import EXAMPLE
from shared.one_write import OneWrite
from tests.integration.pledges.conftest import AMINA, Desk
from tests.integration.pledges.exchange.conftest import Exchange, table
from tests.integration.pledges.reviews.test_cycles import add
from tests.integration.pledges.search.conftest import fold
from tests.support.entities import STAFF, faults, made


@pytest.fixture
async def added(desk: Desk) -> Desk:
    """Veridia's desk, with the cycle 2030."""
    assert (await add(desk)).status_code == 201
    return desk


@contextmanager
def statements(desk: Desk) -> Iterator[list[str]]:
    """What the application asks its database meanwhile."""
    seen: list[str] = []

    def note(_1: Any, _2: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    class Noting(OneWrite):
        async def execute(self, statement: Any, values: Any = None) -> Any:
            seen.append(str(statement))
            return await super().execute(statement, values)

    database = desk.service.database
    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    database.one_write_class = Noting
    try:
        yield seen
    finally:
        database.one_write_class = OneWrite
        event.remove(engine, "before_cursor_execute", note)


async def test_it_is_drafted_submitted_published_and_found(added: Desk) -> None:
    pledge = await added.published(review_cycle="2030")
    await added.published(title="Another")
    assert (await added.get(f"/pledges/{pledge}")).json()["review_cycle"] == "2030"
    for folded in (False, True):
        if folded:
            await fold(added)
        page = (await added.get("/pledges?cycle=2030&cycle=2026")).json()["items"]
        assert [one["pledge_id"] for one in page] == [pledge]
        facets = (await added.get("/pledges/facets?of=cycle")).json()["facets"]["cycle"]
        assert facets == [{"code": "2022", "count": 1}, {"code": "2030", "count": 1}]
    counted = (await added.get("/reviews/imrf-2030/pledges")).json()
    assert (counted["denominator"], counted["silent"]) == (1, 1)
    exported = await added.get("/exports/pledges/json?cycle=2030")
    assert [one["pledge_id"] for one in exported.json()] == [pledge]


async def test_it_is_counted_by_its_name_from_the_moment_it_is_added(desk: Desk) -> None:
    before = await desk.get("/statistics?by=cycle")
    assert (await add(desk)).status_code == 201
    after = await desk.get("/statistics?by=cycle")
    assert after.headers["etag"] != before.headers["etag"]
    codes = {one["code"]: (one["name"], one["pledges"]) for one in after.json()["rows"]["values"]}
    assert codes["2030"] == ("Cycle of 2030", 0)
    await desk.published(review_cycle="2030")
    table = (await desk.get("/statistics?by=objective&and=cycle")).json()
    assert {"row": "objective-4", "column": "2030", "pledges": 1} in table["cells"]
    reviews = (await desk.get("/entities/veridia/profile")).json()["reviews"]
    assert reviews == [{"cycle": "2030", "denominator": 1, "reported": 0, "silent": 1}]
    assert {one["code"] for one in (await desk.get("/statistics?by=review")).json()["rows"]["values"]} == {
        "2030.silent"
    }


async def test_a_pledge_that_names_a_cycle_of_the_reference_data_asks_for_none(added: Desk) -> None:
    with statements(added) as seen:
        assert (await added.create(submit=True, review_cycle="2022")).status_code == 201
    usual = len(seen)
    assert not [one for one in seen if "review_cycle" in one]
    with statements(added) as seen:
        assert (await added.create(submit=True, review_cycle="2030")).status_code == 201
    assert (len(seen), len([one for one in seen if "review_cycle" in one])) == (usual + 1, 1)


async def test_a_submission_that_names_none_is_of_the_one_that_is_open(added: Desk) -> None:
    for at, cycle in ((datetime(2025, 1, 1, tzinfo=UTC), "2026"), (datetime(2026, 6, 1, tzinfo=UTC), "2030")):
        added.service.set_clock(at)
        assert (await added.create(submit=True, review_cycle=None)).json()["content"]["review_cycle"] == cycle
    assert (await added.create(review_cycle=None)).json()["content"]["review_cycle"] is None


@pytest.fixture
async def exchange(added: Desk) -> AsyncIterator[Exchange]:
    async with aclosing(Importer(added.service.database, added.service.clock, lambda: None)) as importer:
        yield Exchange(added.service, importer)


async def test_an_import_takes_it_and_asks_once_for_a_batch(added: Desk, exchange: Exchange) -> None:
    row = EXAMPLE | {"external_ids": []}
    rows = [row | {"title": f"Pledge {place}", "review_cycle": "2030"} for place in range(20)]
    rows.append(row | {"title": "Wrong", "review_cycle": "2031"})
    path = await exchange.sent("pledges.json", json.dumps(rows).encode())
    with statements(added) as seen:
        found = await exchange.checked(path)
    assert (found["good"], found["bad"]) == (20, 1)
    assert len([one for one in seen if "FROM review_cycle" in one]) == 2  # 2030 and 2031
    assert [field for _, field, _ in await exchange.faults(path)] == ["review_cycle"]
    assert (await exchange.ran(path))["made"] == 20


async def test_a_dry_run_of_statements_names_the_cell_of_what_nobody_has_added(exchange: Exchange) -> None:
    row = {"entity_id": "kalmora", "sources.title": "Said", "title": "A law", "review_cycle": "2030"}
    rows = [row, row | {"title": "Another", "review_cycle": "2031"}]
    path = await exchange.sent("statements.csv", table(rows).encode(), STAFF, statements=True)
    found = await exchange.checked(path, STAFF)
    assert (found["good"], found["bad"]) == (1, 1)
    [bad] = await exchange.rows(path, STAFF, state="bad")
    assert [(fault["address"], fault["field"]) for fault in bad["faults"]] == [("D3", "review_cycle")]
    assert (await exchange.ran(path, STAFF))["made"] == 1


async def test_a_template_offers_it(added: Desk) -> None:
    book = openpyxl.load_workbook(BytesIO((await added.get("/import-templates/sheet/xlsx")).content))
    offered = [str(cell.value) for row in book["Lists"].iter_rows() for cell in row]
    assert "2030" in offered
    assert "Cycle of 2030" in offered


async def test_no_name_becomes_a_formula_in_a_template(desk: Desk) -> None:
    assert (await add(desk, names={"en": '=HYPERLINK("http://elsewhere.invalid","x")'})).status_code == 201
    for shape in ("sheet", "form"):
        book = openpyxl.load_workbook(BytesIO((await desk.get(f"/import-templates/{shape}/xlsx")).content))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert any("HYPERLINK" in str(cell.value) for cell in cells)
        assert "f" not in {cell.data_type for cell in cells}


async def test_what_nobody_has_added_is_refused_everywhere(added: Desk) -> None:
    made_ = await added.create()
    path, seen = f"/pledges/{made_.json()['pledge_id']}", made_.headers["etag"]
    wrong = EXAMPLE | {"review_cycle": "2031"}
    said = {"entity_id": "kalmora", **wrong, "sources": [{"title": "Said"}]}
    before = await added.counts()
    for answer, field in (
        (await added.create(review_cycle="2031"), "review_cycle"),
        (await added.create(review_cycle="imrf-2030"), "review_cycle"),
        (await added.create(review_cycle="2031\n"), "review_cycle"),
        (await added.put(path, wrong, seen=seen), "review_cycle"),
        (await added.patch(path, {"review_cycle": "2031"}, seen=seen), "review_cycle"),
        (await added.post("/statements", said, STAFF), "review_cycle"),
        (await added.post("/pledges/advice", {"entity_id": "veridia", **wrong}), "review_cycle"),
        (await added.get("/pledges?cycle=2022&cycle=2031"), "cycle.1"),
        (await added.get("/pledges/facets?cycle=2031"), "cycle.0"),
        (await added.get("/exports/pledges/csv?cycle=2031"), "cycle.0"),
    ):
        assert (answer.status_code, set(faults(answer))) == (422, {field})
    assert await added.counts() == before


async def test_many_that_nobody_has_added_are_asked_for_at_once(added: Desk) -> None:
    with statements(added) as seen:
        answer = await added.get("/pledges?" + "&".join(f"cycle=2031-{number}" for number in range(50)))
    assert (answer.status_code, len(faults(answer))) == (422, 50)
    assert len([one for one in seen if "FROM review_cycle" in one]) == 1


async def test_a_template_is_made_once(added: Desk) -> None:
    templates.kept.cache_clear()
    first, again = [(await added.get("/import-templates/form/xlsx")).content for _ in range(2)]
    assert first == again
    assert (templates.kept.cache_info().misses, templates.kept.cache_info().hits) == (1, 1)


async def test_advice_is_given_on_it(added: Desk) -> None:
    body = EXAMPLE | {"entity_id": "veridia", "review_cycle": "2030"}
    found = await made(added.service.client.post("/pledges/advice", json=body, headers=AMINA))
    assert found["smart"]
