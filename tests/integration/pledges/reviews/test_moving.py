"""Adding and moving milestones: what a move will do, what it may not do, and who did it."""

from datetime import timedelta
from typing import Any

import pytest

from tests.integration.pledges.conftest import Desk
from tests.support.api import START
from tests.support.entities import REVIEWER, STAFF, faults, made
from tests.support.openapi import example

PLENARY = {"starts": "2024-12-05", "ends": None, "seat": "New York", "time_zone": "America/New_York"}
MOVED = PLENARY | {"starts": "2024-12-12", "tentative": True, "reason": "The hall is taken on the fifth."}


async def move(desk: Desk, changed: dict[str, Any], seen: str = '"1"') -> Any:
    return await desk.put("/reviews/plenary-2024", MOVED | changed, STAFF, seen)


@pytest.mark.parametrize(
    "changed",
    [
        {"starts": "2024-09-01"},
        {"starts": "2024-08"},
        {"starts": "2023"},
        {"starts": "2024-08-30", "ends": "2024-09-01"},
    ],
)
async def test_what_lies_ahead_is_not_moved_into_the_past(desk: Desk, changed: dict[str, Any]) -> None:
    for answer in (await move(desk, changed), await desk.post("/reviews/plenary-2024/preview", MOVED | changed, STAFF)):
        assert (answer.status_code, set(faults(answer))) == (422, {"starts"})
    assert await desk.service.outbox("gcm.reviews") == []


@pytest.mark.parametrize(
    "changed", [{"starts": "2024-09-02"}, {"starts": "2024-09"}, {"starts": "2024-08-30", "ends": "2024-09-02"}]
)
async def test_today_at_the_seat_is_not_the_past(desk: Desk, changed: dict[str, Any]) -> None:
    assert (await move(desk, changed)).status_code == 200


async def test_the_dates_of_what_is_over_are_corrected(desk: Desk) -> None:
    desk.service.set_clock(START + timedelta(days=120))
    answer = await move(desk, {"starts": "2024-12-04", "tentative": False})
    assert (answer.status_code, answer.json()["starts"]) == (200, "2024-12-04")


async def test_a_preview_says_what_a_move_would_change_and_changes_nothing(desk: Desk) -> None:
    first = await desk.published()
    desk.service.set_clock(START + timedelta(days=97))
    await desk.published()  # after the plenary of the fifth, before that of the twelfth
    done = await desk.post(f"/pledges/{first}/updates", {"status": "delayed", "summary": "It takes longer."})
    assert done.status_code == 201, done.text
    answer = await desk.post("/reviews/plenary-2024/preview", MOVED, STAFF)
    found = answer.json()
    assert found["fields"] == ["starts", "tentative"]
    assert found["now"] == {"counts_until": "2024-12-06T05:00:00Z", "denominator": 1, "reported": 1, "silent": 0}
    assert found["then"] == {"counts_until": "2024-12-13T05:00:00Z", "denominator": 2, "reported": 1, "silent": 1}
    assert found["may_be_invited"] == 1
    assert "/reminders/summary" in found["says"]
    plenary = await desk.get("/reviews/plenary-2024")
    assert (plenary.json()["starts"], plenary.headers["etag"]) == ("2024-12-05", '"1"')
    assert await desk.service.outbox("gcm.reviews") == []


@pytest.mark.parametrize("who", [{}, REVIEWER])
async def test_only_staff_preview_and_add(desk: Desk, who: dict[str, str]) -> None:
    for path, body in (("/reviews/plenary-2024/preview", MOVED), ("/reviews", {})):
        answer = await desk.post(path, body, who)
        assert answer.status_code == (403 if who else 401)


async def test_the_history_says_who_moved_it_and_why_by_role(desk: Desk) -> None:
    assert (await move(desk, {})).status_code == 200
    page = await made(desk.service.client.get("/reviews/plenary-2024/history"))
    moved, added = page["items"]
    assert (moved["action"], moved["by"], moved["reason"]) == ("changed", "network_staff", MOVED["reason"])
    assert (moved["fields"], moved["before"]) == (["starts", "tentative"], {"starts": "2024-12-05", "tentative": False})
    assert (added["action"], added["by"]) == ("added", "system")
    assert "noor" not in str(page)
    first = await desk.get("/reviews/plenary-2024/history?limit=1")
    rest = await desk.get(first.links["next"]["url"])
    assert [step["revision"] for step in first.json()["items"] + rest.json()["items"]] == [2, 1]
    assert (await desk.get("/reviews/plenary-1999/history")).status_code == 404


async def test_a_milestone_that_is_added_is_told_and_counted(desk: Desk) -> None:
    new = example(desk.service.app.openapi(), "post", "/reviews")
    answer = await desk.post("/reviews", new, STAFF)
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    assert answer.json() | {"group": "african", "tentative": True, "name": new["names"]["en"]} == answer.json()
    [told] = await desk.service.outbox("gcm.reviews")
    assert (told.type, told.key, told.data["milestone"]["sequence"]) == ("milestone.changed.v1", new["code"], 1)
    cycles = (await desk.get("/reviews")).json()["items"]
    assert new["code"] in {milestone["code"] for milestone in cycles[1]["milestones"]}
    assert (await desk.get(f"/reviews/{new['code']}/pledges")).json()["denominator"] == 0
    assert (await desk.post("/reviews", new, STAFF)).status_code == 409


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"code": "Not A Code"}, "code"),
        ({"code": "a" * 61}, "code"),
        ({"cycle": "1998"}, "cycle"),
        ({"kind": "party"}, "kind"),
        ({"names": {"fr": "Dialogue"}}, "names"),
        ({"names": {"en": ""}}, "names.en"),
        ({"group": "atlantis"}, "group"),
        ({"document": "javascript:alert(1)"}, "document"),
        ({"starts": "soon"}, "starts"),
        ({"ends": "2024"}, "ends"),
        ({"reason": ""}, "reason"),
    ],
)
async def test_a_wrong_field_of_a_new_one_is_named(desk: Desk, changed: dict[str, Any], field: str) -> None:
    new = example(desk.service.app.openapi(), "post", "/reviews")
    answer = await desk.post("/reviews", new | changed, STAFF)
    assert (answer.status_code, set(faults(answer))) == (422, {field})
    assert await desk.service.outbox("gcm.reviews") == []
