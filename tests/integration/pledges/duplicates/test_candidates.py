"""Which candidates are found, by whom, and that the work is bounded."""

from typing import Any

import pytest

from services.pledges.duplicates.queries import EACH, MOST, SHOWN
from services.pledges.registry.content import EXAMPLE
from tests.integration.pledges.conftest import AMINA, KOFI, VERA, Desk
from tests.support.entities import REVIEWER, STAFF

HIDDEN = "zanzibar-lantern"
LONG = " ".join(f"The consulate number {number} will issue documents." for number in range(12, 40))

DIFFERENT: dict[str, Any] = {
    "title": "Labour inspectors for farms",
    "description": "Forty inspectors.",
    "objectives": ["objective-6"],
    "period": {"end": "2031"},
    **{name: [] for name in ("main_objectives", "targets", "translations", "external_ids", "money")},
}


async def found(desk: Desk, pledge_id: str, who: dict[str, str] = AMINA) -> list[dict[str, Any]]:
    answer = await desk.get(f"/pledges/{pledge_id}/duplicates", who)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def codes(item: dict[str, Any]) -> set[str]:
    return {reason["code"] for reason in item["reasons"]}


async def test_a_submission_shows_what_it_may_be_a_copy_of(desk: Desk) -> None:
    public = await desk.published()
    await desk.published(**DIFFERENT)
    made = await desk.create(submit=True, external_ids=[])
    for who in (AMINA, VERA, STAFF, REVIEWER):
        [item] = await found(desk, made.json()["pledge_id"], who)
        assert (item["pledge_id"], item["is_public"], item["state"]) == (public, True, "published")
        assert {"same_title", "same_text", "same_entity", "shared_objectives"} <= codes(item)
        assert all(reason["says"] for reason in item["reasons"])
    assert (await desk.get(f"/pledges/{made.json()['pledge_id']}/duplicates", KOFI)).status_code == 404


async def test_what_an_entity_has_not_published_is_found_by_its_own_only(desk: Desk) -> None:
    """Also not by a partner, whatever either of them writes."""
    ids = [{"system": "GRF", "id": "GRF-07853"}]
    secret = EXAMPLE | {"title": HIDDEN, "description": LONG, "external_ids": ids, "partner_entities": ["kalmora"]}
    mine = (await desk.post("/pledges", secret | {"entity_id": "veridia"})).json()["pledge_id"]
    again = (await desk.post("/pledges", secret | {"entity_id": "veridia"})).json()["pledge_id"]
    [item] = await found(desk, again)
    assert (item["pledge_id"], item["is_public"], item["state"], item["title"]) == (mine, False, "draft", HIDDEN)
    theirs = secret | {"entity_id": "kalmora", "partner_entities": ["veridia"]}
    other = (await desk.post("/pledges", theirs, KOFI)).json()["pledge_id"]
    for who in (KOFI, STAFF):
        assert await found(desk, other, who) == []


async def test_an_amendment_is_not_known_by_what_it_may_become(desk: Desk) -> None:
    """Compared with what others see of it: an answer must not tell that there is an amendment, or what it says."""
    public = await desk.published(partner_entities=["kalmora"])
    await desk.put(f"/pledges/{public}", EXAMPLE | {"title": HIDDEN, "description": LONG}, seen='"2"')
    body = EXAMPLE | {"entity_id": "kalmora", "title": HIDDEN, "description": LONG, "partner_entities": ["veridia"]}
    other = (await desk.post("/pledges", body | {"external_ids": []}, KOFI)).json()["pledge_id"]
    assert HIDDEN not in str(await found(desk, other, KOFI))
    own = (await desk.create(title=HIDDEN, description=LONG, external_ids=[])).json()["pledge_id"]
    [item] = await found(desk, own)
    assert (item["pledge_id"], item["is_public"], item["state"]) == (public, False, "draft")


async def test_a_partners_public_pledge_is_found(desk: Desk) -> None:
    public = await desk.published(external_ids=[])
    body = EXAMPLE | {"entity_id": "kalmora", "partner_entities": ["veridia"], "external_ids": []}
    joint = (await desk.post("/pledges", body, KOFI)).json()["pledge_id"]
    [item] = await found(desk, joint, KOFI)
    assert (item["pledge_id"], "partner_entity" in codes(item)) == (public, True)
    alone = (await desk.post("/pledges", body | {"partner_entities": []}, KOFI)).json()["pledge_id"]
    assert public not in {item["pledge_id"] for item in await found(desk, alone, KOFI)}  # strangers say alike things


async def test_keys_follow_what_is_written(desk: Desk) -> None:
    made = await desk.create(external_ids=[])
    pledge_id = made.json()["pledge_id"]
    twin = (await desk.create(external_ids=[])).json()["pledge_id"]
    assert [item["pledge_id"] for item in await found(desk, twin)] == [pledge_id]
    saved = await desk.put(f"/pledges/{pledge_id}", EXAMPLE | DIFFERENT, seen=made.headers["etag"])
    assert saved.status_code == 200, saved.text
    assert await found(desk, twin) == []
    published = await desk.published()
    assert [item["pledge_id"] for item in await found(desk, twin)] == [published]


@pytest.mark.parametrize("same", [{}, {"description": LONG}])
async def test_of_very_many_only_so_many_are_read_and_the_answer_is_always_the_same(
    desk: Desk, same: dict[str, str]
) -> None:
    for number in range(EACH + 10):
        await desk.create(title=f"Identity documents at every consulate {number}", external_ids=[], **same)
    asked = (await desk.create(external_ids=[], **same)).json()["pledge_id"]
    first = await found(desk, asked)
    assert len(first) == SHOWN < EACH < MOST
    assert [item["score"] for item in first] == sorted((item["score"] for item in first), reverse=True)
    assert await found(desk, asked) == first


async def advised(desk: Desk, who: dict[str, str], **changed: Any) -> list[dict[str, Any]]:
    """The duplicates in the advice on the example, of Veridia unless `changed` says otherwise."""
    body = EXAMPLE | {"entity_id": "veridia", "external_ids": []} | changed
    answer = await desk.service.client.post("/pledges/advice", json=body, headers=who | {"Accept-Language": "fr"})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["duplicates"]
    return items


async def test_advice_on_what_is_not_saved_shows_duplicates_in_the_askers_language(desk: Desk) -> None:
    public = await desk.published()
    [item] = await advised(desk, AMINA)
    assert item["pledge_id"] == public
    assert "Les titres sont identiques." in {reason["says"] for reason in item["reasons"]}
    assert await advised(desk, AMINA, entity_id=None) == []
    assert await advised(desk, AMINA, pledge_id=public) == []  # it is no duplicate of itself


async def test_advice_tells_a_stranger_nothing_that_is_not_public(desk: Desk) -> None:
    """Anybody may ask about any entity: what it has not published is not even counted for them."""
    draft = (await desk.create(title=HIDDEN, description=LONG)).json()["pledge_id"]
    mine = {"title": HIDDEN, "description": LONG}
    for who in (AMINA, VERA, STAFF, REVIEWER):
        assert [item["pledge_id"] for item in await advised(desk, who, **mine)] == [draft]
    assert await advised(desk, KOFI, **mine) == []
    assert await advised(desk, KOFI, **mine, partner_entities=["kalmora"]) == []
    assert await advised(desk, KOFI, **mine, entity_id="kalmora", partner_entities=["veridia"]) == []
