"""An entity asks to present a pledge at a review, and withdraws; who may, and what is said to those who may not."""

import re
from datetime import timedelta
from typing import Any

import pytest

from tests.integration.portal.whole import Whole, follow, send
from tests.support.api import START, once
from tests.support.entities import STAFF
from tests.support.portal import hidden_fields

WISH = {"milestone": "plenary-2024", "language": "fr"}


def path(pledge_id: str) -> str:
    return f"/my/pledges/{pledge_id}/present"


async def wishes(whole: Whole) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await whole.api("/presentations", entity="veridia"))["items"]
    return items


async def test_a_slot_is_asked_for_and_withdrawn_and_asked_for_again(whole: Whole) -> None:
    pledge_id, amina = await whole.published(), whole.person("amina")
    assert f'href="{path(pledge_id)}"' in (await amina.get(f"/my/pledges/{pledge_id}")).text
    page = await amina.get(path(pledge_id))
    assert 'value="imrf-2022"' not in page.text  # it is over
    asked = await follow(amina, await send(amina, path(pledge_id), WISH))
    assert "You have asked for a slot" in asked.text
    assert re.search(r'<span class="tag">Asked for</span>\s*French', asked.text)
    twice = await send(amina, path(pledge_id), WISH)
    assert (twice.status_code, "asked for at this milestone already" in twice.text) == (422, True)
    assert 'value="plenary-2024" checked' in twice.text
    [wish] = await wishes(whole)
    form = hidden_fields(asked) | {"action": "withdraw", "presentation_id": wish["presentation_id"], "seen": '"1"'}
    assert "Withdrawn. You may ask again." in (await follow(amina, await amina.post(path(pledge_id), form))).text
    late = await amina.post(path(pledge_id), form | {"key": "another"})
    assert "Nothing was done" in (await follow(amina, late)).text
    await follow(amina, await send(amina, path(pledge_id), WISH))
    assert [one["state"] for one in await wishes(whole)] == ["withdrawn", "asked"]


async def test_what_is_granted_can_be_withdrawn(whole: Whole) -> None:
    pledge_id, amina = await whole.published(), whole.person("amina")
    await send(amina, path(pledge_id), WISH)
    [wish] = await wishes(whole)
    grant = f"/presentations/{wish['presentation_id']}/grant"
    assert (await whole.pledges.client.post(grant, headers=once(STAFF) | {"If-Match": '"1"'})).is_success
    page = await amina.get(path(pledge_id))
    assert "Has a slot" in page.text
    assert 'name="seen" value="&quot;2&quot;"' in page.text
    form = hidden_fields(page) | {"action": "withdraw", "presentation_id": wish["presentation_id"], "seen": '"2"'}
    await follow(amina, await amina.post(path(pledge_id), form))
    assert [one["state"] for one in await wishes(whole)] == ["withdrawn"]


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({}, "milestone"),
        ({"milestone": "imrf-2022", "language": "fr"}, "form"),
        ({"milestone": "plenary-2024", "language": "tlh"}, "language"),
    ],
)
async def test_a_wish_that_cannot_be_is_explained(whole: Whole, fields: dict[str, str], at: str) -> None:
    pledge_id = await whole.published()
    answer = await send(whole.person("amina"), path(pledge_id), fields)
    assert (answer.status_code, f'href="#field-{at}"' in answer.text) == (422, True)
    assert f'id="field-{at}"' in answer.text
    assert await wishes(whole) == []


async def test_who_may_not_ask_is_told(whole: Whole) -> None:
    draft, pledge_id = await whole.draft(), await whole.published()
    amina, vera, kofi = (whole.person(name) for name in ("amina", "vera", "kofi"))
    assert "published pledges are presented" in (await amina.get(path(draft))).text
    looked = await vera.get(path(pledge_id))
    assert ("ask for a slot" in looked.text, 'name="milestone"' in looked.text) == (True, False)
    for person, status in ((vera, 403), (kofi, 404)):
        token = {"csrf": hidden_fields(await person.get("/my/pledges"))["csrf"]}
        answer = await person.post(path(pledge_id), token | WISH)
        assert answer.status_code in {403, status}
    assert (await kofi.get(path(pledge_id))).status_code == 404
    stolen = hidden_fields(looked) | WISH
    assert (await amina.post(path(pledge_id), stolen)).status_code == 403  # another browser's form
    assert await wishes(whole) == []
    whole.pledges.set_clock(START + timedelta(days=3650))
    assert "No review lies ahead." in (await amina.get(path(pledge_id))).text
