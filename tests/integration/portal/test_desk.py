"""What the Network's staff do on the pages, over the real services; and that reviewers only look."""

import re
from html import unescape
from typing import Any

import pytest

from services.pledges.registry.content import EXAMPLE
from tests.integration.portal.whole import Whole, follow, send
from tests.support.api import once
from tests.support.portal import Browser, form_of, hidden_fields
from tests.support.tokens import bearer

HTML = '<script>alert("x")</script>'
ASK = {
    "action": "ask",
    "field": ["period", "description"],
    "says.period": "Until when?",
    "says.description": f"More {HTML}",
}


@pytest.fixture
async def submitted(whole: Whole) -> str:
    return await whole.draft(submit=True)


def noor(whole: Whole) -> Browser:
    return whole.person("noor", "network_staff")


def path(pledge_id: str) -> str:
    return f"/desk/submissions/{pledge_id}"


async def saved(whole: Whole, pledge_id: str, **changed: Any) -> None:
    """By the entity, and submitted again."""
    client, headers = whole.pledges.client, bearer("amina")
    seen = (await client.get(f"/pledges/{pledge_id}/working-copy", headers=headers)).headers["etag"]
    done = await client.put(f"/pledges/{pledge_id}", json=EXAMPLE | changed, headers=headers | {"If-Match": seen})
    again = once(headers) | {"If-Match": done.headers["etag"]}
    assert (await client.post(f"/pledges/{pledge_id}/submit", headers=again)).is_success


async def test_changes_are_asked_for_field_by_field_and_the_pledge_comes_back(whole: Whole, submitted: str) -> None:
    desk = noor(whole)
    listed = await desk.get("/desk/submissions")
    assert f'href="{path(submitted)}"' in listed.text
    assert "Veridia" in listed.text
    page = await follow(desk, await send(desk, path(submitted), ASK))
    assert "get an e-mail with what you asked" in page.text
    assert "It is with the entity" in page.text
    copy = await whole.api(f"/pledges/{submitted}/working-copy")
    assert copy["steps"][0]["asked"] == [
        {"field": "description", "says": f"More {HTML}"},
        {"field": "period", "says": "Until when?"},
    ]
    assert f'href="{path(submitted)}"' not in (await desk.get("/desk/submissions")).text
    assert f'href="{path(submitted)}"' in (await desk.get("/desk/submissions?state=changes_requested")).text
    await saved(whole, submitted, description="More words")
    again = await desk.get(path(submitted))
    assert re.search(r"Changed since you asked: <strong>\s*What is pledged\s*</strong>", again.text)
    done = await follow(desk, await send(desk, path(submitted), action="publish"))
    assert "everybody can see it now" in done.text
    assert (await whole.api(f"/pledges/{submitted}"))["description"] == "More words"


async def test_what_an_amendment_changes_is_shown_side_by_side(whole: Whole) -> None:
    pledge_id = await whole.published()
    await saved(whole, pledge_id, title=f"Papers {HTML}")
    page = await noor(whole).get(path(pledge_id))
    assert "What this amendment changes of version 1" in page.text
    assert "<mark>Papers</mark>" in page.text
    assert "<mark>Identity</mark>" in page.text
    assert "<script" not in page.text


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({}, "form"),
        ({"field": "period"}, "says-period"),
        ({"says.period": "When?"}, "says-period"),
        ({"field": "period", "says.period": "x" * 2001}, "says-period"),
    ],
)
async def test_a_request_that_says_nothing_is_explained_and_kept(
    whole: Whole, submitted: str, fields: dict[str, str], place: str
) -> None:
    answer = await send(noor(whole), path(submitted), {"action": "ask"} | fields)
    assert answer.status_code == 422
    assert f'href="#field-{place}"' in answer.text
    assert f'id="field-{place}"' in answer.text
    assert fields.get("says.period", "") in answer.text
    assert (await whole.api(f"/pledges/{submitted}/working-copy"))["state"] == "submitted"


@pytest.mark.parametrize("form", [{"action": "publish"}, ASK])
async def test_who_comes_second_is_told_and_loses_nothing(whole: Whole, submitted: str, form: dict[str, Any]) -> None:
    desk, other = noor(whole), whole.person("nils", "network_staff")
    mine = hidden_fields(await desk.get(path(submitted)))
    await follow(
        other, await send(other, path(submitted), {"action": "ask", "field": "title", "says.title": "Shorter"})
    )
    answer = await desk.post(path(submitted), mine | form)
    assert answer.status_code == 409
    assert "Somebody else was faster" in answer.text
    assert "Changes asked for by the Network’s staff" in answer.text
    assert ("Until when?" in answer.text) == (form is ASK)
    assert len((await whole.api(f"/pledges/{submitted}/working-copy"))["steps"]) == 2


