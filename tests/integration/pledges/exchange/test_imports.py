"""Files become pledges: a dry run first, then what is good; the same thing never twice."""

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from services.pledges.exchange.importer import Importer, Lost
from services.pledges.registry.content import EXAMPLE
from tests.integration.pledges.exchange.conftest import AMINA, KOFI, VERA, Exchange, table
from tests.support.api import once
from tests.support.entities import ADMIN, STAFF

GOOD = {"title": "Documents", "description": "We will issue documents.", "objectives": "objective-4"}
GOOD |= {"forms": "process", "period.end": "2026"}


def rows(number: int) -> list[dict[str, str]]:
    return [GOOD | {"title": f"Pledge {place}"} for place in range(1, number + 1)]


async def test_a_dry_run_reports_and_makes_nothing(exchange: Exchange) -> None:
    bad = {"title": "", "description": "x"}
    found = await exchange.dry("pledges.csv", table([GOOD, bad, GOOD | {"period.end": "soon"}]).encode())
    assert (found["state"], found["rows"], found["good"], found["bad"]) == ("checked", 3, 1, 2)
    assert [(row["place"], row["state"]) for row in await exchange.rows(found["path"])] == [
        ("2", "good"),
        ("3", "bad"),
        ("4", "bad"),
    ]
    assert await exchange.faults(found["path"]) == [
        ("A3", "title", "Field required"),
        ("E4", "period.end", "“soon” is no date"),
    ]
    assert (await exchange.count("pledge"), await exchange.count("outbox where topic like '%workflow'")) == (0, 0)


async def test_what_is_good_is_made_as_the_api_makes_it(exchange: Exchange) -> None:
    done = await exchange.done("pledges.json", json.dumps([EXAMPLE]).encode(), submit=True)
    assert (done["state"], done["made"], done["bad"]) == ("done", 1, 0)
    posted = await exchange.post("/pledges", EXAMPLE | {"entity_id": "veridia", "submit": True})
    assert posted.status_code == 201
    imported, made = await exchange.contents()
    assert imported == made
    [row] = await exchange.rows(done["path"])
    assert row["state"] == "made"
    steps = await exchange.service.rows('select action, "by", person_id, fields from pledge_history order by step_id')
    assert steps[0] == steps[1]
    types = [one.type for one in await exchange.service.outbox("gcm.pledges.workflow")]
    assert types == ["pledge.submitted.v1", "pledge.submitted.v1"]


async def test_what_a_submission_lacks_is_said_at_its_cells(exchange: Exchange) -> None:
    content = table([{"title": "Only a title", "forms": "policy"}]).encode()
    found = await exchange.dry("pledges.csv", content, submit=True)
    assert {(address, field) for address, field, _ in await exchange.faults(found["path"])} == {
        ("2", "description"),
        ("2", "objectives"),
        ("2", "period.end"),
    }


async def test_the_same_rows_and_the_same_file_make_nothing_twice(exchange: Exchange) -> None:
    content = table([*rows(3), GOOD | {"title": "Pledge 2"}]).encode()
    done = await exchange.done("pledges.csv", content)
    assert (done["made"], done["known"]) == (3, 1)
    again = await exchange.done("copy.csv", content)
    assert (again["made"], again["known"], await exchange.count("pledge")) == (0, 4, 3)
    other_format = json.dumps([_unflattened(row) for row in rows(3)]).encode()
    assert (await exchange.done("pledges.json", other_format))["made"] == 0


def _unflattened(row: dict[str, str]) -> dict[str, Any]:
    plain = {name: text for name, text in row.items() if "." not in name}
    lists = {name: [plain[name]] for name in ("objectives", "forms")}
    return plain | lists | {"period": {"end": row["period.end"]}}


