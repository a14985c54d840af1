"""Handovers that are planned, and withdrawn before they happen: by whom, until when, and what is as before."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.integration.pledges.entities.test_handover import DAY, hand_over, roles
from tests.support.api import START, Service, once
from tests.support.entities import ADMIN, MACHINE, REVIEWER, STAFF, add_entity, end, give, made, register
from tests.support.tokens import bearer

AMINA, BRUNO = bearer("amina"), bearer("bruno")
LATER = START + 10 * DAY


@pytest.fixture
async def plan(pledges: Service) -> dict[str, Any]:
    """Amina's place goes to Bruno in ten days; it would have lasted thirty."""
    await add_entity(pledges)
    for person in ("amina", "bruno"):
        await register(pledges, person)
    await give(pledges, "amina", until=(START + 30 * DAY).isoformat())
    found: dict[str, Any] = await made(hand_over(pledges, since=LATER.isoformat()))
    return found


async def withdraw(pledges: Service, plan: dict[str, Any], who: dict[str, str] = AMINA, entity: str = "veridia") -> Any:
    path = f"/entities/{entity}/handovers/{plan['handover_id']}/withdraw"
    return await pledges.client.post(path, headers=once(who))


async def planned(pledges: Service, who: dict[str, str] = AMINA) -> list[str]:
    page = await made(pledges.client.get("/entities/veridia/handovers", headers=who))
    return [one["handover_id"] for one in page["items"]]


async def told(pledges: Service, plan: dict[str, Any], part: str, **wanted: bool) -> dict[str, Any]:
    body = {"handover_id": plan["handover_id"], "part": part, **wanted}
    return await made(pledges.client.post("/contacts/handover", json=body, headers=MACHINE))


async def test_all_is_as_before_and_nothing_happens_on_the_day(pledges: Service, plan: dict[str, Any]) -> None:
    done = await made(withdraw(pledges, plan))
    assert (done["handover_id"], done["withdrawn_at"][:10]) == (plan["handover_id"], "2024-09-02")
    assert done["former"]["until"] == "2024-10-02T09:00:00Z"  # as it was given
    assert done["successor"]["until"] == done["successor"]["since"]
    for day, hers in ((1, ["focal_point"]), (11, ["focal_point"]), (31, [])):
        pledges.set_clock(START + day * DAY)
        assert (await roles(pledges, "amina"), await roles(pledges, "bruno")) == (hers, [])


async def test_the_history_and_an_event_say_so(pledges: Service, plan: dict[str, Any]) -> None:
    done = await made(withdraw(pledges, plan))
    steps = await pledges.rows("select by, person_id, details from entity_history where action = 'handover_withdrawn'")
    assert steps == [{"by": "entity", "person_id": "amina", "details": done}]
    planned_, withdrawn = await pledges.outbox("gcm.pledges.workflow")
    assert (planned_.type, withdrawn.type) == ("membership.handed_over.v1", "membership.handover_withdrawn.v1")
    assert withdrawn.data == {"handover_id": plan["handover_id"], "entity_id": "veridia"} == planned_.data


async def test_both_are_told_that_it_is_withdrawn_and_no_more_that_it_is_planned(
    pledges: Service, plan: dict[str, Any]
) -> None:
    over = {"reachable": False, "reason": "over"}
    for part in ("former", "successor"):
        assert await told(pledges, plan, part, withdrawn=True) == over
    await made(withdraw(pledges, plan))
    for part, address, other in (("former", "amina", "Bruno"), ("successor", "bruno", "Amina")):
        assert await told(pledges, plan, part) == over
        found = await told(pledges, plan, part, withdrawn=True)
        assert (found["address"], found["other"]) == (f"{address}@demo.invalid", other)
        assert found["since"] == "2024-09-12T09:00:00Z"


