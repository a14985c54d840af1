"""A focal point's place goes to a successor: when, by whom, and what of the former's stops working."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.pledges.registry.content import EXAMPLE
from tests.support.api import SEAL, START, Service, once
from tests.support.entities import ADMIN, MACHINE, REVIEWER, STAFF, add_entity, end, faults, give, made, register
from tests.support.tokens import bearer

AMINA, BRUNO = bearer("amina"), bearer("bruno")
DAY = timedelta(days=1)
pytestmark = pytest.mark.usefixtures("amina")


async def hand_over(pledges: Service, who: dict[str, str] = AMINA, entity: str = "veridia", **wish: Any) -> Any:
    body = {"successor": "bruno", **wish}
    return await pledges.client.post(f"/entities/{entity}/handover", json=body, headers=once(who))


async def roles(pledges: Service, person: str) -> list[str]:
    answer = await made(pledges.client.get("/me/memberships", headers=bearer(person)))
    return [membership["role"] for membership in answer["memberships"]]


async def told(pledges: Service, handover_id: str, part: str) -> dict[str, Any]:
    body = {"handover_id": handover_id, "part": part}
    return await made(pledges.client.post("/contacts/handover", json=body, headers=MACHINE))


@pytest.fixture
async def amina(pledges: Service) -> dict[str, Any]:
    """Her membership; she and Bruno can be reached."""
    await add_entity(pledges)
    await register(pledges, "amina", language="fr")
    await register(pledges, "bruno")
    return await give(pledges, "amina")


async def test_a_focal_point_names_a_successor(pledges: Service, amina: dict[str, Any]) -> None:
    done = await made(hand_over(pledges))
    assert (await roles(pledges, "amina"), await roles(pledges, "bruno")) == ([], ["focal_point"])
    assert done["former"]["membership_id"] == amina["membership_id"]
    assert done["former"]["until"] == done["successor"]["since"] == done["since"]
    step = await pledges.rows("select by, person_id from entity_history where action = 'handed_over'")
    assert [tuple(row.values()) for row in step] == [("entity", "amina")]
    [event] = await pledges.outbox("gcm.pledges.workflow")
    assert (event.type, event.data) == (
        "membership.handed_over.v1",
        {"handover_id": done["handover_id"], "entity_id": "veridia"},
    )
    former, successor = [await told(pledges, done["handover_id"], part) for part in ("former", "successor")]
    assert (former["address"], former["language"], former["other"]) == ("amina@demo.invalid", "fr", "Bruno")
    assert (successor["address"], successor["entity_name"], successor["other"]) == (
        *("bruno@demo.invalid", "Veridia", "Amina"),
    )


async def test_open_work_moves_along(pledges: Service) -> None:
    draft = {"entity_id": "veridia", "title": "Identity documents"}
    pledge = await made(pledges.client.post("/pledges", json=draft, headers=once(AMINA)))
    await made(hand_over(pledges))
    path = f"/pledges/{pledge['pledge_id']}"
    kept = await pledges.client.get(f"{path}/working-copy", headers=BRUNO)
    assert kept.status_code == 200
    body = {name: value for name, value in EXAMPLE.items() if name != "entity_id"}
    saved = await pledges.client.put(path, json=body, headers=BRUNO | {"If-Match": kept.headers["etag"]})
    assert saved.status_code == 200, saved.text
    assert (await pledges.client.get(f"{path}/working-copy", headers=AMINA)).status_code == 404


async def test_an_unused_action_link_of_the_former_does_nothing_any_more(pledges: Service) -> None:
    pledge = await made(
        pledges.client.post("/pledges", json=EXAMPLE | {"entity_id": "veridia", "submit": True}, headers=once(AMINA))
    )
    path = f"/pledges/{pledge['pledge_id']}/publish"
    await made(pledges.client.post(path, headers=once(STAFF) | {"If-Match": '"1"'}))
    asked = {"person_id": "amina", "entity_id": "veridia", "pledge_ids": [pledge["pledge_id"]]}
    resolved = await made(pledges.client.post("/contacts/resolve", json=asked, headers=MACHINE))
    token = resolved["links"][pledge["pledge_id"]]
    assert SEAL.grant(token).person_id == "amina"
    await made(hand_over(pledges))
    shown = await made(pledges.client.post("/links/check", json={"token": token}))
    assert shown["state"] == "membership_ended"
    use = {"token": token, "report": {"status": "planning"}}
    assert (await pledges.client.post("/links/use", json=use)).status_code == 403


async def test_an_invitation_of_the_former_does_nothing_any_more(pledges: Service) -> None:
    wish = {"role": "viewer", "address": "dora@demo.invalid"}
    invited = await made(pledges.client.post("/entities/veridia/invitations", json=wish, headers=once(AMINA)))
    body = {"invitation_id": invited["invitation_id"]}
    token = (await made(pledges.client.post("/contacts/invited", json=body, headers=MACHINE)))["token"]
    await made(hand_over(pledges))
    answer = await pledges.client.post("/invitations/accept", json={"token": token}, headers=once(bearer("dora")))
    assert (answer.status_code, "may no longer invite" in answer.json()["detail"]) == (410, True)
    assert await roles(pledges, "dora") == []


async def test_a_handover_that_is_sent_twice_gets_the_first_answer(pledges: Service) -> None:
    headers = once(AMINA)
    first, again = [
        await pledges.client.post("/entities/veridia/handover", json={"successor": "bruno"}, headers=headers)
        for _ in range(2)
    ]
    assert (first.status_code, again.status_code, again.text) == (201, 201, first.text)
    assert (await hand_over(pledges)).status_code == 403
    assert len(await pledges.rows("select * from handover")) == 1


async def test_a_handover_from_a_later_day(pledges: Service) -> None:
    await made(hand_over(pledges, since=(START + 10 * DAY).isoformat()))
    assert (await roles(pledges, "amina"), await roles(pledges, "bruno")) == (["focal_point"], [])
    pledges.set_clock(START + 11 * DAY)
    assert (await roles(pledges, "amina"), await roles(pledges, "bruno")) == ([], ["focal_point"])


async def test_staff_appoint_a_successor(pledges: Service, amina: dict[str, Any]) -> None:
    await made(hand_over(pledges, STAFF, membership_id=amina["membership_id"]))
    assert (await roles(pledges, "amina"), await roles(pledges, "bruno")) == ([], ["focal_point"])
    [step] = await pledges.rows("select by, person_id from entity_history where action = 'handed_over'")
    assert step == {"by": "network_staff", "person_id": "noor"}


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"successor": "amina"}, "successor"),
        ({"successor": "nobody"}, "successor"),
        ({"successor": ""}, "successor"),
        ({"since": (START - DAY).isoformat()}, "since"),
        ({"since": "9999-12-31T00:00:00Z"}, "since"),
        ({"since": "tomorrow"}, "since"),
        ({"membership_id": "mine"}, "membership_id"),
        ({"to": "bruno"}, "to"),
    ],
)
async def test_a_wrong_field_is_named(pledges: Service, wish: dict[str, Any], field: str) -> None:
    answer = await hand_over(pledges, **wish)
    assert (answer.status_code, set(faults(answer))) == (422, {field})
    assert (await roles(pledges, "amina"), await roles(pledges, "bruno")) == (["focal_point"], [])
    assert await pledges.outbox("gcm.pledges.workflow") == []


async def test_a_place_that_ends_is_handed_over_only_within_its_time(pledges: Service) -> None:
    await add_entity(pledges, entity_id="kalmora", names={"en": "Kalmora"})
    await give(pledges, "amina", entity_id="kalmora", until=(START + 5 * DAY).isoformat())
    late = await hand_over(pledges, entity="kalmora", since=(START + 5 * DAY).isoformat())
    assert (late.status_code, set(faults(late))) == (422, {"since"})
    await made(hand_over(pledges, entity="kalmora", since=(START + 4 * DAY).isoformat()))


async def test_nobody_hands_over_what_is_not_theirs(pledges: Service, amina: dict[str, Any]) -> None:
    await add_entity(pledges, entity_id="kalmora", names={"en": "Kalmora"})
    await give(pledges, "kofi", entity_id="kalmora")
    await give(pledges, "dora", "delegate")
    await give(pledges, "frank")
    place = {"membership_id": amina["membership_id"]}
    refused: list[tuple[dict[str, str], dict[str, Any], str, int]] = [
        *((bearer("kofi"), {}, "veridia", 403), (bearer("kofi"), place, "veridia", 403)),
        *((bearer("kofi"), place, "kalmora", 404), (STAFF, place, "kalmora", 404)),
        *((bearer("dora"), {}, "veridia", 403), (bearer("frank"), place, "veridia", 403)),
        *((REVIEWER, place, "veridia", 403), ({}, place, "veridia", 401)),
        *((STAFF, {}, "veridia", 422), (ADMIN, place, "atlantis", 404)),
    ]
    for who, wish, entity, status in refused:
        assert (await hand_over(pledges, who, entity, **wish)).status_code == status
    assert await roles(pledges, "amina") == ["focal_point"]


async def test_only_a_focal_points_place_is_handed_over(pledges: Service, amina: dict[str, Any]) -> None:
    delegate = await give(pledges, "dora", "delegate")
    answer = await hand_over(pledges, STAFF, membership_id=delegate["membership_id"])
    assert (answer.status_code, set(faults(answer))) == (422, {"membership_id"})
    await end(pledges, amina)
    assert (await hand_over(pledges, STAFF, membership_id=amina["membership_id"])).status_code == 409


async def test_a_place_is_handed_over_once(pledges: Service) -> None:
    await register(pledges, "carla")
    later = (START + 10 * DAY).isoformat()
    answers: list[httpx.Response] = await asyncio.gather(
        *(hand_over(pledges, since=later, successor=successor) for successor in ("bruno", "carla"))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert len(await pledges.rows("select * from handover")) == 1


async def test_a_successor_who_has_the_role_already_is_refused(pledges: Service) -> None:
    await give(pledges, "bruno")
    assert (await hand_over(pledges)).status_code == 409
    assert await roles(pledges, "amina") == ["focal_point"]


async def test_nobody_but_our_own_services_learns_whom_to_write_to(pledges: Service) -> None:
    done = await made(hand_over(pledges))
    body = {"handover_id": done["handover_id"], "part": "former"}
    for who in (AMINA, STAFF, ADMIN):
        assert (await pledges.client.post("/contacts/handover", json=body, headers=who)).status_code == 403
    unknown = {"handover_id": "01922f00-0000-7000-8000-000000000004", "part": "former"}
    answer = await made(pledges.client.post("/contacts/handover", json=unknown, headers=MACHINE))
    assert answer == {"reachable": False, "reason": "no_contact"}