async def test_an_external_id_is_the_same_pledge_and_another_content_is_refused(exchange: Exchange) -> None:
    named = {"external_ids.system": "Hub", "external_ids.id": "17"}
    assert (await exchange.done("a.csv", table([GOOD | named]).encode()))["made"] == 1
    found = await exchange.dry("b.csv", table([GOOD | named | {"title": "Changed"}]).encode())
    [(address, field, problem)] = await exchange.faults(found["path"])
    assert (address, field) == ("G2", "external_ids.id")
    assert "was imported before" in problem
    other_entity = await exchange.done("c.csv", table([GOOD | named]).encode(), entity_id="kalmora", who=KOFI)
    assert other_entity["made"] == 1


async def test_two_imports_of_one_file_at_once_make_each_pledge_once(exchange: Exchange) -> None:
    content = table(rows(30)).encode()
    paths = [(await exchange.dry(f"{name}.csv", content))["path"] for name in "ab"]
    for path in paths:
        assert (await exchange.post(f"{path}/run")).status_code == 200
    second = Importer(exchange.service.database, exchange.service.clock, lambda: None)
    await asyncio.gather(exchange.work(), second.once(asyncio.Event()))
    await exchange.work()
    found = [(await exchange.get(path)).json() for path in paths]
    assert {one["state"] for one in found} == {"done"}
    assert (sum(one["made"] for one in found), sum(one["known"] for one in found)) == (30, 30)
    assert await exchange.count("pledge") == 30


async def test_a_check_that_died_goes_on_where_it_was_and_the_dead_one_writes_nothing(exchange: Exchange) -> None:
    path = await exchange.sent("pledges.csv", table(rows(450)).encode())
    assert (await exchange.post(f"{path}/check", {})).status_code == 200
    dying = await exchange.importer.claim()
    assert dying is not None
    async with exchange.service.owner.transaction() as session:  # the lease of the first one ends
        await session.execute(text("update import_job set lease_until = '2000-01-01'"))
    await exchange.work()
    assert (await exchange.get(path)).json()["rows"] == 450
    with pytest.raises(Lost):
        await exchange.importer._settle(dying, state="unreadable")  # noqa: SLF001 - what the frozen process would do
    assert (await exchange.get(path)).json()["state"] == "checked"


async def test_a_frozen_importer_that_wakes_up_beside_its_successor_makes_nothing(exchange: Exchange) -> None:
    found = await exchange.dry("pledges.csv", table(rows(300)).encode())
    assert (await exchange.post(f"{found['path']}/run")).status_code == 200
    frozen = await exchange.importer.claim()
    async with exchange.service.owner.transaction() as session:
        await session.execute(text("update import_job set lease_until = '2000-01-01'"))
    successor = await exchange.importer.claim()
    assert frozen is not None
    assert successor is not None
    assert await exchange.importer._make(successor, 0, 100)
    with pytest.raises(Lost):
        await exchange.importer._make(frozen, 0, 100)
    assert await exchange.count("pledge") == 100
    assert (await exchange.get(found["path"])).json()["made"] == 100


async def test_an_import_that_was_stopped_goes_on_and_makes_each_row_once(exchange: Exchange) -> None:
    found = await exchange.dry("pledges.csv", table(rows(500)).encode())
    assert (await exchange.post(f"{found['path']}/run")).status_code == 200
    job = await exchange.importer.claim()
    assert job is not None
    assert await exchange.importer._make(job, 0, 200)
    stop = asyncio.Event()
    stop.set()
    await exchange.importer._import(job, stop)  # noqa: SLF001
    half = (await exchange.get(found["path"])).json()
    assert (half["state"], half["made"], half["good"]) == ("importing", 200, 300)
    await exchange.work()
    done = (await exchange.get(found["path"])).json()
    assert (done["state"], done["made"], await exchange.count("pledge")) == ("done", 500, 500)


async def test_a_cancelled_import_makes_nothing_more(exchange: Exchange) -> None:
    found = await exchange.dry("pledges.csv", table(rows(300)).encode())
    await exchange.post(f"{found['path']}/run")
    job = await exchange.importer.claim()
    assert job is not None
    await exchange.importer._make(job, 0, 200)
    cancelled = await exchange.post(f"{found['path']}/cancel")
    assert cancelled.json()["state"] == "cancelled"
    with pytest.raises(Lost):
        await exchange.importer._make(job, 0, 200)
    await exchange.work()
    assert await exchange.count("pledge") == 200
    assert (await exchange.post(f"{found['path']}/run")).status_code == 409


