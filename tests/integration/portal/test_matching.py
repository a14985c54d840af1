"""Matching on the pages: suggestions with reasons, one reply from several offers, and its undoing; unmet demand."""

import re
from typing import Any

import httpx
import pytest

from tests.integration.portal.test_offers import DESK, FORM, HTML, made, noor
from tests.integration.portal.whole import Whole, follow
from tests.support.api import once
from tests.support.portal import Browser, hidden_fields
from tests.support.tokens import bearer


@pytest.fixture
async def accepted(whole: Whole) -> str:
    """The id of a request that staff have accepted."""
    pledge_id = await whole.published()
    wish = {"entity_id": "veridia", "pledge_id": pledge_id, "type": "knowledge_exchange", "text": "?", "language": "en"}
    client = whole.support.client
    request = (await client.post("/requests", json=wish, headers=once(bearer("amina")))).json()
    for step in ("acknowledge", "triage", "accept"):
        headers = once(bearer("noor", "network_staff")) | {"If-Match": f'"{request["revision"]}"'}
        request = (await client.post(f"/requests/{request['request_id']}/{step}", headers=headers)).json()
    assert request["state"] == "accepted"
    return str(request["request_id"])


def path(request_id: str, page: str = "matching") -> str:
    return f"/desk/requests/{request_id}/{page}"


async def pledge_of(whole: Whole, request_id: str) -> str:
    query = "select pledge_id from support_request where request_id = :id"
    return str((await whole.support.rows(query, id=request_id))[0]["pledge_id"])


def id_of(offer_path: str) -> str:
    return offer_path.rpartition("/")[2]


async def act(desk: Browser, request_id: str, action: str, **fields: Any) -> httpx.Response:
    """With the fields of one of the forms on the page."""
    hidden = hidden_fields(await desk.get(path(request_id)))
    sent = {name: hidden[name] for name in ("csrf", "seen", "key") if name in hidden}
    return await desk.post(path(request_id), sent | {"action": action, **fields})


async def offers(desk: Browser, *titles: str, **changed: Any) -> list[str]:
    return [id_of(await made(desk, DESK, **({"title": each, "conflicts_with": ""} | changed))) for each in titles]


async def test_offers_are_suggested_proposed_matched_with_one_reply_and_let_go(whole: Whole, accepted: str) -> None:
    desk = noor(whole)
    one, other = await offers(desk, "Two experts", "A practice")
    assert path(accepted) in (await desk.get(f"/desk/requests/{accepted}")).text
    shown = (await desk.get(path(accepted))).text
    assert "It is for objectives of the pledge: 4. Ensure that all migrants" in shown
    assert "It is the kind of help that is asked for: Exchange of knowledge and practice" in shown
    assert "2 of 2 are left." in shown
    for offer in (one, other):
        done = await follow(desk, await act(desk, accepted, "propose", offer_id=offer))
        assert "Proposed. The requester does not see it yet" in done.text
    nothing = await desk.get(path(accepted, "reply"))
    assert (nothing.status_code, "Choose at least one" in nothing.text) == (422, True)
    draft = await desk.get(f"{path(accepted, 'reply')}?offer={one}&offer={other}")
    text = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", draft.text, re.DOTALL)
    assert text
    assert "1. Two experts" in text[1]
    assert "2. A practice" in text[1]
    form = hidden_fields(draft) | {"offer": [one, other], "reply": f"Take both. {HTML}"}
    page = await follow(desk, await desk.post(path(accepted, "reply"), form))
    assert "Matched. The requester can read your reply" in page.text
    assert "1 of 2 matched" in (await desk.get(f"{DESK}/{one}")).text
    support = f"/my/pledges/{await pledge_of(whole, accepted)}/support"
    assert "A practice" in (await whole.person("amina").get(support)).text
    assert "Take both. &lt;script" in (await whole.person("amina").get(f"{support}/{accepted}")).text
    [match, _] = dict.fromkeys(re.findall(r'name="match_id" value="([^"]+)"', page.text))
    refused = await act(desk, accepted, "release", match_id=match, reason="")
    assert (refused.status_code, "Say why the match does not hold." in refused.text) == (422, True)
    back = await follow(desk, await act(desk, accepted, "release", match_id=match, reason="They cannot travel."))
    assert "Undone. The offer has its capacity back" in back.text
    assert "They cannot travel." in back.text
    assert "0 of 2 matched" in (await desk.get(f"{DESK}/{one}")).text


