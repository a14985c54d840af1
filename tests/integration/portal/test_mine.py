"""What an entity's people do on the pages, over the real services."""

import re
from html import unescape

import pytest

from services.pledges.registry.content import EXAMPLE
from tests.integration.portal.whole import FORM, HTML, LONG, RTL, Whole, follow, send
from tests.support.entities import end, give
from tests.support.portal import Browser, hidden_fields
from tests.support.tokens import bearer

FORMS = ("/my/pledges/new", "/my/pledges/{}", "/my/pledges/{}/report", "/my/pledges/{}/support", "/my/pledges/{}/close")


@pytest.mark.parametrize("path", FORMS)
async def test_forms_from_elsewhere_are_refused(whole: Whole, path: str) -> None:
    pledge_id = await whole.published()
    address = path.format(pledge_id)
    amina, other = whole.person("amina"), whole.person("dario")
    theirs = hidden_fields(await other.get(address))
    await amina.get(address)
    before = await whole.api("/me/pledges")
    for form in (FORM, FORM | theirs):
        answer = await amina.post(
            address, form | {"status": "delayed", "reason": "ended", "type": "fund_proposal", "text": "x"}
        )
        assert answer.status_code == 403
        assert "was not sent from the page" in answer.text
    assert await whole.api("/me/pledges") == before


@pytest.mark.parametrize("path", FORMS[1:])
async def test_of_others_nothing_is_seen(whole: Whole, path: str) -> None:
    pledge_id = await whole.draft(title="Unpublished words")
    kofi = whole.person("kofi")
    answer = await kofi.get(path.format(pledge_id))
    assert answer.status_code == 404
    assert "Unpublished" not in answer.text
    token = hidden_fields(await kofi.get("/my/pledges/new"))
    assert (
        await kofi.post(path.format(pledge_id), token | FORM | {"type": "x", "text": "x", "reason": "ended"})
    ).status_code == 404


async def test_viewers_read_and_change_nothing(whole: Whole) -> None:
    pledge_id = await whole.draft()
    vera = whole.person("vera")
    page = await vera.get(f"/my/pledges/{pledge_id}")
    assert "You can read it" in page.text
    assert 'name="title"' not in page.text
    token = hidden_fields(page)
    refused = await vera.post(f"/my/pledges/{pledge_id}", token | FORM | {"seen": '"1"'})
    assert refused.status_code == 403
    assert "you are neither yet" in (await vera.get("/my/pledges/new")).text


async def test_nobody_is_sent_to_sign_in_and_comes_back(whole: Whole) -> None:
    answer = await whole.portal.browser().get("/my/pledges?state=draft")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Fmy%2Fpledges%3Fstate%3Ddraft"


async def test_the_list_says_what_is_due_and_what_to_do(whole: Whole) -> None:
    amina = whole.person("amina")
    assert "Begin with a title" in (await amina.get("/my/pledges")).text
    assert "You do not act for an entity yet" in (await whole.person("nobody").get("/my/pledges")).text
    assert "it stands here" in (await whole.person("vera").get("/my/pledges")).text
    pledge_id = await whole.published(title=RTL)
    page = await amina.get("/my/pledges")
    assert "5 December 2024" in page.text
    assert "No report for it yet." in page.text
    done = await send(amina, f"/my/pledges/{pledge_id}/report", status="in_progress")
    assert "Your report is public now" in (await follow(amina, done)).text
    assert "You have reported for it on 2 September 2024" in (await amina.get("/my/pledges")).text
    assert "No pledge is like that" in (await amina.get("/my/pledges?state=closed")).text


async def test_lists_page_by_cursor_and_keep_their_filter(whole: Whole) -> None:
    for number in range(21):
        await whole.draft(title=f"Number {number}")
    amina = whole.person("amina")
    first = await amina.get("/my/pledges?state=draft")
    more = re.search(r'href="(/my/pledges\?state=draft&amp;cursor=[^"]+)"', first.text)
    assert more, first.text
    second = await amina.get(unescape(more.group(1)))
    titles = [set(re.findall(r">(Number \d+)</a>", page.text)) for page in (first, second)]
    assert [len(found) for found in titles] == [20, 1]
    assert not titles[0] & titles[1]
    assert (await amina.get("/my/pledges?cursor=tampered")).status_code == 422


async def test_a_report_is_filled_in_from_the_last_and_says_what_is_wrong(whole: Whole) -> None:
    pledge_id = await whole.published()
    amina = whole.person("amina")
    path = f"/my/pledges/{pledge_id}/report"
    assert "Nothing has changed since" not in (await amina.get(path)).text
    wrong = await send(amina, path, {"value.0": "many", "summary": f"So far {HTML}"})
    assert wrong.status_code == 422
    assert 'href="#field-value-0"' in wrong.text
    assert 'href="#field-status"' in wrong.text
    assert "So far &lt;script&gt;" in wrong.text
    fields = {"status": "in_progress", "value.0": "7", "said.0": "seven", "barriers": ["resources", "law"]}
    await follow(amina, await send(amina, path, fields))
    page = await amina.get(path)
    assert 'value="7"' in page.text
    assert 'value="seven"' in page.text
    await follow(amina, await send(amina, path, action="no_change"))
    updates = (await whole.api(f"/pledges/{pledge_id}/updates"))["items"]
    assert [update["no_change"] for update in updates] == [True, False]
    [value] = updates[1]["values"]
    assert (value["target"], value["value"], value["value_text"]) == (EXAMPLE["targets"][0]["what"], "7", "seven")
    assert updates[1]["barriers"] == ["resources", "law"]


