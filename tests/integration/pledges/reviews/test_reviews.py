"""Review cycles and milestones: reading them, and moving one with its reason."""

from typing import Any

import pytest

from tests.support.api import Service
from tests.support.entities import REVIEWER, STAFF, faults, made
from tests.support.tokens import bearer

PLENARY = {"starts": "2024-12-05", "ends": None, "seat": "New York", "time_zone": "America/New_York"}
MOVED = PLENARY | {"starts": "2024-12-12", "tentative": True, "reason": "The hall is taken on the fifth."}


async def move(pledges: Service, body: dict[str, Any], code: str = "plenary-2024", revision: int = 1) -> Any:
    return await pledges.client.put(f"/reviews/{code}", json=body, headers=STAFF | {"If-Match": f'"{revision}"'})


async def test_cycles_come_with_their_milestones_in_order(pledges: Service) -> None:
    page = await made(pledges.client.get("/reviews"))
    assert [cycle["code"] for cycle in page["items"]] == ["2022", "2026"]
    assert (page["items"][0]["opens_at"], page["next"]) == ("2022-05-17T04:00:00Z", None)
    codes = [milestone["code"] for milestone in page["items"][0]["milestones"]]
    assert codes[0] == "imrf-2022"
    assert codes.index("africa-2024") < codes.index("plenary-2024") < codes.index("escap-2025")


async def test_a_milestone_is_as_precise_as_it_is_known(pledges: Service) -> None:
    answer = await pledges.client.get("/reviews/hlpf-2024")
    assert (answer.json()["starts"], answer.json()["ends"], answer.headers["etag"]) == ("2024-07", None, '"1"')
    plenary = await made(pledges.client.get("/reviews/plenary-2024"))
    assert plenary | PLENARY | {"kind": "plenary", "cycle": "2022", "reminders": True, "tentative": False} == plenary
    assert set(plenary["names"]) == {"ar", "zh", "en", "fr", "ru", "es"}


async def test_a_move_is_told_and_remembered_with_its_reason(pledges: Service) -> None:
    answer = await move(pledges, MOVED)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert (answer.json()["starts"], answer.json()["tentative"]) == ("2024-12-12", True)
    [told] = await pledges.outbox()
    assert (told.topic, told.type, told.key) == ("gcm.reviews", "milestone.changed.v1", "plenary-2024")
    assert told.data["change"] | {"by": "network_staff", "fields": ["starts", "tentative"]} == told.data["change"]
    assert told.data["milestone"]["sequence"] == 2
    assert (told.data["milestone"]["starts"], told.data["milestone"]["cycle_opens"]) == (
        "2024-12-12",
        "2022-05-17T04:00:00Z",
    )
    [step] = await pledges.rows("select * from milestone_history where code = 'plenary-2024' and revision = 2")
    assert (step["action"], step["person_id"], step["reason"]) == ("changed", "noor", MOVED["reason"])
    assert step["details"]["before"] == {"starts": "2024-12-05", "tentative": False}
    assert "noor" not in str(told.data)


async def test_the_order_follows_a_move(pledges: Service) -> None:
    await move(pledges, MOVED | {"starts": "2024-09"})
    page = await made(pledges.client.get("/reviews"))
    codes = [milestone["code"] for milestone in page["items"][0]["milestones"]]
    assert codes.index("plenary-2024") < codes.index("africa-2024")


async def test_a_move_to_where_it_is_writes_nothing(pledges: Service) -> None:
    answer = await move(pledges, PLENARY | {"reason": "Confirmed"})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
    assert await pledges.outbox() == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"starts": "2024-02-30"}, "starts"),
        ({"starts": "soon"}, "starts"),
        ({"starts": 2024}, "starts"),
        ({"starts": "2024-12-05", "ends": "2024-12-04"}, "ends"),
        ({"time_zone": "Atlantis/Capital"}, "time_zone"),
        ({"reason": ""}, "reason"),
        ({"reason": "NUL \x00"}, "reason"),
        ({"reason": "a" * 2001}, "reason"),
        ({"seat": "New York\r\nBcc: x"}, "seat"),
        ({"kind": "forum"}, "kind"),
    ],
)
async def test_a_wrong_field_is_named(pledges: Service, changed: dict[str, Any], field: str) -> None:
    answer = await move(pledges, MOVED | changed)
    assert (answer.status_code, set(faults(answer))) == (422, {field})
    assert await pledges.outbox() == []


async def test_a_move_says_why(pledges: Service) -> None:
    answer = await move(pledges, PLENARY)
    assert (answer.status_code, set(faults(answer))) == (422, {"reason"})


async def test_who_moves_saw_the_present_date(pledges: Service) -> None:
    assert (await move(pledges, MOVED, revision=2)).status_code == 412
    assert (await pledges.client.put("/reviews/plenary-2024", json=MOVED, headers=STAFF)).status_code == 428
    assert (await move(pledges, MOVED, code="imrf-1999")).status_code == 404
    assert (await pledges.client.get("/reviews/imrf-1999")).status_code == 404


@pytest.mark.parametrize("other", [{}, bearer("amina"), REVIEWER, bearer("machine", "service")])
async def test_only_staff_move_milestones(pledges: Service, other: dict[str, str]) -> None:
    answer = await pledges.client.put("/reviews/plenary-2024", json=MOVED, headers=other | {"If-Match": '"1"'})
    assert answer.status_code == (403 if other else 401)
    assert (await made(pledges.client.get("/reviews/plenary-2024")))["starts"] == "2024-12-05"


async def test_a_milestone_is_cancelled_with_a_reason_and_takes_place_after_all(pledges: Service) -> None:
    answer = await move(pledges, PLENARY | {"cancelled": True, "reason": "The session is cut short."})
    assert answer.json()["cancelled"] is True
    [told] = await pledges.outbox()
    assert (told.data["change"]["fields"], told.data["milestone"]["cancelled"]) == (["cancelled"], True)
    assert told.data["milestone"]["sequence"] == 2
    again = await move(pledges, PLENARY | {"reason": "It is held after all."}, revision=2)
    assert again.json()["cancelled"] is False
