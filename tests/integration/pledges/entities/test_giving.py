"""Who gives memberships to whom, and that a machine has one."""

import asyncio

import pytest

from tests.support.api import Service, once
from tests.support.entities import ADMIN, REVIEWER, STAFF, add_entity, end, give, held, made
from tests.support.tokens import bearer


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), (bearer("amina"), 403), (bearer("dora"), 403), (bearer("kofi"), 403), (REVIEWER, 403)],
)
async def test_who_is_neither_staff_nor_focal_point_gives_and_ends_nothing(
    pledges: Service, headers: dict[str, str], status: int
) -> None:
    await add_entity(pledges)
    await add_entity(pledges, entity_id="kalmora", names={"en": "Kalmora"})
    await give(pledges, "kofi", entity_id="kalmora")
    await give(pledges, "dora", "delegate")
    given = await give(pledges, "bruno")
    path = "/entities/veridia/memberships"
    body = {"person_id": "amina", "role": "delegate"}
    answers = [
        await pledges.client.post(path, json=body, headers=once(headers)),
        await pledges.client.post(f"{path}/{given['membership_id']}/end", headers=once(headers)),
    ]
    assert [answer.status_code for answer in answers] == [status, status]
    assert len(await pledges.rows("select * from membership where until is null")) == 3


async def test_a_focal_point_gives_and_ends_those_of_delegates_and_viewers(pledges: Service) -> None:
    await add_entity(pledges)
    own = await give(pledges, "amina")
    path, amina = "/entities/veridia/memberships", bearer("amina")
    for role in ("delegate", "viewer"):
        body = {"person_id": "dora", "role": role}
        given = await made(pledges.client.post(path, json=body, headers=once(amina)))
        await made(pledges.client.post(f"{path}/{given['membership_id']}/end", headers=once(amina)))
    assert await held(pledges, "dora") == []
    refused = [
        await pledges.client.post(path, json={"person_id": "dora", "role": "focal_point"}, headers=once(amina)),
        await pledges.client.post(f"{path}/{own['membership_id']}/end", headers=once(amina)),
        await pledges.client.post(
            path, json={"person_id": "computer", "role": "viewer", "machine": True}, headers=once(amina)
        ),
    ]
    assert [answer.status_code for answer in refused] == [403, 403, 403]
    by = await pledges.rows("select by, person_id from entity_history where action = 'membership_ended'")
    assert [tuple(row.values()) for row in by] == [("entity", "amina")] * 2


async def test_staff_give_and_end_all(pledges: Service) -> None:
    await add_entity(pledges)
    path = "/entities/veridia/memberships"
    body = {"person_id": "amina", "role": "focal_point"}
    given = await made(pledges.client.post(path, json=body, headers=once(STAFF)))
    await made(pledges.client.post(f"{path}/{given['membership_id']}/end", headers=once(STAFF)))
    assert await held(pledges, "amina") == []


MACHINE_OF_VERIDIA = {"person_id": "system-of-veridia", "role": "delegate", "machine": True}


async def test_a_machine_acts_for_exactly_one_entity(pledges: Service) -> None:
    await add_entity(pledges)
    await add_entity(pledges, entity_id="kalmora", names={"en": "Kalmora"})
    given = await made(
        pledges.client.post("/entities/veridia/memberships", json=MACHINE_OF_VERIDIA, headers=once(STAFF))
    )
    assert given["machine"] is True
    draft, machine = {"entity_id": "veridia", "title": "Identity documents"}, bearer("system-of-veridia")
    await made(pledges.client.post("/pledges", json=draft, headers=once(machine)))
    for second in (MACHINE_OF_VERIDIA, MACHINE_OF_VERIDIA | {"machine": False, "role": "viewer"}):
        answer = await pledges.client.post("/entities/kalmora/memberships", json=second, headers=once(ADMIN))
        assert (answer.status_code, "one entity only" in answer.json()["detail"]) == (409, True)
    await give(pledges, "amina", "viewer")
    answer = await pledges.client.post(
        "/entities/kalmora/memberships", json=MACHINE_OF_VERIDIA | {"person_id": "amina"}, headers=once(ADMIN)
    )
    assert answer.status_code == 409
    assert await held(pledges, "system-of-veridia") == ["veridia delegate"]
    await end(pledges, given)  # given to the wrong entity: it may move
    await give(pledges, "system-of-veridia", "viewer", entity_id="kalmora", machine=True)


async def test_a_machine_is_given_to_two_entities_at_once_and_one_is_refused(pledges: Service) -> None:
    await add_entity(pledges)
    await add_entity(pledges, entity_id="kalmora", names={"en": "Kalmora"})
    paths = [f"/entities/{entity}/memberships" for entity in ("veridia", "kalmora")]
    post = pledges.client.post
    answers = await asyncio.gather(*(post(path, json=MACHINE_OF_VERIDIA, headers=once(STAFF)) for path in paths))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