async def test_back_after_publishing_publishes_once(whole: Whole, submitted: str) -> None:
    desk = noor(whole)
    form = hidden_fields(await desk.get(path(submitted))) | {"action": "publish"}
    assert [(await desk.post(path(submitted), form)).status_code for _ in range(2)] == [303, 303]
    assert (await whole.api(f"/pledges/{submitted}"))["version"] == 1


async def asked(whole: Whole, pledge_id: str) -> str:
    body = {
        "entity_id": "veridia",
        "pledge_id": pledge_id,
        "type": "fund_proposal",
        "text": f"Money {HTML}",
        "language": "en",
    }
    made = await whole.support.client.post("/requests", json=body, headers=once(bearer("amina")))
    assert made.is_success, made.text
    await whole.carry()
    return str(made.json()["request_id"])


async def test_a_request_for_support_is_acknowledged_once(whole: Whole) -> None:
    request_id = await asked(whole, await whole.published())
    desk, at = noor(whole), f"/desk/requests/{request_id}"
    listed = await desk.get("/desk/requests")
    assert f'href="{at}"' in listed.text
    assert EXAMPLE["title"] in listed.text
    page = await desk.get(at)
    assert "Money &lt;script&gt;" in page.text
    form = form_of(page, "step") | {"step": "acknowledged"}
    page = await follow(desk, await desk.post(f"/desk/cases/{request_id}", form))
    assert "Done." in page.text
    assert 'value="acknowledged"' not in page.text
    again = await desk.post(f"/desk/cases/{request_id}", form | {"key": "another"})
    assert "somebody was faster" in (await follow(desk, again)).text
    assert "No request waits for you" in (await desk.get("/desk/requests")).text
    for query in ("state=acknowledged", "state=all&type=fund_proposal", "state=all&entity=veridia"):
        assert f'href="{at}"' in (await desk.get(f"/desk/requests?{query}")).text
    assert f'href="{at}"' not in (await desk.get("/desk/requests?state=all&type=hub_participation")).text


async def test_reviewers_look_on(whole: Whole, submitted: str) -> None:
    request_id = await asked(whole, await whole.published())
    rosa = whole.person("rosa", "reviewer")
    for address in ("/desk/submissions", path(submitted), "/desk/requests", f"/desk/requests/{request_id}"):
        page = await rosa.get(address)
        assert page.status_code == 200
        assert 'method="post" class="decide"' not in page.text
        assert 'value="publish"' not in page.text
    token = hidden_fields(await rosa.get(path(submitted)))
    for address in (path(submitted), f"/desk/requests/{request_id}"):
        assert (await rosa.post(address, token | {"action": "publish", "seen": '"1"'})).status_code == 403


@pytest.mark.parametrize("address", ["/desk/submissions", "/desk/submissions/{}", "/desk/requests"])
async def test_the_desk_is_for_staff(whole: Whole, submitted: str, address: str) -> None:
    for person in (whole.person("amina"), whole.person("kofi")):
        page = await person.get(address.format(submitted))
        assert page.status_code == 403
        assert EXAMPLE["title"] not in page.text
    assert (await whole.portal.browser().get(address.format(submitted))).status_code == 303


async def test_forms_from_elsewhere_are_refused(whole: Whole, submitted: str) -> None:
    request_id = await asked(whole, await whole.published())
    desk, other = noor(whole), whole.person("nils", "network_staff")
    await desk.get(path(submitted))
    theirs = hidden_fields(await other.get(path(submitted)))
    for address in (path(submitted), f"/desk/requests/{request_id}"):
        for form in ({}, theirs):
            answer = await desk.post(address, form | {"action": "publish", "seen": '"1"'})
            assert answer.status_code == 403
    assert (await whole.api(f"/pledges/{submitted}/working-copy"))["state"] == "submitted"


async def test_submissions_page_by_cursor(whole: Whole) -> None:
    for number in range(21):
        await whole.draft(title=f"Number {number}", submit=True)
    desk = noor(whole)
    first = await desk.get("/desk/submissions")
    more = re.search(r'href="(/desk/submissions\?[^"]*cursor=[^"]+)"', first.text)
    assert more
    second = await desk.get(unescape(more.group(1)))
    assert [len(set(re.findall(r"Number \d+", page.text))) for page in (first, second)] == [20, 1]


async def test_publishing_by_a_form_that_was_sent_for_changes_is_refused_with_a_reason(
    whole: Whole, submitted: str
) -> None:
    """Back from what was done, and the other button: the form's key is used, and its revision is old."""
    desk = noor(whole)
    form = hidden_fields(await desk.get(path(submitted)))
    assert (await desk.post(path(submitted), form | ASK)).status_code == 303
    again = await desk.post(path(submitted), form | {"action": "publish"})
    assert again.status_code == 422
    assert "You sent this form before" in again.text
    unread = await desk.post(path(submitted), form | {"action": "publish", "seen": "", "key": ""})
    assert unread.status_code == 422
