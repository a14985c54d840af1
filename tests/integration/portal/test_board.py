"""The officers' board: queues, giving and handing back, steps with their clocks, saved replies, search."""

import re

import httpx
import pytest
from uuid_utils.compat import uuid7

from services.network_support.handlers import SUBSCRIPTIONS
from services.pledges.registry.content import EXAMPLE
from shared.events.envelope import Event
from shared.events.examples import EXAMPLES
from shared.messaging.subscriptions import Effect
from tests.integration.portal.test_desk import asked, noor
from tests.integration.portal.whole import Whole, follow
from tests.support.api import once
from tests.support.portal import Browser, form_of
from tests.support.tokens import bearer

LEFT = EXAMPLES["membership.lead_left.v1"]


@pytest.fixture
async def request_id(whole: Whole) -> str:
    return await asked(whole, await whole.published())


async def act(desk: Browser, request_id: str, action: str, reason: str | None = None, **fields: str) -> str:
    """What the page says after it."""
    if reason is not None:
        fields[f"reason-{action}"] = reason
    form = form_of(await desk.get(f"/desk/requests/{request_id}"), action)
    answer = await desk.post(f"/desk/cases/{request_id}", form | fields)
    return answer.text if answer.status_code == 422 else (await follow(desk, answer)).text


def tick_of(page: httpx.Response, case_id: str) -> str:
    found = re.search(rf'name="case" value="({case_id} \d+)"', page.text)
    assert found, page.text
    return found[1]


async def test_what_is_new_is_given_from_the_board_and_is_then_mine(whole: Whole, request_id: str) -> None:
    desk = noor(whole)
    board = await desk.get("/desk/board/new")
    assert "Money &lt;script&gt;" in board.text
    hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', board.text)
    me = re.search(r'<option value="([^"]+)" selected>Me<', board.text)
    assert me, board.text
    sent = dict(hidden) | {"case": tick_of(board, request_id), "officer": me[1]}
    assert "Given: 1." in (await desk.post("/desk/board/new", sent)).text
    assert request_id in (await desk.get("/desk/board/mine")).text
    assert request_id not in (await desk.get("/desk/board/unassigned")).text
    late = await desk.post("/desk/board/new", sent | {"key": "another"})
    assert "the officer has it already" in late.text
    nothing = await desk.post("/desk/board/new", dict(hidden) | {"key": "third", "officer": me[1]})
    assert nothing.status_code == 422
    assert "Tick at least one" in nothing.text


async def test_a_case_is_taken_through_its_steps_with_its_clocks(whole: Whole, request_id: str) -> None:
    desk = noor(whole)
    page = await desk.get(f"/desk/requests/{request_id}")
    assert re.search(r"<dt>Acknowledge</dt><dd>\d+ working hours left</dd>", page.text), page.text
    assert "Done." in await act(desk, request_id, "step", step="acknowledged")
    page = await desk.get(f"/desk/requests/{request_id}")
    assert re.search(r"<dt>Acknowledge</dt><dd>done after", page.text)
    assert "Done." in await act(desk, request_id, "step", step="triaged")
    wrong = await act(desk, request_id, "step", step="asked", reason="")
    assert "say what you need to know" in wrong
    assert "Done." in await act(desk, request_id, "step", step="asked", reason="How many offices?")
    page = await desk.get(f"/desk/requests/{request_id}")
    assert re.search(r"working hours left, paused since \w+day", page.text)
    assert request_id in (await desk.get("/desk/board/waiting_for_requester")).text


async def test_it_is_given_handed_back_and_made_urgent_and_its_page_tells_all(whole: Whole, request_id: str) -> None:
    desk = noor(whole)
    assert "Given." in await act(desk, request_id, "assign", officer="me")
    assert "back with the desk" in await act(desk, request_id, "hand-back", reason="On mission until Friday")
    assert "priority is changed" in await act(desk, request_id, "prioritise", priority="urgent", reason="The plenary")
    page = (await desk.get(f"/desk/requests/{request_id}")).text
    assert "Nobody has it yet." in page
    assert "On mission until Friday" in page
    assert request_id in (await desk.get("/desk/board/urgent")).text
    assert "reason" in await act(desk, request_id, "prioritise", priority="low", reason="")


