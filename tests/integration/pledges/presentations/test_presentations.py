"""Presenting a pledge at a review: asked for, granted, withdrawn; voluntary at every step."""

from datetime import timedelta
from typing import Any

import pytest

from tests.integration.pledges.conftest import AMINA, KOFI, VERA, Desk
from tests.support.api import START
from tests.support.entities import REVIEWER, STAFF, faults

PATH = "/reviews/plenary-2024/presentations"


async def ask(desk: Desk, pledge_id: str, language: str = "fr", who: dict[str, str] = AMINA) -> Any:
    return await desk.post(PATH, {"pledge_id": pledge_id, "language": language}, who)


async def settle(desk: Desk, wish: Any, act: str, who: dict[str, str]) -> Any:
    return await desk.post(f"/presentations/{wish.json()['presentation_id']}/{act}", None, who, wish.headers["etag"])


async def states(desk: Desk, who: dict[str, str] = STAFF, query: str = "?milestone=plenary-2024") -> list[str]:
    answer = await desk.get(f"/presentations{query}", who)
    assert answer.status_code == 200, answer.text
    return [item["state"] for item in answer.json()["items"]]


async def test_an_entity_asks_and_staff_see_the_wishes_in_order(desk: Desk) -> None:
    first, second = [await desk.published(title=title) for title in ("First", "Second")]
    for pledge_id in (second, first):
        answer = await ask(desk, pledge_id)
        assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    listed = await desk.get("/presentations?milestone=plenary-2024&limit=1", STAFF)
    rest = await desk.get(listed.links["next"]["url"], STAFF)
    items = listed.json()["items"] + rest.json()["items"]
    assert [item["title"] for item in items] == ["Second", "First"]
    assert items[0] | {"state": "asked", "language": "fr", "milestone": "plenary-2024"} == items[0]
    assert items[0]["entity"]["entity_id"] == "veridia"
    assert "amina" not in listed.text


async def test_the_public_sees_only_what_is_granted(desk: Desk) -> None:
    wish = await ask(desk, await desk.published())
    assert (await desk.get(PATH)).json()["items"] == []
    done = await settle(desk, wish, "grant", STAFF)
    assert (done.status_code, done.json()["state"]) == (200, "granted")
    assert [item["state"] for item in (await desk.get(PATH)).json()["items"]] == ["granted"]
    assert (await settle(desk, done, "withdraw", AMINA)).json()["state"] == "withdrawn"
    assert (await desk.get(PATH)).json()["items"] == []
    rows = await desk.service.rows("select state, by, person_id from presentation_history order by revision")
    assert [tuple(row.values()) for row in rows] == [
        ("asked", "entity", "amina"),
        ("granted", "network_staff", "noor"),
        ("withdrawn", "entity", "amina"),
    ]


async def test_what_is_withdrawn_can_be_asked_for_again_at_the_end(desk: Desk) -> None:
    pledge_id = await desk.published()
    wish = await ask(desk, pledge_id)
    assert (await ask(desk, pledge_id, "en")).status_code == 409
    done = await settle(desk, wish, "withdraw", AMINA)
    assert (await settle(desk, done, "withdraw", AMINA)).status_code == 409
    assert (await settle(desk, done, "grant", STAFF)).status_code == 409
    assert (await ask(desk, pledge_id, "en")).status_code == 201
    assert await states(desk) == ["withdrawn", "asked"]


async def test_only_those_who_write_for_the_entity_ask_and_withdraw(desk: Desk) -> None:
    pledge_id = await desk.published()
    for who in (VERA, KOFI, STAFF, REVIEWER):
        assert (await ask(desk, pledge_id, who=who)).status_code == 403
    wish = await ask(desk, pledge_id)
    assert (await settle(desk, wish, "withdraw", STAFF)).status_code == 403
    assert (await settle(desk, wish, "withdraw", VERA)).status_code == 403
    assert (await settle(desk, wish, "withdraw", KOFI)).status_code == 404
    assert (await settle(desk, wish, "grant", AMINA)).status_code == 403
    assert await states(desk) == ["asked"]


async def test_members_see_the_wishes_of_their_entity_and_nobody_elses(desk: Desk) -> None:
    await ask(desk, await desk.published())
    assert await states(desk, VERA, "?entity=veridia") == ["asked"]
    assert await states(desk, REVIEWER, "") == ["asked"]
    assert await states(desk, STAFF, "?milestone=imrf-2026") == []
    assert (await desk.get("/presentations?entity=veridia", KOFI)).status_code == 404
    assert (await desk.get("/presentations", AMINA)).status_code == 403
    assert (await desk.get("/presentations?entity=atlantis", STAFF)).status_code == 422


async def test_nothing_is_asked_for_when_it_is_over_but_all_can_be_withdrawn(desk: Desk) -> None:
    pledge_id, other = await desk.published(), await desk.published()
    wish = await ask(desk, pledge_id)
    desk.service.set_clock(START + timedelta(days=120))
    assert (await ask(desk, other)).status_code == 409
    assert (await settle(desk, wish, "withdraw", AMINA)).status_code == 200


async def test_only_what_is_public_and_stands_is_presented(desk: Desk) -> None:
    draft = (await desk.create()).json()["pledge_id"]
    withdrawn = await desk.published()
    await desk.post(f"/pledges/{withdrawn}/close", {"reason": "withdrawn"}, AMINA, await desk.etag(withdrawn))
    for pledge_id in (draft, withdrawn, "01922f00-0000-7000-8000-000000000099"):
        answer = await ask(desk, pledge_id)
        assert (answer.status_code, set(faults(answer))) == (422, {"pledge_id"})


@pytest.mark.parametrize(("changed", "field"), [({"language": "de"}, "language"), ({"pledge_id": "x"}, "pledge_id")])
async def test_a_wrong_field_is_named(desk: Desk, changed: dict[str, str], field: str) -> None:
    answer = await desk.post(PATH, {"pledge_id": await desk.published(), "language": "fr"} | changed, AMINA)
    assert (answer.status_code, set(faults(answer))) == (422, {field})


async def test_who_settles_saw_the_present_state(desk: Desk) -> None:
    wish = await ask(desk, await desk.published())
    path = f"/presentations/{wish.json()['presentation_id']}/withdraw"
    assert (await desk.post(path, None, AMINA, '"9"')).status_code == 412
    assert (await desk.post(path, None, AMINA)).status_code == 428
    unknown = path.replace(wish.json()["presentation_id"], "01922f00-0000-7000-8000-000000000099")
    assert (await desk.post(unknown, None, AMINA, '"1"')).status_code == 404


async def test_nothing_is_presented_at_what_is_cancelled(desk: Desk) -> None:
    pledge_id = await desk.published()
    cancelled = {"starts": "2024-12-05", "time_zone": "America/New_York", "cancelled": True, "reason": "No session"}
    assert (await desk.put("/reviews/plenary-2024", cancelled, STAFF, '"1"')).status_code == 200
    answer = await ask(desk, pledge_id)
    assert (answer.status_code, "cancelled" in answer.json()["detail"]) == (409, True)
