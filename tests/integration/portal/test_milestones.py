"""What staff do with a milestone on the pages: see what a move will do, move it, record what came out of it."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.integration.notifications.people import People
from tests.integration.notifications.support import Post, opened
from tests.integration.portal.whole import HTML, Whole, follow, send
from tests.support.api import START, Services, once
from tests.support.portal import Browser, Portal, hidden_fields, parts
from tests.support.tokens import bearer

CODE = "plenary-2024"
DESK = f"/desk/reviews/{CODE}"
MOVE = f"{DESK}/move"
REASON = f"Confirmed by the President {HTML}"
WISHED = {"starts": "12 December 2024", "seat": "New York", "time_zone": "America/New_York", "reason": REASON}
PREVIEW: dict[str, Any] = WISHED | {"action": "preview"}


def noor(whole: Whole) -> Browser:
    return whole.person("noor", "network_staff")


async def milestone(whole: Whole, code: str = CODE) -> dict[str, Any]:
    found: dict[str, Any] = await whole.api(f"/reviews/{code}")
    return found


async def moved(desk: Browser, **changed: str) -> httpx.Response:
    """As somebody does who looks at the preview first."""
    shown = await send(desk, MOVE, PREVIEW, **changed)
    assert shown.status_code == 200, shown.text
    return await desk.post(MOVE, hidden_fields(shown) | WISHED | changed | {"action": "move"})


@pytest.fixture
async def reminded(whole: Whole, service: Services) -> AsyncIterator[Whole]:
    """Of two published pledges, on which everybody was reminded thirty days before; notifications knows one of them."""
    async with opened(await service("notifications"), People()) as post:
        for title in ("Silent", "Never heard of"):
            post.set_clock(2024, 9, 2)
            await knows(post, await whole.published(title=f"{title} {HTML}"), title)
        await post.knows_milestone()
        post.set_clock(2024, 11, 5)
        await post.tick()
        transport = httpx.ASGITransport(post.service.app, raise_app_exceptions=False)
        mounts = {"http://notifications.invalid": transport, **whole.mounts}
        http = httpx.AsyncClient(mounts=mounts)
        portal = Portal(parts(http, whole.pledges.clock_file, notifications_url="http://notifications.invalid"))
        yield Whole(portal, whole.pledges, whole.support)


async def knows(post: Post, pledge_id: str, title: str) -> None:
    if title == "Silent":
        await post.knows(UUID(pledge_id))


async def test_a_move_is_shown_before_it_is_done(reminded: Whole) -> None:
    desk = noor(reminded)
    shown = await send(desk, MOVE, PREVIEW)
    page = re.sub(r"\s+", " ", shown.text)
    for words in (
        "Different will be: Begins",
        "1 reminder was sent so far; it is not sent again.",
        "0 planned reminders stay on their days.",
        "3 planned reminders are dropped with their days.",
        "5 December 2024",
        '<time datetime="2024-12-05">',
        "They go to the focal points of 2 pledges that nobody has reported on yet.",
        "Counted until",
        "13 December 2024, 05:00 UTC",
    ):
        assert words in page, words
    assert (await milestone(reminded))["starts"] == "2024-12-05"
    done = await follow(desk, await desk.post(MOVE, hidden_fields(shown) | WISHED | {"action": "move"}))
    assert "Moved. Everybody sees the new date and your reason" in done.text
    assert (await milestone(reminded))["starts"] == "2024-12-12"


async def test_one_is_cancelled_after_it_was_shown_what_that_does(reminded: Whole) -> None:
    desk = noor(reminded)
    wish = PREVIEW | {"starts": "5 December 2024", "cancelled": "yes"}
    shown = await send(desk, MOVE, wish)
    for words in ("Different will be: Cancelled", "3 planned reminders are dropped", "is told by e-mail"):
        assert words in re.sub(r"\s+", " ", shown.text), words
    await follow(desk, await desk.post(MOVE, hidden_fields(shown) | wish | {"action": "move"}))
    assert (await milestone(reminded))["cancelled"] is True
    public = await desk.get(f"/reviews/{CODE}")
    assert "it does not take place" in public.text
    assert "Cancelled" in (await desk.get("/reviews")).text


async def test_who_moved_it_and_why_is_there_for_everybody(whole: Whole) -> None:
    desk = noor(whole)
    page = await follow(desk, await moved(desk))
    public = (await whole.portal.browser().get(f"/reviews/{CODE}")).text
    for text in (page.text, public):
        assert "Confirmed by the President &lt;script&gt;" in text
        assert "<script" not in text
        assert re.search(r"Begins <span[^>]*>\(before: <bdi>5 December 2024</bdi>\)", text)
        assert "the Network’s staff" in text
        assert "noor" not in text.lower().replace("noor demo", "")


async def test_nothing_is_moved_that_was_not_looked_at(whole: Whole) -> None:
    desk = noor(whole)
    unseen = await send(desk, MOVE, PREVIEW | {"action": "move"})
    assert "Nothing is moved yet: you changed something after you had looked." in unseen.text
    other = hidden_fields(unseen) | WISHED | {"action": "move", "starts": "2024-12-13"}
    changed = await desk.post(MOVE, other)
    assert "you changed something after you had looked" in changed.text
    same = await send(desk, MOVE, PREVIEW | {"starts": "2024-12-05"})
    assert "Nothing: it stands like this already." in same.text
    assert 'value="move"' not in same.text
    assert (await milestone(whole))["revision"] == 1


@pytest.mark.parametrize(
    ("field", "value", "at"),
    [
        ("starts", "", "starts"),
        ("starts", "soon", "starts"),
        ("starts", "1 June 2023", "starts"),
        ("ends", "1 December 2024", "ends"),
        ("ends", "03/04/2025", "ends"),
        ("time_zone", "", "time_zone"),
        ("time_zone", "Moon/Base", "time_zone"),
        ("reason", " ", "reason"),
        ("reason", "x" * 2001, "reason"),
        ("seat", "x" * 501, "seat"),
    ],
)
async def test_what_cannot_be_is_said_at_its_field_and_kept(whole: Whole, field: str, value: str, at: str) -> None:
    for action in ("preview", "move"):
        answer = await send(noor(whole), MOVE, PREVIEW | {field: value, "action": action})
        assert answer.status_code == 422
        assert f'href="#field-{at}"' in answer.text
        assert f'id="field-{at}"' in answer.text
        assert 'value="New York"' in answer.text or field == "seat"
        assert value.strip() in answer.text
    assert (await milestone(whole))["revision"] == 1


async def test_who_comes_second_looks_again(whole: Whole) -> None:
    desk = noor(whole)
    shown = hidden_fields(await send(desk, MOVE, PREVIEW))
    await follow(desk, await moved(whole.person("nils", "network_staff"), starts="2024-12-19"))
    late = await desk.post(MOVE, shown | WISHED | {"action": "move"})
    assert late.status_code == 422
    assert "Somebody changed this milestone meanwhile" in late.text
    assert "19 December 2024" in late.text
    again = await desk.post(MOVE, hidden_fields(late) | WISHED | {"action": "move"})
    assert "Moved." in (await follow(desk, again)).text
    twice = await desk.post(MOVE, hidden_fields(late) | WISHED | {"action": "move"})
    assert "was not done twice" in (await follow(desk, twice)).text


async def test_what_nobody_can_say_now_is_said_to_be_unknown(whole: Whole) -> None:
    """Without the service that sends reminders: the counts are known, and the move is not withheld."""
    desk = noor(whole)
    assert "does not answer now" in (await desk.get(DESK)).text
    shown = await send(desk, MOVE, PREVIEW)
    assert ("does not answer now" in shown.text, 'value="move"' in shown.text) == (True, True)
    assert (await desk.get(f"{DESK}/invitations")).status_code == 503


async def test_who_was_invited_is_listed_with_what_became_of_it(reminded: Whole) -> None:
    desk = noor(reminded)
    page = re.sub(r"\s+", " ", (await desk.get(DESK)).text)
    assert "<dt>Pledges whose entities were invited</dt><dd>1</dd>" in page
    assert "<dt>Reminders: Planned</dt><dd>3</dd>" in page
    listed = (await desk.get(f"{DESK}/invitations")).text
    assert "Silent &lt;script&gt;" in listed
    assert "5 November 2024" in listed
    assert "Never heard of" not in listed
    skipped = (await desk.get(f"{DESK}/invitations?state=skipped")).text
    assert "Not sent: its day had passed" in skipped
    assert "There is none." in (await desk.get(f"{DESK}/invitations?state=queued")).text
    assert (await desk.get(f"{DESK}/invitations?state=shouting")).status_code == 200
    assert (await desk.get(f"{DESK}/invitations?cursor=altered")).status_code == 422


OUTCOME = "/desk/reviews/africa-2024/outcome"
SAID = {"text": f"States agreed. {HTML}", "document": "https://documents.example/a", "region": "ldc"}


async def test_an_outcome_is_recorded_and_corrected_and_all_versions_stay(whole: Whole) -> None:
    desk = noor(whole)
    early = await send(desk, OUTCOME, SAID)
    assert (early.status_code, "It has not begun" in early.text, "States agreed." in early.text) == (422, True, True)
    whole.pledges.set_clock(START + timedelta(days=100))
    done = await follow(desk, await send(desk, OUTCOME, SAID))
    assert "The outcome is public now" in done.text
    form = await desk.get(OUTCOME)
    assert "States agreed. &lt;script&gt;" in form.text
    assert '<option value="ldc" selected>' in form.text
    await follow(desk, await send(desk, OUTCOME, SAID | {"text": "States agreed to meet again."}))
    found = (await milestone(whole, "africa-2024"))["outcome"]
    assert (found["version"], found["text"], found["region"]) == (2, "States agreed to meet again.", "ldc")
    public = (await whole.portal.browser().get("/reviews/africa-2024")).text
    assert "States agreed to meet again." in public
    assert "Earlier versions" in public
    assert "States agreed. &lt;script&gt;" in public


@pytest.mark.parametrize(
    ("changed", "at"),
    [
        ({"text": " "}, "text"),
        ({"text": "x" * 20_001}, "text"),
        ({"document": "ftp://x"}, "document"),
        ({"region": "moon"}, "region"),
    ],
)
async def test_an_outcome_that_cannot_be_is_explained_and_kept(whole: Whole, changed: dict[str, str], at: str) -> None:
    whole.pledges.set_clock(START + timedelta(days=100))
    answer = await send(noor(whole), OUTCOME, SAID | changed)
    assert (answer.status_code, f'href="#field-{at}"' in answer.text) == (422, True)
    assert (SAID | changed)["document"] in answer.text
    assert (await milestone(whole, "africa-2024"))["outcome"] is None


async def test_an_outcome_that_others_changed_is_looked_at_first(whole: Whole) -> None:
    whole.pledges.set_clock(START + timedelta(days=100))
    desk = noor(whole)
    shown = hidden_fields(await desk.get(OUTCOME))
    await send(whole.person("nils", "network_staff"), OUTCOME, text="Theirs")
    late = await desk.post(OUTCOME, shown | SAID)
    assert (late.status_code, "changed this milestone meanwhile" in late.text) == (422, True)
    assert "Theirs" in late.text
    assert "States agreed." in late.text


async def test_slots_are_given_by_staff_who_see_who_has_reported(whole: Whole) -> None:
    ids = [await whole.published(title=title) for title in (f"Documents {HTML}", "Schools")]
    for pledge_id in ids:
        wish = {"pledge_id": pledge_id, "language": "fr"}
        made = await whole.pledges.client.post(
            f"/reviews/{CODE}/presentations", json=wish, headers=once(bearer("amina"))
        )
        assert made.is_success
    said = {"status": "delayed"}
    path = f"/pledges/{ids[1]}/updates"
    assert (await whole.pledges.client.post(path, json=said, headers=once(bearer("amina")))).is_success
    desk = noor(whole)
    page = re.sub(r"\s+", " ", (await desk.get(DESK)).text)
    assert re.search(
        r"Schools</a></th> <td><bdi>Veridia</bdi></td> <td>French</td> <td>Reported</td> <td>Asked for", page
    )
    assert re.search(r"Documents &lt;script&gt;.*?</th> <td>.*?<td>Silent</td>", page)
    form = grant_form(page, "Schools")
    done = await follow(desk, await desk.post(f"{DESK}/grant", form))
    assert "Granted: everybody sees" in done.text
    assert "Has a slot" in done.text
    assert "Schools" in (await whole.portal.browser().get(f"/reviews/{CODE}")).text.partition("What is presented")[2]
    again = await desk.post(f"{DESK}/grant", form | {"key": "another"})
    assert "Nothing was done" in (await follow(desk, again)).text


def grant_form(page: str, title: str) -> dict[str, str]:
    """The fields of the form of one wish."""
    [row] = [part for part in page.split("<tr>") if f">{title}<" in part and "<form" in part]
    return {unescape(name): unescape(value) for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', row)}


async def test_reviewers_look_and_others_do_not(whole: Whole) -> None:
    rosa = whole.person("rosa", "reviewer")
    page = await rosa.get(DESK)
    assert (page.status_code, f'href="{MOVE}"' in page.text) == (200, False)
    assert f'href="{DESK}"' in (await rosa.get(f"/reviews/{CODE}")).text
    token = {"csrf": hidden_fields(await rosa.get("/desk/submissions"))["csrf"]}
    for person in (rosa, whole.person("amina")):
        for address in (MOVE, f"{DESK}/outcome"):
            assert (await person.get(address)).status_code == 403
            assert (await person.post(address, token | WISHED)).status_code == 403
        assert (await person.post(f"{DESK}/grant", token)).status_code == 403
    for address in (DESK, f"{DESK}/invitations"):
        assert (await whole.person("amina").get(address)).status_code == 403
    assert "/desk/reviews" not in (await whole.person("amina").get(f"/reviews/{CODE}")).text
    assert (await noor(whole).post(MOVE, token | WISHED | {"action": "move"})).status_code == 403  # another's form
    for address in ("/desk/reviews/nowhere", "/desk/reviews/nowhere/move", "/desk/reviews/nowhere/outcome"):
        assert (await noor(whole).get(address)).status_code == 404
    assert (await milestone(whole))["revision"] == 1