async def test_a_report_sent_twice_is_one_report(whole: Whole) -> None:
    pledge_id = await whole.published()
    amina = whole.person("amina")
    path = f"/my/pledges/{pledge_id}/report"
    form = hidden_fields(await amina.get(path)) | {"status": "delayed"}
    assert [(await amina.post(path, form)).status_code for _ in range(2)] == [303, 303]
    other = await amina.post(path, form | {"status": "stalled"})
    assert "You sent this form before" in other.text
    assert len((await whole.api(f"/pledges/{pledge_id}/updates"))["items"]) == 1


async def test_support_is_asked_for_followed_and_taken_back(whole: Whole) -> None:
    pledge_id = await whole.published()
    amina = whole.person("amina")
    path = f"/my/pledges/{pledge_id}/support"
    wrong = await send(amina, path, text=" ")
    assert wrong.status_code == 422
    assert "Choose what kind of help you need" in wrong.text
    done = await send(amina, path, type="knowledge_exchange", text=f"We would like to learn. {HTML}", language="en")
    page = await follow(amina, done)
    assert "Your request is on its way" in page.text
    assert "We would like to learn. &lt;script&gt;" in page.text
    [life] = re.findall(r'href="(/my/pledges/[^"]+/life)"', page.text)
    form = hidden_fields(await amina.get(life)) | {"action": "withdraw"}
    assert "taken back" in (await follow(amina, await amina.post(life, form))).text
    again = await amina.post(life, form | {"key": "another"})
    assert "Nothing was done" in (await follow(amina, again)).text


async def test_a_request_before_publication_waits_for_it(whole: Whole) -> None:
    pledge_id = await whole.draft(submit=True)
    amina = whole.person("amina")
    done = await send(amina, f"/my/pledges/{pledge_id}/support", type="fund_proposal", text="Money", language="en")
    assert "It waits until the pledge is published" in (await follow(amina, done)).text


async def test_a_pledge_is_closed_with_its_reason_once(whole: Whole) -> None:
    pledge_id = await whole.published()
    amina = whole.person("amina")
    path = f"/my/pledges/{pledge_id}/close"
    assert 'href="#field-reason"' in (await send(amina, path)).text
    assert (
        'href="#field-superseded_by"' in (await send(amina, path, reason="superseded", superseded_by="that one")).text
    )
    itself = await send(amina, path, reason="superseded", superseded_by=pledge_id)
    assert 'href="#field-superseded_by"' in itself.text
    form = hidden_fields(await amina.get(path)) | {"reason": "fulfilled"}
    page = await follow(amina, await amina.post(path, form))
    assert "The pledge is closed" in page.text
    assert "It is closed and stays as it is" in page.text
    assert "The pledge is closed" in (await follow(amina, await amina.post(path, form))).text  # the same wish
    assert (await whole.api(f"/pledges/{pledge_id}"))["closed_reason"] == "fulfilled"
    assert "It is closed already" in (await amina.get(path)).text


@pytest.mark.parametrize("title", [HTML, RTL, LONG, "\u202eevil\u202c"])
async def test_odd_titles_do_no_harm(whole: Whole, title: str) -> None:
    pledge_id = await whole.published(title=title)
    amina = whole.person("amina")
    for path in ("/my/pledges", *FORMS[1:]):
        page = await amina.get(path.format(pledge_id))
        assert page.status_code == 200
        assert "<script" not in page.text
        assert title[:40] in unescape(page.text)
        assert 'dir="auto"' in page.text


async def test_a_membership_that_ended_ends_the_writing(whole: Whole) -> None:
    given = await give(whole.pledges, "eve")
    pledge_id = await whole.draft()
    eve = whole.person("eve")
    form = hidden_fields(await eve.get(f"/my/pledges/{pledge_id}")) | FORM
    await end(whole.pledges, given)
    assert (await eve.post(f"/my/pledges/{pledge_id}", form)).status_code == 404
    assert (await whole.pledges.client.get(f"/pledges/{pledge_id}/working-copy", headers=bearer("amina"))).json()[
        "revision"
    ] == 1


async def test_addresses_that_make_no_sense_lead_nowhere(whole: Whole) -> None:
    amina: Browser = whole.person("amina")
    for path in ("/my/pledges/x", "/my/pledges/x/report", "/my/pledges/01922f00-0000-7000-8000-000000000001"):
        assert (await amina.get(path)).status_code == 404
