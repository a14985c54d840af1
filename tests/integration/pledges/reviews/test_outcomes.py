"""Outcomes of reviews: recorded and corrected by staff, told to everybody, every version kept."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.integration.pledges.conftest import AMINA, Desk
from tests.support.api import START
from tests.support.entities import REVIEWER, STAFF, faults

PATH = "/reviews/africa-2024/outcome"
SAID = {"text": "States agreed to meet again.", "document": "https://documents.example/a"}


@pytest.fixture
async def over(desk: Desk) -> Desk:
    """After the African review of 2024."""
    desk.service.set_clock(START + timedelta(days=100))
    return desk


async def record(desk: Desk, changed: dict[str, Any] | None = None, seen: str = '"1"') -> Any:
    return await desk.put(PATH, SAID | (changed or {}), STAFF, seen)


async def test_an_outcome_is_public_and_told(over: Desk) -> None:
    answer = await record(over)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    outcome = answer.json()["outcome"]
    region = (await over.get("/reviews/africa-2024")).json()["group"]
    assert outcome | SAID | {"version": 1, "region": region} == outcome
    [told] = await over.service.outbox("gcm.reviews")
    assert (told.data["milestone"]["outcome"], told.data["change"]["fields"]) == (outcome, ["outcome"])


async def test_a_correction_is_a_new_version_and_the_first_stays(over: Desk) -> None:
    await record(over)
    again = await record(over, {"text": "States agreed to meet in 2026.", "region": "ldc"}, '"2"')
    assert again.json()["outcome"]["version"] == 2
    page = (await over.get("/reviews/africa-2024/outcomes")).json()
    assert [(one["version"], one["text"]) for one in page["items"]] == [
        (2, "States agreed to meet in 2026."),
        (1, SAID["text"]),
    ]
    same = await record(over, {"text": "States agreed to meet in 2026.", "region": "ldc"}, '"3"')
    assert (same.status_code, same.headers["etag"]) == (200, '"3"')
    first = await over.get("/reviews/africa-2024/outcomes?limit=1")
    rest = await over.get(first.links["next"]["url"])
    assert [one["version"] for one in rest.json()["items"]] == [1]


async def test_a_move_keeps_the_outcome(over: Desk) -> None:
    await record(over)
    body = {"starts": "2024-10-02", "time_zone": "Africa/Addis_Ababa", "reason": "It began a day later."}
    moved = await over.put("/reviews/africa-2024", body, STAFF, '"2"')
    assert (moved.status_code, moved.json()["outcome"]["text"]) == (200, SAID["text"])


async def test_what_has_not_begun_has_no_outcome(desk: Desk) -> None:
    answer = await desk.put("/reviews/plenary-2024/outcome", SAID, STAFF, '"1"')
    assert answer.status_code == 409
    assert (await desk.get("/reviews/plenary-2024")).json()["outcome"] is None


async def test_it_begins_with_the_day_at_its_seat(desk: Desk) -> None:
    begins = datetime(2024, 10, 7, 21, tzinfo=UTC)  # 8 October in Addis Ababa
    for when, status in ((begins - timedelta(minutes=1), 409), (begins, 200)):
        desk.service.set_clock(when)
        assert (await record(desk)).status_code == status


async def test_only_staff_who_saw_the_present_one_record_it(over: Desk) -> None:
    for who in (AMINA, REVIEWER):
        assert (await over.put(PATH, SAID, who, '"1"')).status_code == 403
    assert (await record(over, seen='"7"')).status_code == 412
    assert (await over.put(PATH, SAID, STAFF)).status_code == 428
    assert (await over.put("/reviews/plenary-1999/outcome", SAID, STAFF, '"1"')).status_code == 404
    assert (await over.get("/reviews/africa-2024/outcomes")).json()["items"] == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "a" * 20_001}, "text"),
        ({"document": "ftp://documents.example"}, "document"),
        ({"region": "atlantis"}, "region"),
        ({"version": 3}, "version"),
    ],
)
async def test_a_wrong_field_is_named(over: Desk, changed: dict[str, Any], field: str) -> None:
    answer = await record(over, changed)
    assert (answer.status_code, set(faults(answer))) == (422, {field})


@pytest.mark.parametrize("table", ["milestone_outcome", "presentation_history"])
@pytest.mark.parametrize("change", ["update {} set revision = 1", "delete from {}", "truncate {}"])
async def test_the_application_cannot_change_what_was_said(desk: Desk, table: str, change: str) -> None:
    statement = change.format(table).replace("revision", "version" if table == "milestone_outcome" else "revision")
    with pytest.raises(DBAPIError, match="permission denied"):
        async with desk.service.database.transaction() as session:
            await session.execute(text(statement))