async def test_staff_withdraw_what_anybody_planned(pledges: Service, plan: dict[str, Any]) -> None:
    await made(withdraw(pledges, plan, STAFF))
    [step] = await pledges.rows("select by, person_id from entity_history where action = 'handover_withdrawn'")
    assert step == {"by": "network_staff", "person_id": "noor"}
    place = {"membership_id": plan["former"]["membership_id"], "since": LATER.isoformat()}
    again = await made(hand_over(pledges, STAFF, **place))
    assert (await withdraw(pledges, again, AMINA)).status_code == 403  # it was the staff's plan
    assert (await withdraw(pledges, again, ADMIN)).status_code == 200


async def test_the_place_may_be_handed_over_anew(pledges: Service, plan: dict[str, Any]) -> None:
    await register(pledges, "carla")
    await made(withdraw(pledges, plan))
    again = await made(hand_over(pledges, since=LATER.isoformat()))  # to the same, at the same time
    assert await planned(pledges) == [again["handover_id"]]
    done = await made(withdraw(pledges, again))
    assert done["former"]["until"] == "2024-10-02T09:00:00Z"
    third = await made(hand_over(pledges, successor="carla", since=LATER.isoformat()))
    pledges.set_clock(LATER + DAY)
    assert (await roles(pledges, "amina"), await roles(pledges, "bruno")) == ([], [])
    assert (await roles(pledges, "carla"), third["former"]["person_id"]) == (["focal_point"], "amina")


@pytest.mark.parametrize(
    ("who", "entity", "status"),
    [
        ({}, "veridia", 401),
        (REVIEWER, "veridia", 403),
        (bearer("frank"), "veridia", 403),  # another focal point
        (bearer("dora"), "veridia", 403),
        (BRUNO, "veridia", 404),  # who is not yet a member
        (bearer("kofi"), "veridia", 404),
        (bearer("kofi"), "kalmora", 404),
        (STAFF, "kalmora", 404),
        (STAFF, "atlantis", 404),
    ],
)
async def test_nobody_else_withdraws_it(
    pledges: Service, plan: dict[str, Any], who: dict[str, str], entity: str, status: int
) -> None:
    await add_entity(pledges, entity_id="kalmora", names={"en": "Kalmora"})
    await give(pledges, "kofi", entity_id="kalmora")
    await give(pledges, "frank")
    await give(pledges, "dora", "delegate")
    assert (await withdraw(pledges, plan, who, entity)).status_code == status
    assert await planned(pledges) == [plan["handover_id"]]
    assert len(await pledges.outbox("gcm.pledges.workflow")) == 1


async def test_what_has_happened_stays(pledges: Service, plan: dict[str, Any]) -> None:
    pledges.set_clock(LATER)
    answer = await withdraw(pledges, plan, STAFF)
    assert (answer.status_code, "It has happened" in answer.json()["detail"]) == (409, True)
    assert (await withdraw(pledges, plan)).status_code == 404  # she is no member any more
    assert (await planned(pledges, STAFF), await roles(pledges, "bruno")) == ([], ["focal_point"])
    pledges.set_clock(START)
    unknown = {"handover_id": "01922f00-0000-7000-8000-000000000004"}
    assert (await withdraw(pledges, unknown, STAFF)).status_code == 404
    assert (await withdraw(pledges, {"handover_id": "that one"}, STAFF)).status_code == 422


async def test_it_is_withdrawn_once(pledges: Service, plan: dict[str, Any]) -> None:
    answers = await asyncio.gather(withdraw(pledges, plan), withdraw(pledges, plan, STAFF))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(await pledges.outbox("gcm.pledges.workflow")) == 2
    assert await planned(pledges) == []


async def test_the_same_request_is_done_once(pledges: Service, plan: dict[str, Any]) -> None:
    path, headers = f"/entities/veridia/handovers/{plan['handover_id']}/withdraw", once(AMINA)
    first, second = [await pledges.client.post(path, headers=headers) for _ in range(2)]
    assert (first.status_code, second.status_code, second.json()) == (200, 200, first.json())


