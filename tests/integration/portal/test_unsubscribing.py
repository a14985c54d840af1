"""The pages that a mail's link to unsubscribe opens, and those on which staff see which addresses are lost."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest

from tests.integration.notifications.people import People
from tests.integration.notifications.support import Post, opened
from tests.integration.notifications.test_bounces import comes_back, path_of
from tests.integration.notifications.test_sending import AMINA, queued
from tests.support.api import Service, Services
from tests.support.bounces import report
from tests.support.portal import PLEDGES, Browser, Portal, hidden_fields, parts

ADDRESS = "http://notifications.invalid"


@dataclass
class Mailed:
    """Amina has got a mail. `link` is the path of its header."""

    post: Post
    portal: Portal
    link: str

    async def off(self) -> int:
        return len(await self.post.service.rows("select * from mail_preference where off_since is not null"))


@pytest.fixture
async def mailed(service: Services, pledges: Service) -> AsyncIterator[Mailed]:
    async with opened(await service("notifications"), People()) as post:
        await queued(post)
        await post.send()
        [mail] = [mail for mail in post.inbox.mails if AMINA in mail["To"]]
        apps = {ADDRESS: post.service.app, PLEDGES: pledges.app}
        mounts = {at: httpx.ASGITransport(app, raise_app_exceptions=False) for at, app in apps.items()}
        http = httpx.AsyncClient(mounts=mounts)
        portal = Portal(parts(http, post.service.clock_file, notifications_url=ADDRESS))
        yield Mailed(post, portal, mail["List-Unsubscribe"].strip("<>").removeprefix("http://public.test"))


async def test_opening_the_link_stops_nothing_and_the_button_does(mailed: Mailed) -> None:
    visitor = mailed.portal.browser()
    for _ in range(3):
        shown = await visitor.get(mailed.link)
        assert shown.status_code == 200
        assert "Stop these mails?" in shown.text
        assert shown.headers["referrer-policy"] == "no-referrer"
        assert shown.headers["cache-control"] == "no-store"
    assert await mailed.off() == 0
    stopped = await visitor.post(mailed.link, hidden_fields(shown))
    assert stopped.status_code == 200
    assert "These mails are stopped" in stopped.text
    assert await mailed.off() == 1
    assert "These mails are stopped" in (await visitor.get(mailed.link)).text


async def test_one_click_of_a_mail_program_needs_no_cookie_and_gets_no_redirect(mailed: Mailed) -> None:
    """RFC 8058, 3.2: from anywhere, with nothing but the link."""
    program = mailed.portal.browser()
    form = {"List-Unsubscribe": "One-Click"}
    answer = await program.post(mailed.link, form, origin="https://mail.example", sec_fetch_site="cross-site")
    assert answer.status_code == 200
    assert program.cookies() == {}
    assert await mailed.off() == 1


async def test_the_key_to_all_choices_is_on_the_page_and_not_in_the_answer_to_one_click(mailed: Mailed) -> None:
    visitor = mailed.portal.browser()
    shown = await visitor.get(mailed.link)
    stopped = await visitor.post(f"{mailed.link}?from=page", hidden_fields(shown))
    clicked = await mailed.portal.browser().post(mailed.link, {"List-Unsubscribe": "One-Click"})
    assert [answer.status_code for answer in (shown, stopped, clicked)] == [200, 200, 200]
    assert [answer.text.count('href="/preferences/') for answer in (shown, stopped, clicked)] == [1, 1, 0]


async def test_a_link_altered_by_one_character_is_said_to_be_none(mailed: Mailed) -> None:
    altered = mailed.link[:-1] + ("A" if mailed.link[-1] != "A" else "B")
    visitor = mailed.portal.browser()
    for answer in (await visitor.get(altered), await visitor.post(altered, {})):
        assert answer.status_code == 404
        assert "Nothing was changed" in answer.text
    assert await mailed.off() == 0


async def test_while_nobody_answers_the_page_says_so_and_its_address_stays_a_key(mailed: Mailed) -> None:
    away = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(503)))
    portal = Portal(parts(away, notifications_url=ADDRESS))
    visitor = portal.browser()
    for answer, status in ((await visitor.get(mailed.link), 503), (await visitor.post(mailed.link, {}), 403)):
        assert answer.status_code == status
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.fixture
async def bounced(mailed: Mailed) -> Mailed:
    assert (await comes_back(mailed.post, report(await path_of(mailed.post), AMINA))).json() == {"effects": ["noted"]}
    return mailed


def noor(mailed: Mailed) -> Browser:
    return mailed.portal.signed_in("noor", "network_staff")


async def test_staff_see_whose_address_is_lost_and_write_to_it_again(bounced: Mailed) -> None:
    desk = noor(bounced)
    listed = (await desk.get("/desk/addresses")).text
    assert "veridia" in listed
    assert "5.1.1" in listed
    assert AMINA not in listed
    [row] = await bounced.post.service.rows("select id from suppression")
    place = f"/desk/addresses/{row['id']}"
    shown = await desk.get(place)
    without = await desk.post(place, hidden_fields(shown))
    assert without.status_code == 422
    assert "Say how you know" in without.text
    again = await desk.post(place, hidden_fields(shown) | {"because": "She answered from there"})
    assert again.status_code == 303
    said = (await desk.get(again.headers["location"])).text
    assert "Mail to this address is tried again" in said
    assert "She answered from there" in said
    twice = await desk.post(place, hidden_fields(shown) | {"because": "Again"})
    assert twice.status_code == 422
    assert "There are none." in (await desk.get("/desk/addresses")).text


async def test_reviewers_look_on_and_others_do_not(bounced: Mailed) -> None:
    [row] = await bounced.post.service.rows("select id from suppression")
    place = f"/desk/addresses/{row['id']}"
    rosa = bounced.portal.signed_in("rosa", "reviewer")
    assert "Write to it again" not in (await rosa.get(place)).text
    assert (await bounced.portal.signed_in("amina").get("/desk/addresses")).status_code == 403
