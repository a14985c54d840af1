"""The desk rehearses a month's reminders and pauses mail, before real services."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from uuid_utils.compat import uuid7

from services.portal.parts import Parts
from shared.process import Health
from tests.integration.notifications.people import People
from tests.integration.notifications.support import Post, opened
from tests.support.api import Service, Services
from tests.support.portal import PLEDGES, Browser, Portal, hidden_fields, settings

NOTIFICATIONS = "http://notifications.invalid"


@dataclass
class Desk:
    portal: Portal
    post: Post

    def staff(self) -> Browser:
        return self.portal.signed_in("noor", "network_staff")

    def reviewer(self) -> Browser:
        return self.portal.signed_in("rana", "reviewer")

    async def ordered(self, **typed: str) -> str:
        """The page of a rehearsal that is done."""
        answer = await self.sent("/desk/rehearsals", "/desk/rehearsals", **typed)
        assert answer.status_code == 303, answer.text
        assert await self.post.worker.rehearser().once()
        return str(answer.headers["location"]).partition("?")[0]

    async def sent(self, page: str, to: str, **typed: str) -> httpx.Response:
        browser = self.staff()
        form = hidden_fields(await browser.get(page))
        return await browser.post(to, {**form, **typed})


@pytest.fixture
async def desk(pledges: Service, service: Services) -> AsyncIterator[Desk]:
    async with opened(await service("notifications"), People()) as post:
        mounts = {
            PLEDGES: httpx.ASGITransport(pledges.app, raise_app_exceptions=False),
            NOTIFICATIONS: httpx.ASGITransport(post.service.app, raise_app_exceptions=False),
        }
        http = httpx.AsyncClient(mounts=mounts)
        await post.knows(uuid7(), title="<b>Schools</b>")
        await post.knows_milestone()
        yield Desk(Portal(Parts.of(settings(notifications_url=NOTIFICATIONS), http, pledges.clock, Health())), post)


async def test_a_month_is_ordered_and_read_to_the_words_of_each_mail(desk: Desk) -> None:
    place = await desk.ordered(month="2024-09")
    shown = (await desk.staff().get(place)).text
    assert "6 September 2024" in shown
    assert re.search(r"<bdi>Amina</bdi>, [Ff]ocal point: <bdi>", " ".join(shown.split()))
    assert "90 days before" in shown
    [first, *_] = re.findall(rf'href="({place}/mails/\d+)', shown)
    mail = (await desk.staff().get(first)).text
    assert mail.count('class="written" lang="') == 6
    assert 'lang="ar" dir="rtl"' in mail
    assert "&lt;b&gt;Schools&lt;/b&gt;" in mail
    assert desk.post.inbox.mails == []


async def test_reviewers_see_no_names_and_order_nothing(desk: Desk) -> None:
    place = await desk.ordered(month="2024-09")
    shown = (await desk.reviewer().get(place)).text
    assert "Amina" not in shown
    assert "ocal point" in shown
    assert '<form method="post">' not in (await desk.reviewer().get("/desk/rehearsals")).text
    assert (await desk.portal.signed_in("amina").get(place)).status_code == 403


async def test_what_another_day_would_change(desk: Desk) -> None:
    place = await desk.ordered(month="2024-09", milestone="plenary-2024", starts="2024-12-12")
    shown = (await desk.staff().get(place)).text
    assert "Goes no more" in shown
    assert "Goes newly" in shown
    assert "13 September 2024" in (await desk.staff().get(f"{place}?changed=yes&day=2024-09-13")).text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"month": "next"}, "month"),
        ({"month": "2024-09", "policy": "offsets: [-30]\nlate_hous: 1"}, "line 2"),
        ({"month": "2024-09", "milestone": "plenary-2024"}, "which day"),
        ({"month": "2024-09", "starts": "2024-12-12"}, "Say which milestone"),
        ({"month": "2024-09", "milestone": "plenary-2024", "starts": "soon"}, "soon"),
    ],
)
async def test_what_cannot_be_rehearsed_is_told_beside_its_field(desk: Desk, typed: dict[str, str], said: str) -> None:
    answer = await desk.sent("/desk/rehearsals", "/desk/rehearsals", **typed)
    assert answer.status_code == 422
    assert "Some fields need a change" in answer.text
    assert said in answer.text


async def test_mail_is_paused_and_goes_again(desk: Desk) -> None:
    assert (await desk.sent("/desk/pauses", "/desk/pauses", category="reminders", reason="")).status_code == 422
    answer = await desk.sent("/desk/pauses", "/desk/pauses", category="reminders", reason="<i>It may move</i>")
    assert answer.status_code == 303
    desk.post.set_clock(2024, 11, 5)
    await desk.post.tick()
    assert desk.post.inbox.mails == []
    page = (await desk.reviewer().get("/desk/pauses")).text
    assert "&lt;i&gt;It may move&lt;/i&gt;" in page
    assert "2 mails wait" in page
    assert "Let it go again" not in page
    [waits] = re.findall(r'href="(/desk/pauses/[\w-]+)"', page)
    assert (await desk.staff().get(waits)).text.count("An invitation to report") == 2
    again = await desk.sent("/desk/pauses", "/desk/pauses", category="reminders", reason="Twice")
    assert again.headers["location"].endswith("done=already")
    assert (await desk.sent("/desk/pauses", f"{waits}/end")).headers["location"].endswith("done=mail-goes")
    await desk.post.send()
    assert len(desk.post.inbox.mails) == 2