async def test_a_right_that_ends_between_check_and_import_is_asked_for_again(exchange: Exchange) -> None:
    found = await exchange.dry("pledges.csv", table(rows(2)).encode())
    async with exchange.service.owner.transaction() as session:
        await session.execute(text("delete from membership where person_id = 'amina'"))
    done = await exchange.ran(found["path"])
    assert (done["made"], done["bad"], await exchange.count("pledge")) == (0, 2, 0)
    mend = await exchange.get(f"{found['path']}/bad-rows")
    assert "Pledge 1" in mend.text


@pytest.mark.parametrize(
    ("who", "wish", "status"),
    [
        (VERA, {}, 403),
        (KOFI, {}, 403),
        (AMINA, {"entity_id": "nowhere"}, 422),
        (AMINA, {"entity_id": None}, 422),
        (AMINA, {"statements": True}, 403),
        (AMINA, {"name": "pledges.doc"}, 422),
        (AMINA, {"size": 50_000_001}, 422),
        (AMINA, {"size": 0}, 422),
        (STAFF, {"statements": True, "entity_id": None}, 201),
        (STAFF, {}, 403),
    ],
)
async def test_who_may_import_what(exchange: Exchange, who: dict[str, str], wish: Any, status: int) -> None:
    body = {"name": "pledges.csv", "size": 10, "entity_id": "veridia", **wish}
    assert (await exchange.post("/imports", body, who)).status_code == status


async def test_a_row_for_somebody_else_is_refused_and_others_go_in(exchange: Exchange) -> None:
    content = table([GOOD | {"entity_id": "kalmora"}, GOOD]).encode()
    done = await exchange.done("pledges.csv", content)
    assert (done["made"], done["bad"]) == (1, 1)
    assert [one["entity_id"] for one in await exchange.contents()] == ["veridia"]
    assert (await exchange.faults(done["path"]))[0][:2] == ("F2", "entity_id")


async def test_staff_import_public_statements_with_their_sources(exchange: Exchange) -> None:
    said = GOOD | {
        "entity_id": "kalmora",
        "sources.title": "Statement in the plenary",
        "sources.url": "https://un.org/1",
    }
    without = {name: text for name, text in said.items() if not name.startswith("sources")} | {"title": "No source"}
    content = table([said, without]).encode()
    done = await exchange.done("statements.csv", content, who=STAFF, statements=True, entity_id=None)
    assert (done["made"], done["bad"]) == (1, 1)
    [public] = (await exchange.get("/pledges")).json()["items"]
    assert (public["origin"], public["entity_id"], public["state"]) == ("public_statement", "kalmora", "published")
    again = await exchange.done("statements.csv", content, who=STAFF, statements=True, entity_id=None)
    assert (again["made"], again["known"]) == (0, 1)


async def test_an_import_is_its_authors_alone(exchange: Exchange) -> None:
    path = (await exchange.dry("pledges.csv", table(rows(1)).encode()))["path"]
    for address in ("", "/rows", "/bad-rows"):
        assert (await exchange.get(path + address, KOFI)).status_code == 404
        assert (await exchange.get(path + address, STAFF)).status_code == 404
    assert (await exchange.get("/imports", KOFI)).json()["items"] == []
    assert [one["name"] for one in (await exchange.get("/imports")).json()["items"]] == ["pledges.csv"]
    for act in ("check", "run", "cancel"):
        assert (await exchange.post(f"{path}/{act}", {}, KOFI)).status_code == 404


