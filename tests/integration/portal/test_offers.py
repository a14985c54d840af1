"""Offers on the pages: entities offer for themselves, staff check and record, and both can undo."""

from typing import Any

import httpx
import pytest

from tests.integration.portal.whole import LONG, RTL, Whole, follow, send
from tests.support.portal import Browser, hidden_fields

HTML = '<script>alert("x")</script>'
FORM: dict[str, Any] = {
    "kind": "expert",
    "provider": "Registry of Kalmora",
    "title": f"Two experts {HTML}",
    "text": "They come for two weeks each.",
    "language": "en",
    "languages": ["en", "fr"],
    "more_languages": "Swahili, pt-BR",
    "types": ["knowledge_exchange"],
    "objectives": ["objective-4"],
    "places": ["region_africa", "MLI"],
    "valid_from": "1 August 2024",
    "valid_until": "2025-07-31",
    "capacity": "2",
    "conflicts": "Sells software.",
    "conflicts_with": "Veridia",
}
DESK, MINE = "/desk/offers", "/my/offers"


def noor(whole: Whole) -> Browser:
    return whole.person("noor", "network_staff")


async def made(browser: Browser, base: str, **changed: Any) -> str:
    """The path of a new offer."""
    answer = await send(browser, f"{base}/new", FORM | changed)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).partition("?")[0]


async def act(browser: Browser, path: str, action: str, **fields: str) -> httpx.Response:
    page = await browser.get(path)
    return await browser.post(path, hidden_fields(page) | {"action": action, **fields})


async def test_an_entity_offers_staff_ask_and_find_it_complete(whole: Whole) -> None:
    kofi, desk = whole.person("kofi"), noor(whole)
    empty = await kofi.get(MINE)
    assert "There is no offer of your entities yet." in empty.text
    answer = await send(kofi, f"{MINE}/new", FORM | {"entity_id": "kalmora"})
    page = await follow(kofi, answer)
    path = str(answer.headers["location"]).partition("?")[0]
    for says in ("Thank you.", "Not checked yet", "Kalmora", "0 of 2 matched", "Sells software.", "Mali", "Africa"):
        assert says in page.text
    assert "<script" not in page.text
    staff_path = path.replace(MINE, DESK)
    assert "Offers that wait for a check: 1" in (await desk.get(DESK)).text
    refused = await act(desk, staff_path, "return", reason=" ")
    assert (refused.status_code, "Say what is missing." in refused.text) == (422, True)
    asked = await follow(desk, await act(desk, staff_path, "return", reason=f"When? {HTML}"))
    assert "see on the offer what you asked" in asked.text
    assert "When? &lt;script" in (await kofi.get(f"{path}/edit")).text
    again = await send(kofi, f"{path}/edit", FORM | {"text": "In May."})
    assert "check it again" in (await follow(kofi, again)).text
    done = await follow(desk, await act(desk, staff_path, "accept"))
    assert "it can be matched now" in done.text
    assert "What it consists of" in done.text  # the field that changed, in the history


async def test_staff_record_change_and_withdraw_and_undo_it(whole: Whole) -> None:
    desk = noor(whole)
    path = await made(desk, DESK, title=RTL)
    listed = await desk.get(DESK)
    assert f'href="{path}"' in listed.text
    assert "Registry of Kalmora" in listed.text
    changed = await follow(desk, await send(desk, f"{path}/edit", FORM | {"title": LONG[:300], "capacity": ""}))
    assert "0 matched, no limit" in changed.text
    withdrawn = await follow(desk, await act(desk, path, "withdraw"))
    assert "You can undo it here" in withdrawn.text
    assert f'href="{path}"' not in (await desk.get(DESK)).text
    assert f'href="{path}"' in (await desk.get(f"{DESK}?state=withdrawn")).text
    assert "The withdrawal is undone." in (await follow(desk, await act(desk, path, "restore"))).text