async def test_a_reason_for_colleagues_is_never_put_into_the_text_to_the_requester(
    whole: Whole, request_id: str
) -> None:
    long = "Their minister asked us " * 200
    page = await act(noor(whole), request_id, "prioritise", priority="urgent", reason=long)
    assert 'id="field-reason-prioritise-fault"' in page
    assert page.count(long.strip()) == 1
    [textarea] = re.findall(r'<textarea id="field-reason-step"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert textarea == ""


async def test_a_request_that_is_not_on_the_desk_yet_can_be_looked_at(whole: Whole) -> None:
    pending = await asked(whole, str(uuid7()))
    page = await noor(whole).get(f"/desk/requests/{pending}")
    assert page.status_code == 200
    assert "Waits for the pledge" in page.text
    assert "On the desk" not in page.text


async def test_queues_of_regions_say_which(whole: Whole) -> None:
    desk = noor(whole)
    for region, says in (("africa", "Africa"), ("none", "no region")):
        assert f"<h1>Nobody has it: {says}</h1>" in (await desk.get(f"/desk/board/unassigned_{region}")).text


async def test_a_bent_tick_is_none(whole: Whole, request_id: str) -> None:
    desk = noor(whole)
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', (await desk.get("/desk/board/new")).text))
    for tick in ("x 1", f"{request_id} ١", request_id, f"{request_id} 0 0", " "):
        assert (await desk.post("/desk/board/new", hidden | {"officer": "me", "case": tick})).status_code == 422


async def test_a_saved_reply_begins_the_text(whole: Whole, request_id: str) -> None:
    fields = {"name": "Thanks", "texts": {"en": "Thank you for “{pledge}”, {entity}."}}
    made = await whole.support.client.post("/replies", json=fields, headers=once(bearer("noor", "network_staff")))
    assert made.status_code == 201, made.text
    desk = noor(whole)
    page = await desk.get(f"/desk/requests/{request_id}?reply={made.json()['reply_id']}")
    assert f"Thank you for “{EXAMPLE['title']}”, {{entity}}." in page.text
    assert "Not known here, so write it in yourself: <bdi>{entity}</bdi>" in page.text


async def test_a_request_is_found_by_its_words(whole: Whole, request_id: str) -> None:
    desk = noor(whole)
    assert request_id in (await desk.get("/desk/cases?text=money")).text
    assert "No request has these words." in (await desk.get("/desk/cases?text=zebra")).text


async def test_two_that_are_the_same_are_merged_after_a_look_and_parted_again(whole: Whole, request_id: str) -> None:
    desk = noor(whole)
    [pledge] = await whole.support.rows("select pledge_id from support_request where request_id = :id", id=request_id)
    other = await asked(whole, str(pledge["pledge_id"]))
    at = f"/desk/requests/{other}/merge?into={request_id}"
    assert at in (await desk.get(f"/desk/requests/{other}")).text
    look = await desk.get(at)
    assert "This one ends" in look.text
    assert (await whole.support.rows("select 1 from support_request where state = 'merged'")) == []
    wrong = await desk.post(at, form_of(look, "merge"))
    assert wrong.status_code == 422
    merged = await follow(desk, await desk.post(at, form_of(look, "merge") | {"key": "two", "reason": "Twice"}))
    assert "Merged. The other request" in merged.text
    at = f"/desk/requests/{other}/merge"
    assert f'href="{at}"' in merged.text
    undo = form_of(await desk.get(at), "undo")
    nameless = await desk.post(at, undo)
    assert nameless.status_code == 422
    assert 'id="field-reason-fault"' in nameless.text
    undone = await desk.post(at, undo | {"key": "three", "reason": "Two offices"})
    assert "stands by itself again" in (await follow(desk, undone)).text
    into_itself = await desk.get(f"/desk/requests/{other}/merge?into={other}")
    assert "Merge them" not in into_itself.text


async def test_who_has_it_open_is_told_to_the_next(whole: Whole, request_id: str) -> None:
    await noor(whole).get(f"/desk/requests/{request_id}")
    other = whole.person("li", "network_staff")
    assert "Agree who takes it." in (await other.get(f"/desk/requests/{request_id}")).text


@pytest.mark.parametrize("address", ["/desk/board/new", "/desk/cases", "/desk/cases/{}"])
async def test_the_board_is_for_staff(whole: Whole, request_id: str, address: str) -> None:
    for person in (whole.person("amina"), whole.person("rosa", "reviewer")):
        assert (await person.get(address.format(request_id))).status_code == 403


async def test_a_work_item_of_another_service_has_a_page_with_all_that_can_be_done(whole: Whole) -> None:
    told = Event(uuid7(), "membership.lead_left.v1", "pledges", "key", whole.support.clock.system(), LEFT)
    [left] = [one.handlers[told.type] for one in SUBSCRIPTIONS if isinstance(one, Effect) and told.type in one.handlers]
    async with whole.support.database.transaction() as session:
        await left(session, told, whole.support.clock.moment())
    desk = noor(whole)
    await desk.get("/desk/board/work_items")  # an officer is who has come
    staff = bearer("noor", "network_staff")
    [item] = (await whole.support.client.get("/queues/work_items", headers=staff)).json()["items"]
    page = await desk.get(f"/desk/cases/{item['case_id']}")
    assert page.status_code == 200
    assert "Who takes it" in page.text
    given = await desk.post(f"/desk/cases/{item['case_id']}", form_of(page, "assign") | {"officer": "noor"})
    assert (await follow(desk, given)).status_code == 200
    assert (await whole.support.client.get(f"/cases/{item['case_id']}", headers=staff)).json()["officer"] == "noor"
