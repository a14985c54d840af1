"""Of a review's presentations, versions of its outcome and steps all can be read, each list by its own pages."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from services.portal.pages import moving, reviews
from tests.integration.portal.whole import Whole
from tests.support.api import START, once
from tests.support.entities import STAFF, made
from tests.support.portal import Browser
from tests.support.tokens import bearer

CODE = "africa-2024"
PAGE, PLENARY = f"/reviews/{CODE}", "/reviews/plenary-2024"
TEXTS = [f"Version {number}." for number in range(5, 0, -1)]  # the newest first


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of two."""
    monkeypatch.setattr(reviews, "SHOWN", 2)
    monkeypatch.setattr(moving, "ON_A_PAGE", 2)


async def record(whole: Whole) -> None:
    """Five versions of an outcome; with its first step the milestone has six."""
    whole.pledges.set_clock(START + timedelta(days=100))
    for revision, words in enumerate(reversed(TEXTS), start=1):
        headers = STAFF | {"If-Match": f'"{revision}"'}
        answer = await whole.pledges.client.put(f"{PAGE}/outcome", json={"text": words}, headers=headers)
        assert answer.is_success, answer.text


def place(address: str, of: str) -> str:
    """Where a list of the page goes on, in an address."""
    return "".join(parse_qs(urlsplit(address).query).get(of, []))


async def read(browser: Browser, address: str, of: str) -> list[str]:
    """The page, and those to which the links of one of its lists lead on."""
    pages: list[str] = []
    while address:
        page = await browser.get(address)
        assert page.status_code == 200, page.text
        pages.append(page.text)
        links = [unescape(one) for one in re.findall(r'rel="next" href="([^"]+)"', page.text)]
        address = next((one for one in links if place(one, of) != place(address, of)), "")
    return pages


def versions(pages: list[str]) -> list[list[str]]:
    return [re.findall(r"Version [0-9][.]", page) for page in pages]


async def test_all_versions_of_an_outcome_are_read_by_page(whole: Whole) -> None:
    await record(whole)
    holds, *earlier = TEXTS
    read_by_all = versions(await read(whole.portal.browser(), PAGE, "outcomes"))
    assert read_by_all == [[holds, earlier[0]], [holds, *earlier[1:3]], [holds, earlier[3]]]
    desk = whole.person("noor", "network_staff")
    form = f"/desk{PAGE}/outcome"
    at_the_form = versions(await read(desk, form, "cursor"))  # which begins with the one that holds
    assert at_the_form == [[holds, holds, earlier[0]], [holds, *earlier[1:3]], [holds, *earlier[3:]]]


async def test_all_steps_are_read_by_page_while_the_other_lists_stay(whole: Whole) -> None:
    await record(whole)
    browser = whole.portal.browser()
    pages = await read(browser, PAGE, "steps")
    assert [page.count("<strong>") for page in pages] == [2, 2, 2]
    assert ["<details open>" in page for page in pages] == [False, True, True]
    assert (await browser.get(f"{PAGE}?steps=altered")).headers["location"] == PAGE


async def test_all_that_is_presented_is_read_by_page(whole: Whole) -> None:
    client, path = whole.pledges.client, f"{PLENARY}/presentations"
    titles = ["One", "Two", "Three"]
    for title in titles:
        wish = {"pledge_id": await whole.published(title=title), "language": "fr"}
        asked = await made(client.post(path, json=wish, headers=once(bearer("amina"))))
        seen = once(STAFF) | {"If-Match": f'"{asked["revision"]}"'}
        await made(client.post(f"/presentations/{asked['presentation_id']}/grant", headers=seen))
    pages = await read(whole.portal.browser(), PLENARY, "presented")
    shown = [re.findall(r'<li><a href="/pledges/[^"]+"><bdi>(.*?)</bdi>', page) for page in pages]
    assert shown == [titles[:2], titles[2:]]