async def test_what_was_ended_meanwhile_stays_ended(pledges: Service, plan: dict[str, Any]) -> None:
    await end(pledges, plan["former"])
    await end(pledges, plan["successor"])
    done = await made(withdraw(pledges, plan, STAFF))
    assert (done["former"]["until"][:10], done["successor"]["until"]) == ("2024-09-02", plan["since"])
    assert (await roles(pledges, "amina"), await roles(pledges, "bruno")) == ([], [])


async def test_a_place_that_the_former_got_meanwhile_is_not_doubled(pledges: Service, plan: dict[str, Any]) -> None:
    await give(pledges, "amina", since=(LATER + timedelta(hours=1)).isoformat())
    answer = await withdraw(pledges, plan)
    assert (answer.status_code, "already" in answer.json()["detail"]) == (409, True)
    assert await planned(pledges) == [plan["handover_id"]]


async def test_an_erased_successor_leaves_no_plan_and_the_place_lasts_as_before(
    pledges: Service, plan: dict[str, Any]
) -> None:
    assert (await pledges.client.delete("/people/bruno", headers=ADMIN)).status_code == 202
    assert await planned(pledges) == []
    assert (await withdraw(pledges, plan)).status_code == 404
    for day, hers in ((11, ["focal_point"]), (31, [])):
        pledges.set_clock(START + day * DAY)
        assert await roles(pledges, "amina") == hers
    steps = await pledges.rows("select by, person_id from entity_history where action = 'handover_withdrawn'")
    assert steps == [{"by": "system", "person_id": None}]


async def test_an_erasure_undoes_what_stands_on_it_too(pledges: Service, plan: dict[str, Any]) -> None:
    await register(pledges, "kofi")
    place = {"successor": "kofi", "membership_id": plan["successor"]["membership_id"]}
    await made(hand_over(pledges, STAFF, since=(LATER + DAY).isoformat(), **place))
    assert (await pledges.client.delete("/people/bruno", headers=ADMIN)).status_code == 202
    pledges.set_clock(START + 12 * DAY)
    assert [await roles(pledges, person) for person in ("amina", "kofi")] == [["focal_point"], []]


@pytest.mark.usefixtures("plan")
async def test_a_place_that_the_former_got_meanwhile_does_not_stop_an_erasure(pledges: Service) -> None:
    await give(pledges, "amina", since=LATER.isoformat())
    assert (await pledges.client.delete("/people/bruno", headers=ADMIN)).status_code == 202
    pledges.set_clock(START + 12 * DAY)
    assert await roles(pledges, "amina") == ["focal_point"]


async def test_what_is_handed_over_in_turn_is_withdrawn_from_its_end_on(pledges: Service, plan: dict[str, Any]) -> None:
    await register(pledges, "kofi")
    place = {"successor": "kofi", "membership_id": plan["successor"]["membership_id"]}
    later = await made(hand_over(pledges, STAFF, since=(LATER + DAY).isoformat(), **place))
    refused = await withdraw(pledges, plan)
    assert refused.status_code == 409
    assert later["handover_id"] in refused.json()["detail"]
    await made(withdraw(pledges, later, STAFF))
    await made(withdraw(pledges, plan))
    pledges.set_clock(START + 12 * DAY)
    assert [await roles(pledges, person) for person in ("amina", "bruno", "kofi")] == [["focal_point"], [], []]


@pytest.mark.parametrize(("who", "status"), [({}, 401), (bearer("kofi"), 404), (REVIEWER, 200), (STAFF, 200)])
async def test_members_staff_and_reviewers_read_the_plans(
    pledges: Service, plan: dict[str, Any], who: dict[str, str], status: int
) -> None:
    answer = await pledges.client.get("/entities/veridia/handovers", headers=who)
    assert answer.status_code == status
    assert status != 200 or answer.json()["items"] == [plan]