async def test_parts_must_fit_and_all_be_there(exchange: Exchange) -> None:
    begun = await exchange.post("/imports", {"name": "a.csv", "size": 1_000_000, "entity_id": "veridia"})
    path, put = begun.headers["location"], exchange.service.client.put
    assert (await put(f"{path}/parts/1", content=b"x" * 10, headers=AMINA)).status_code == 422
    assert (await put(f"{path}/parts/3", content=b"x" * 10, headers=AMINA)).status_code == 422
    for _ in range(2):  # a part may come twice
        sent = await put(f"{path}/parts/1", content=b"x" * 900_000, headers=AMINA)
        assert sent.json() == {"received": 900_000}
    assert (await exchange.post(f"{path}/check", {})).status_code == 409
    assert (await put(f"{path}/parts/2", content=b"x" * 100_000, headers=AMINA)).json() == {"received": 1_000_000}
    assert (await exchange.post(f"{path}/check", {})).status_code == 200
    assert (await put(f"{path}/parts/2", content=b"x" * 100_000, headers=AMINA)).status_code == 409


async def test_old_imports_are_dropped_and_still_make_nothing_twice(exchange: Exchange) -> None:
    content = table(rows(2)).encode()
    await exchange.done("pledges.csv", content)
    async with exchange.service.owner.transaction() as session:
        await session.execute(text("update import_job set updated_at = '2000-01-01'"))
    fresh = Importer(exchange.service.database, exchange.service.clock, lambda: None)
    assert await fresh.once(asyncio.Event()) is False
    assert (await exchange.count("import_job"), await exchange.count("import_row")) == (0, 0)
    assert (await exchange.done("pledges.csv", content))["made"] == 0


async def test_the_application_cannot_forget_what_was_imported(exchange: Exchange) -> None:
    for statement in ("delete from imported", "update imported set key = ''"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with exchange.service.database.transaction() as session:
                await session.execute(text(statement))


async def test_a_request_that_is_repeated_begins_one_import(exchange: Exchange) -> None:
    headers = once(AMINA)
    body = {"name": "a.csv", "size": 10, "entity_id": "veridia"}
    answers = [(await exchange.service.client.post("/imports", json=body, headers=headers)).json() for _ in range(2)]
    assert answers[0] == answers[1]


async def test_who_is_erased_leaves_no_file_behind_and_what_was_made_stays(exchange: Exchange) -> None:
    found = await exchange.dry("pledges.csv", table(rows(300)).encode())
    await exchange.post(f"{found['path']}/run")
    job = await exchange.importer.claim()
    assert job is not None
    await exchange.importer._make(job, 0, 200)
    erased = await exchange.service.client.delete("/people/amina", headers=ADMIN)
    assert erased.status_code == 202
    with pytest.raises(Lost):
        await exchange.importer._make(job, 1, 100)
    left = [await exchange.count(name) for name in ("import_job", "import_part", "import_row", "pledge")]
    assert left == [0, 0, 0, 200]


async def test_who_files_for_another_entity_takes_no_name_from_it_and_learns_of_nothing(exchange: Exchange) -> None:
    named = {"external_ids.system": "register", "external_ids.id": "17"}
    own = table([{**row, **named} for row in rows(1)]).encode()
    place = {"entity_id": "veridia", "proxy_entity_id": "kalmora"}
    filed = table([{**row, **named, **place} for row in rows(1)]).encode()
    first = await exchange.done("own.csv", own)
    second = await exchange.done("filed.csv", filed, who=KOFI, entity_id="kalmora")
    assert (first["made"], second["made"], second["known"]) == (1, 1, 0)
    for content, who, entity_id in ((own, AMINA, "veridia"), (filed, KOFI, "kalmora")):
        again = await exchange.dry("again.csv", content, who=who, entity_id=entity_id)
        assert (again["known"], again["good"]) == (1, 0)


async def test_a_bad_row_does_not_stand_in_the_way_of_its_mended_copy(exchange: Exchange) -> None:
    """Also where they are batches apart."""
    [one] = rows(1)
    named = {"external_ids.system": "register", "external_ids.id": "17"}
    wrong = one | named | {"review_cycle": "2999"}
    found = await exchange.dry("pledges.csv", table([wrong, *rows(400)[1:], one | named]).encode())
    assert (found["bad"], found["good"]) == (1, 400)
