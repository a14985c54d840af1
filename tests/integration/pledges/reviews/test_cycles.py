"""Review cycles that staff add: told, remembered with the reason, refused where they cannot be."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from services.pledges.reference import load_into
from services.pledges.reviews import cycles
from shared.errors import Invalid
from tests.integration.pledges.conftest import Desk
from tests.support.api import once
from tests.support.entities import REVIEWER, STAFF, faults, made
from tests.support.openapi import example
from tests.support.tokens import bearer

FORUM = {
    "code": "imrf-2030",
    "kind": "forum",
    "names": {"en": "Forum 2030"},
    "starts": "2030-05",
    "time_zone": "America/New_York",
    "tentative": True,
    "reminders": True,
}
PLENARY = FORUM | {"code": "plenary-2028", "kind": "plenary", "starts": "2028-12-05"}
NEW: dict[str, Any] = {
    "code": "2030",
    "names": {"en": "Cycle of 2030"},
    "opens": "2026-05-09",
    "time_zone": "America/New_York",
    "milestones": [FORUM],
    "reason": "States begin to pledge.",
}


async def add(desk: Desk, **changed: Any) -> Any:
    return await desk.post("/review-cycles", NEW | changed, STAFF)


async def test_a_cycle_comes_with_its_milestones_and_says_who_added_it_and_why(desk: Desk) -> None:
    new = example(desk.service.app.openapi(), "post", "/review-cycles")
    answer = await desk.post("/review-cycles", new | {"milestones": [FORUM, PLENARY]}, STAFF)
    assert answer.status_code == 201, answer.text
    found = answer.json()
    assert found | {"code": "2030", "forum": "imrf-2030", "plenary": "plenary-2028", "names": new["names"]} == found
    assert found["opens_at"] == "2026-05-09T04:00:00Z"  # midnight at the seat
    assert found["added"] | {"by": "network_staff", "reason": new["reason"]} == found["added"]
    assert found["added"]["at"].startswith("2024-09-02T09:00")
    assert [(one["code"], one["starts"], one["tentative"]) for one in found["milestones"]] == [
        ("plenary-2028", "2028-12-05", True),
        ("imrf-2030", "2030-05", True),
    ]
    of_reference, _, added = (await made(desk.service.client.get("/reviews")))["items"]
    assert (of_reference["added"], added) == (None, found)
    [row] = await desk.service.rows("select person_id from review_cycle_added")
    assert row["person_id"] == "noor"


async def test_each_of_its_milestones_is_told_with_the_cycle(desk: Desk) -> None:
    assert (await add(desk, milestones=[FORUM, PLENARY])).status_code == 201
    told = await desk.service.outbox("gcm.reviews")
    assert {(one.type, one.key) for one in told} == {
        ("milestone.changed.v1", code) for code in ("imrf-2030", "plenary-2028")
    }
    for one in told:
        said = one.data["milestone"]
        assert (said["cycle"], said["cycle_opens"]) == ("2030", "2026-05-09T04:00:00Z")
        assert one.data["change"] | {"action": "added", "by": "network_staff"} == one.data["change"]
    assert "noor" not in str(told)
    [step] = (await desk.get("/reviews/imrf-2030/history")).json()["items"]
    assert (step["action"], step["by"], step["reason"]) == ("added", "network_staff", NEW["reason"])


async def test_the_same_request_adds_once(desk: Desk) -> None:
    headers = once(STAFF)
    first, again = [await desk.service.client.post("/review-cycles", json=NEW, headers=headers) for _ in range(2)]
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    other = await desk.service.client.post("/review-cycles", json=NEW | {"code": "2031"}, headers=headers)
    assert (other.status_code, set(faults(other))) == (422, {"Idempotency-Key"})
    assert len(await desk.service.outbox("gcm.reviews")) == 1


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no year": ({"code": "next"}, "code"),
    "no code": ({"code": "2030_a"}, "code"),
    "a long code": ({"code": "2030-" + "a" * 60}, "code"),
    "no English": ({"names": {"fr": "Cycle"}}, "names"),
    "an empty name": ({"names": {"en": ""}}, "names.en"),
    "a language of nobody": ({"names": {"en": "a", "xx": "b"}}, "names.xx.[key]"),
    "no date": ({"opens": "soon"}, "opens"),
    "30 February": ({"opens": "2026-02-30"}, "opens"),
    "after its forum": ({"opens": "2030-06"}, "opens"),
    "no time zone": ({"time_zone": "Atlantis/Capital"}, "time_zone"),
    "no reason": ({"reason": ""}, "reason"),
    "NUL": ({"reason": "NUL \x00"}, "reason"),
    "no milestone": ({"milestones": []}, "milestones"),
    "21 milestones": ({"milestones": [FORUM] * 21}, "milestones"),
    "no forum": ({"milestones": [PLENARY]}, "milestones"),
    "two forums": ({"milestones": [FORUM, FORUM | {"code": "imrf-2031"}]}, "milestones"),
    "two plenaries": ({"milestones": [FORUM, PLENARY, PLENARY | {"code": "p"}]}, "milestones"),
    "a milestone twice": ({"milestones": [FORUM, PLENARY | {"code": "imrf-2030"}]}, "milestones.1.code"),
    "a milestone in the past": ({"milestones": [FORUM, PLENARY | {"starts": "2024-09-01"}]}, "milestones.1.starts"),
    "its end before its start": ({"milestones": [FORUM | {"ends": "2030-04"}]}, "milestones.0.ends"),
    "a seat without a time zone": ({"milestones": [FORUM | {"time_zone": "UTC+25"}]}, "milestones.0.time_zone"),
    "a milestone of another cycle": ({"milestones": [FORUM | {"cycle": "2026"}]}, "milestones.0.cycle"),
    "an unknown field": ({"forum": "imrf-2030"}, "forum"),
}


@pytest.mark.parametrize(("changed", "field"), REFUSED.values(), ids=REFUSED.keys())
async def test_a_wrong_field_is_named(desk: Desk, changed: dict[str, Any], field: str) -> None:
    answer = await add(desk, **changed)
    assert (answer.status_code, set(faults(answer))) == (422, {field})
    assert await desk.service.outbox("gcm.reviews") == []
    assert len((await desk.get("/reviews")).json()["items"]) == 2


@pytest.mark.parametrize("changed", [{"code": "2026"}, {"milestones": [FORUM | {"code": "imrf-2026"}]}])
async def test_a_code_is_taken_once(desk: Desk, changed: dict[str, Any]) -> None:
    answer = await add(desk, **changed)
    assert (answer.status_code, "already" in answer.json()["detail"]) == (409, True)
    assert await desk.service.outbox("gcm.reviews") == []


async def test_of_two_at_once_one_adds(desk: Desk) -> None:
    answers = await asyncio.gather(add(desk), add(desk), add(desk, milestones=[FORUM | {"code": "other"}]))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


@pytest.mark.parametrize("who", [{}, REVIEWER, bearer("amina"), bearer("machine", "service")])
async def test_only_staff_add(desk: Desk, who: dict[str, str]) -> None:
    assert (await desk.post("/review-cycles", NEW, who)).status_code == (403 if who else 401)


@pytest.mark.parametrize(("starts", "status"), [("2024-09-01", 422), ("2024-08", 422), ("2024-09-02", 201)])
async def test_a_new_milestone_lies_ahead(desk: Desk, starts: str, status: int) -> None:
    new = example(desk.service.app.openapi(), "post", "/reviews") | {"starts": starts}
    answer = await desk.post("/reviews", new, STAFF)
    assert answer.status_code == status
    assert status == 201 or set(faults(answer)) == {"starts"}


async def test_its_plenary_and_other_milestones_may_follow_and_move(desk: Desk) -> None:
    assert (await add(desk)).json()["plenary"] is None
    late = await desk.post("/reviews", PLENARY | {"cycle": "2030", "reason": "It was decided."}, STAFF)
    assert late.status_code == 201, late.text
    assert (await desk.get("/reviews")).json()["items"][2]["plenary"] == "plenary-2028"
    moved = {"starts": "2030-05-07", "time_zone": "America/New_York", "reason": "Confirmed"}
    assert (await desk.put("/reviews/imrf-2030", moved, STAFF, '"1"')).json()["starts"] == "2030-05-07"


async def test_a_load_of_the_reference_data_leaves_it(desk: Desk) -> None:
    assert (await add(desk)).status_code == 201
    before = await desk.service.outbox()
    await load_into(desk.service.owner.url, desk.service.clock)
    assert await desk.service.outbox() == before
    assert (await desk.get("/reviews")).json()["items"][2]["code"] == "2030"


@pytest.mark.parametrize(
    ("at", "cycle"),
    [
        (datetime(2022, 5, 17, 3, 59, tzinfo=UTC), None),
        (datetime(2022, 5, 17, 4, 0, tzinfo=UTC), "2022"),
        (datetime(2024, 12, 6, 4, 59, tzinfo=UTC), "2022"),
        (datetime(2024, 12, 6, 5, 0, tzinfo=UTC), "2026"),
        (datetime(2026, 5, 9, 3, 59, tzinfo=UTC), "2026"),
        (datetime(2026, 5, 9, 4, 0, tzinfo=UTC), "2030"),
    ],
)
async def test_the_cycle_that_opened_last_is_the_open_one(desk: Desk, at: datetime, cycle: str | None) -> None:
    assert (await add(desk)).status_code == 201
    async with desk.service.database.transaction() as session:
        assert await cycles.open_at(session, at) == cycle


async def test_every_unknown_code_is_named_at_its_place(desk: Desk) -> None:
    async with desk.service.database.transaction() as session:
        await cycles.require(session, {"a": "2022", "b": None, "c": "2026"})
        with pytest.raises(Invalid) as refused:
            await cycles.require(session, {"a": "2022", "b": "2031", "c": "2032"})
    assert [fault.field for fault in refused.value.fields] == ["b", "c"]
