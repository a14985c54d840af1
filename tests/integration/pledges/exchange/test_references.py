"""Rows that name what only the database knows; and rows that could not be made, but are there already."""

from uuid import UUID

import pytest

from tests.integration.pledges.exchange.conftest import Exchange, table
from tests.integration.pledges.exchange.test_exports import published
from tests.integration.pledges.exchange.test_imports import GOOD, rows

NOBODYS = str(UUID(int=7))


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("partner_entities", "nobody", "names no entity: nobody"),
        ("review_cycle", "2999", "names no review cycle: 2999"),
        ("matches", NOBODYS, "names no other published pledge"),
    ],
)
async def test_what_a_row_names_must_be_there(exchange: Exchange, name: str, value: str, problem: str) -> None:
    kind = {"kind": "matching"} if name == "matches" else {}
    content = table([*rows(2), GOOD | kind | {name: value}]).encode()
    done = await exchange.done("pledges.csv", content, submit=True)
    assert (done["made"], done["bad"]) == (2, 1)
    [(_, field, found)] = await exchange.faults(done["path"])
    assert (field, found) == (name, problem)


async def test_what_names_things_that_are_there_is_made_with_them(exchange: Exchange) -> None:
    pledge_id = await published(exchange)
    row = GOOD | {"kind": "matching", "matches": pledge_id, "partner_entities": "kalmora"}
    done = await exchange.done("pledges.csv", table([row]).encode(), submit=True)
    assert (done["made"], done["bad"]) == (1, 0)
    *_, made = await exchange.contents()
    assert (made["matches"], made["partner_entities"]) == (pledge_id, ["kalmora"])


async def test_a_submission_that_names_no_cycle_is_of_the_one_that_is_open_then(exchange: Exchange) -> None:
    await exchange.done("pledges.csv", table([GOOD]).encode(), submit=True)
    same = GOOD | {"objectives": ["objective-4"], "forms": ["process"], "period": {"end": "2026"}}
    del same["period.end"]
    posted = await exchange.post("/pledges", {"entity_id": "veridia", **same, "submit": True})
    assert posted.status_code == 201, posted.text
    imported, made = await exchange.contents()
    assert imported["review_cycle"]
    assert imported == made


async def test_a_draft_that_is_there_stays_known_when_the_file_comes_again_to_be_submitted(exchange: Exchange) -> None:
    drafts = [{"title": "Not complete yet"}]
    await exchange.done("drafts.csv", table(drafts).encode())
    done = await exchange.done("all.csv", table([*drafts, *rows(1), {"title": "Nor is this"}]).encode(), submit=True)
    assert (done["known"], done["made"], done["bad"]) == (1, 1, 1)
