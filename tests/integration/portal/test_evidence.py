"""What the Network's staff do with evidence that an entity asked them to check; reviewers only look."""

import re
from html import unescape
from typing import Any

import pytest

from services.pledges.progress.schemas import EXAMPLE as REPORT
from tests.integration.portal.whole import HTML, Whole, follow, send
from tests.support.api import once
from tests.support.portal import Browser, hidden_fields
from tests.support.tokens import bearer

LIST = "/desk/evidence"


async def reported(whole: Whole, **changed: Any) -> str:
    """The id of a pledge whose first report asks for a check."""
    pledge_id = await whole.published(title=f"Documents {HTML}")
    await report(whole, pledge_id, **changed)
    return pledge_id


async def report(whole: Whole, pledge_id: str, **changed: Any) -> None:
    path = f"/pledges/{pledge_id}/updates"
    said = await whole.pledges.client.post(path, json=REPORT | changed, headers=once(bearer("amina")))
    assert said.is_success, said.text


def noor(whole: Whole) -> Browser:
    return whole.person("noor", "network_staff")


def page_of(pledge_id: str) -> str:
    return f"{LIST}/{pledge_id}/1"


async def checked(whole: Whole, pledge_id: str) -> dict[str, Any]:
    found: dict[str, Any] = await whole.api(f"/pledges/{pledge_id}/updates/1/check")
    return found


async def test_what_waits_is_listed_looked_at_and_confirmed(whole: Whole) -> None:
    desk, pledge_id = noor(whole), await reported(whole)
    listed = (await desk.get(LIST)).text
    assert f'href="{page_of(pledge_id)}"' in listed
    assert "<script" not in listed
    page = (await desk.get(page_of(pledge_id))).text
    for words in (REPORT["summary"], f'href="{REPORT["evidence"][0]["url"]}"', "1.1 million euros", "Who sees what"):
        assert words in page
    done = await follow(desk, await send(desk, page_of(pledge_id), answer="confirmed"))
    assert "Confirmed: everybody sees it" in done.text
    assert "It takes the place of the answer above" in done.text
    assert "Nothing waits for you" in (await desk.get(LIST)).text
    assert (await checked(whole, pledge_id))["answer"] == "confirmed"
    assert "Checked by the Network’s staff" in (await desk.get(f"/pledges/{pledge_id}")).text


async def test_it_is_declined_with_a_reason_and_a_confirmation_is_taken_back(whole: Whole) -> None:
    desk, pledge_id = noor(whole), await reported(whole)
    await send(desk, page_of(pledge_id), answer="confirmed")
    reason = f"It leads nowhere. {HTML}"
    done = await follow(desk, await send(desk, page_of(pledge_id), answer="declined", reason=reason))
    assert "Declined." in done.text
    assert "It leads nowhere. &lt;script&gt;" in done.text
    found = await checked(whole, pledge_id)
    assert (found["answer"], found["reason"]) == ("declined", reason)
    assert (await whole.api(f"/pledges/{pledge_id}/updates"))["items"][0]["level"] == "evidenced"


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({}, "answer"),
        ({"answer": "maybe"}, "answer"),
        ({"answer": "declined", "reason": "  "}, "reason"),
        ({"answer": "declined", "reason": "x" * 2001}, "reason"),
    ],
)
async def test_an_answer_that_says_nothing_is_explained_and_kept(whole: Whole, fields: dict[str, str], at: str) -> None:
    desk, pledge_id = noor(whole), await reported(whole)
    answer = await send(desk, page_of(pledge_id), fields)
    assert answer.status_code == 422
    assert f'href="#field-{at}"' in answer.text
    assert fields.get("reason", "") in answer.text
    assert (await checked(whole, pledge_id))["answer"] == "asked"


async def test_reviewers_look_and_others_do_not(whole: Whole) -> None:
    pledge_id = await reported(whole)
    rosa = whole.person("rosa", "reviewer")
    assert page_of(pledge_id) in (await rosa.get(LIST)).text
    page = await rosa.get(page_of(pledge_id))
    assert (page.status_code, 'name="answer"' in page.text) == (200, False)
    token = {"csrf": hidden_fields(page)["csrf"], "answer": "confirmed"}
    assert (await rosa.post(page_of(pledge_id), token)).status_code == 403
    for person in ("amina", "kofi"):
        assert (await whole.person(person).get(LIST)).status_code == 403
        assert (await whole.person(person).get(page_of(pledge_id))).status_code == 403
    assert (await whole.portal.browser().get(LIST)).headers["location"].startswith("/sign-in")
    forged = await noor(whole).post(page_of(pledge_id), token)
    assert forged.status_code == 403
    assert (await checked(whole, pledge_id))["answer"] == "asked"


async def test_what_nobody_asked_for_and_what_was_corrected_is_not_checked(whole: Whole) -> None:
    desk = noor(whole)
    unasked = await reported(whole, ask_confirmation=False)
    for address in (
        page_of(unasked),
        f"{LIST}/{unasked}/2",
        f"{LIST}/{unasked}/0",
        f"{LIST}/x/1",
        f"{LIST}/{unasked}/x",
    ):
        assert (await desk.get(address)).status_code == 404
    assert (await send_bare(desk, page_of(unasked))).status_code == 404
    pledge_id = await reported(whole)
    form = hidden_fields(await desk.get(page_of(pledge_id))) | {"answer": "confirmed"}
    await report(whole, pledge_id, corrects=1)
    late = await desk.post(page_of(pledge_id), form)
    assert (late.status_code, "corrected by report 2" in late.text) == (422, True)
    assert 'name="answer"' not in (await desk.get(page_of(pledge_id))).text
    assert f"{LIST}/{pledge_id}/2" in (await desk.get(LIST)).text


async def send_bare(desk: Browser, address: str) -> Any:
    """Without having seen the form."""
    token = hidden_fields(await desk.get(LIST))["csrf"]
    return await desk.post(address, {"csrf": token, "answer": "confirmed"})


async def test_the_list_is_paged(whole: Whole) -> None:
    desk, pledge_id = noor(whole), await reported(whole)
    for _ in range(20):
        await report(whole, pledge_id)
    first = await desk.get(LIST)
    more = re.search(rf'href="({LIST}\?cursor=[^"]+)"', first.text)
    assert more, first.text
    second = await desk.get(unescape(more.group(1)))
    rows = [set(re.findall(rf'href="({LIST}/[^"]+/\d+)"', one.text)) for one in (first, second)]
    assert [len(found) for found in rows] == [20, 1]
    assert not rows[0] & rows[1]
    assert (await desk.get(f"{LIST}?cursor=tampered")).status_code == 422