async def test_the_form_of_an_offer_shows_all_that_it_holds(whole: Whole) -> None:
    desk = noor(whole)
    form = (await desk.get(f"{await made(desk, DESK)}/edit")).text
    for held in (
        'value="sw, pt-BR"',
        'value="2024-08-01"',
        'value="2025-07-31"',
        'value="2"',
        'value="veridia"',
        'name="places" value="MLI" checked',
        'name="places" value="region_africa" checked',
        'name="objectives" value="objective-4" checked',
        'name="languages" value="fr" checked',
        'name="kind" value="expert" checked',
    ):
        assert held in form
    assert form.count(" checked") == 7


@pytest.mark.parametrize(
    ("changed", "field", "says"),
    [
        ({"title": ""}, "title", "Give it a title"),
        ({"text": " "}, "text", "Say in some sentences"),
        ({"kind": ""}, "kind", "Choose what it is."),
        ({"languages": [], "more_languages": ""}, "languages", "Choose at least one language"),
        ({"more_languages": "Klingonish"}, "more_languages", "is no language that is known here"),
        ({"valid_from": "soon"}, "valid_from", "is no date"),
        ({"valid_from": "2024"}, "valid_from", "is no day"),
        ({"valid_until": "2024-07-01"}, "valid_until", "is before the first day"),
        ({"capacity": "1.5"}, "capacity", "is no number of requests"),
        ({"capacity": "0"}, "capacity", "is no number of requests"),
        ({"capacity": "many"}, "capacity", "is no number"),
        ({"kind": "pledge"}, "pledge_id", "Copy the address of the pledge"),
        ({"pledge_id": "that one"}, "pledge_id", "Copy the address"),
        ({"pledge_id": "/pledges/01922f00-0000-7000-8000-0000000000ff"}, "pledge_id", "is no published pledge"),
        ({"conflicts_with": "Atlantis"}, "conflicts_with", "No entity here is called “Atlantis”"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    whole: Whole, changed: dict[str, Any], field: str, says: str
) -> None:
    answer = await send(noor(whole), f"{DESK}/new", FORM | changed)
    assert answer.status_code == 422
    assert f'href="#field-{field}"' in answer.text
    assert says in answer.text
    assert "They come for two weeks each." in answer.text or field == "text"


async def test_what_somebody_else_saved_is_not_overwritten(whole: Whole) -> None:
    desk = noor(whole)
    path = await made(desk, DESK)
    old = hidden_fields(await desk.get(f"{path}/edit"))
    await send(desk, f"{path}/edit", FORM | {"title": "Theirs"})
    answer = await desk.post(f"{path}/edit", old | FORM | {"title": "Ours"})
    assert (answer.status_code, 'value="Ours"' in answer.text) == (422, True)
    assert "Somebody else has saved this offer" in answer.text
    again = await desk.post(f"{path}/edit", hidden_fields(answer) | FORM | {"title": "Ours"})
    assert "Ours" in (await follow(desk, again)).text


async def test_viewers_and_strangers_offer_nothing_and_reviewers_only_look(whole: Whole) -> None:
    path = await made(noor(whole), DESK)
    assert (await whole.person("kofi").get(path)).status_code == 403
    assert (await whole.person("kofi").get(path.replace(DESK, MINE))).status_code == 404
    vera = whole.person("vera")
    assert "Offer help" not in (await vera.get(MINE)).text
    assert "Focal points and delegates offer help" in (await vera.get(f"{MINE}/new")).text
    reviewer = whole.person("rana", "reviewer")
    assert (await reviewer.get(path)).status_code == 200
    assert "<button name" not in (await reviewer.get(path)).text
    assert (await reviewer.get(f"{DESK}/new")).status_code == 403


async def test_filters_of_the_list_are_kept_and_unknown_ones_passed_over(whole: Whole) -> None:
    desk = noor(whole)
    path = await made(desk, DESK)
    assert path in (await desk.get(f"{DESK}?kind=expert&objective=objective-4")).text
    assert path not in (await desk.get(f"{DESK}?kind=practice")).text
    assert path in (await desk.get(f"{DESK}?kind=nonsense&objective=x&state=y")).text