async def test_a_proposal_is_dropped(whole: Whole, accepted: str) -> None:
    desk = noor(whole)
    [offer] = await offers(desk, "Two experts")
    page = await follow(desk, await act(desk, accepted, "propose", offer_id=offer))
    [match] = re.findall(r'name="match_id" value="([^"]+)"', page.text)
    assert (
        "Dropped. You can propose it again."
        in (await follow(desk, await act(desk, accepted, "drop", match_id=match))).text
    )
    again = await act(desk, accepted, "drop", match_id=match)
    assert (again.status_code, "only what is proposed can be dropped" in again.text) == (422, True)


async def test_a_declared_conflict_is_seen_and_needs_a_reason(whole: Whole, accepted: str) -> None:
    desk = noor(whole)
    [offer] = await offers(desk, "Two experts", conflicts_with="veridia")
    assert "A conflict of interest with this very entity is declared." in (await desk.get(path(accepted))).text
    await act(desk, accepted, "propose", offer_id=offer)
    draft = await desk.get(f"{path(accepted, 'reply')}?offer={offer}")
    form = hidden_fields(draft) | {"offer": offer, "reply": "Take it."}
    refused = await desk.post(path(accepted, "reply"), form | {"despite": " "})
    assert (refused.status_code, 'href="#field-despite"' in refused.text) == (422, True)
    page = await follow(desk, await desk.post(path(accepted, "reply"), form | {"despite": "They agree."}))
    assert "They agree." in page.text


async def test_what_has_nothing_left_is_said_and_the_text_is_kept(whole: Whole, accepted: str) -> None:
    desk = noor(whole)
    [offer] = await offers(desk, "Two experts", capacity="1")
    await act(desk, accepted, "propose", offer_id=offer)
    draft = await desk.get(f"{path(accepted, 'reply')}?offer={offer}")
    await whole.support.rows("update offer set used = 1 returning true")
    refused = await desk.post(
        path(accepted, "reply"), hidden_fields(draft) | {"offer": offer, "reply": "Kept as it was."}
    )
    assert (refused.status_code, "has no capacity left" in refused.text) == (422, True)
    assert "Kept as it was." in refused.text


async def test_two_officers_do_not_match_over_each_other(whole: Whole, accepted: str) -> None:
    desk = noor(whole)
    one, other = await offers(desk, "Two experts", "A practice")
    await act(desk, accepted, "propose", offer_id=one)
    old = await desk.get(f"{path(accepted, 'reply')}?offer={one}")
    await whole.support.rows("update support_request set revision = revision + 1 returning true")
    overtaken = await desk.post(path(accepted, "reply"), hidden_fields(old) | {"offer": one, "reply": "Take it."})
    assert (overtaken.status_code, "Somebody else has taken a step" in overtaken.text) == (422, True)
    assert other not in overtaken.text


async def test_reviewers_look_on_and_entities_do_not(whole: Whole, accepted: str) -> None:
    await offers(noor(whole), "Two experts")
    reviewer = await whole.person("rana", "reviewer").get(path(accepted))
    assert (reviewer.status_code, "Two experts" in reviewer.text) == (200, True)
    assert 'value="propose"' not in reviewer.text
    assert (await whole.person("amina").get(path(accepted))).status_code == 403


async def test_what_a_form_makes_up_does_nothing(whole: Whole, accepted: str) -> None:
    desk = noor(whole)
    for fields in ({"action": "propose", "offer_id": "x"}, {"action": "drop", "match_id": "../x"}, {"action": "none"}):
        answer = await act(desk, accepted, **fields)
        assert answer.status_code in {303, 404, 422}, fields
    strange = await desk.get(f"{path(accepted, 'reply')}?offer=x")
    assert strange.status_code in {404, 422}


async def test_everybody_sees_what_is_unmet(whole: Whole, accepted: str) -> None:
    page = await whole.portal.browser().get("/unmet-demand")
    assert page.status_code == 200
    assert "Requests that still wait" in page.text
    assert re.search(r"4\. Ensure that all migrants.*?1 of 1", page.text, re.DOTALL)
    assert accepted not in page.text
    assert "/unmet-demand" in (await whole.portal.browser().get("/statistics")).text


async def test_without_a_request_it_says_so(whole: Whole) -> None:
    page = await whole.portal.browser().get("/unmet-demand")
    assert "Nobody has asked for support yet." in page.text
    assert FORM["title"] not in page.text
