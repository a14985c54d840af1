"""The desk looks at mails: all kinds and languages, the HTML in a document that can do nothing."""

import re

import httpx
import pytest

from tests.support.api import Services
from tests.support.portal import Browser, Portal, parts

ADDRESS = "http://notifications.invalid"


@pytest.fixture
async def portal(service: Services) -> Portal:
    """Before the notifications service, whose templates it shows."""
    notifications = await service("notifications")
    transport = httpx.ASGITransport(notifications.app, raise_app_exceptions=False)
    http = httpx.AsyncClient(mounts={ADDRESS: transport})
    return Portal(parts(http, notifications.clock_file, notifications_url=ADDRESS))


def noor(portal: Portal) -> Browser:
    return portal.signed_in("noor", "network_staff")


async def test_every_kind_in_every_language_is_one_click_away(portal: Portal) -> None:
    listed = (await noor(portal).get("/desk/mails")).text
    places = re.findall(r'href="(/desk/mails/\w+/\w+)"', listed)
    kinds = {place.split("/")[3] for place in places}
    assert len(places) == 6 * len(kinds)
    assert kinds >= {"reminder", "invitation", "pledge_published"}
    assert "Arabic" in listed
    assert 'aria-current="page">Mails' in listed


async def test_a_mail_is_shown_as_text_and_in_a_closed_frame(portal: Portal) -> None:
    desk = noor(portal)
    page = await desk.get("/desk/mails/reminder/ar")
    assert '<iframe class="mail" sandbox src="/desk/mails/reminder/ar/html"' in page.text
    assert "frame-src 'self'" in page.headers["content-security-policy"]
    assert '<div class="written" lang="ar" dir="rtl">' in page.text
    assert "A sample" in page.text
    document = await desk.get("/desk/mails/reminder/ar/html")
    policy = document.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "frame-ancestors 'self'" in policy
    assert document.headers["content-type"] == "text/html; charset=utf-8"
    assert '<html lang="ar" dir="rtl"' in document.text


async def test_other_pages_have_no_frames(portal: Portal) -> None:
    assert "frame-src" not in (await noor(portal).get("/desk/mails")).headers["content-security-policy"]


async def test_what_there_is_not_is_not_found(portal: Portal) -> None:
    desk = noor(portal)
    for place in ("unheard_of/en", "reminder/de", "unheard_of/en/html", "<script>/en"):
        assert (await desk.get(f"/desk/mails/{place}")).status_code == 404


async def test_it_is_for_the_desk(portal: Portal) -> None:
    rosa = portal.signed_in("rosa", "reviewer")
    assert (await rosa.get("/desk/mails/invitation/en")).status_code == 200
    amina = portal.signed_in("amina")
    for path in ("/desk/mails", "/desk/mails/reminder/en", "/desk/mails/reminder/en/html"):
        answer = await amina.get(path)
        assert answer.status_code == 403
        assert "Veridia (sample)" not in answer.text
