"""What anybody reads: the list with its filters, a pledge with its reports and versions, reviews with denominators."""

import re
from datetime import UTC, datetime
from gettext import NullTranslations
from html import unescape

import httpx
import pytest

from services.portal.language import Language
from tests.integration.portal.conftest import Registry
from tests.support.api import once
from tests.support.entities import STAFF, made
from tests.support.openapi import example
from tests.support.portal import Browser, Portal

TITLE = re.compile(r'<h[23]><a href="/pledges/([0-9a-f-]+)" dir="auto">(.*?)</a>', re.DOTALL)
LARGEST_HOME = 60_000  # bytes, with its style sheet and icon


def said(answer: httpx.Response) -> str:
    """The words of a page, without marks and doubled spaces."""
    body = answer.text.partition("<body>")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def link(answer: httpx.Response, words: str) -> str:
    """Where the link with these words leads."""
    found = re.search(rf'<a [^>]*href="([^"]+)"[^>]*>{words}</a>', answer.text)
    assert found, answer.text
    return unescape(found.group(1))


@pytest.fixture
def browser(portal: Portal) -> Browser:
    return portal.browser()


async def test_the_first_page_names_the_next_review_with_its_figures(browser: Browser, registry: Registry) -> None:
    reported = await registry.published(title="Reported on")
    await registry.published(title="Silent")
    await registry.report(reported, status="in_progress", summary="Seven of twelve.")
    home = await browser.get("/")
    assert "5 December 2024" in said(home)
    assert "Pledges counted 2 Reported 1 of 2 Silent 1 of 2" in said(home)
    assert "silence is no failure" in said(home)
    assert "This is a local installation. Its clock says 2 September 2024" in said(home)
    parts = [home, await browser.get(link_to_style(home)), await browser.get(icon(home))]
    assert sum(len(part.content) for part in parts) < LARGEST_HOME


def link_to_style(answer: httpx.Response) -> str:
    found = re.search(r'<link rel="stylesheet" href="([^"]+)">', answer.text)
    assert found
    return found.group(1)


def icon(answer: httpx.Response) -> str:
    found = re.search(r'<link rel="icon" href="([^"]+)"', answer.text)
    assert found
    return found.group(1)


async def test_the_style_sheet_is_kept_for_ever_by_its_content(browser: Browser) -> None:
    style = await browser.get(link_to_style(await browser.get("/")))
    assert style.headers["content-type"].startswith("text/css")
    assert "immutable" in style.headers["cache-control"]
    assert "immutable" not in (await browser.get("/static/portal.css")).headers.get("cache-control", "")
    assert "url(" not in style.text
    assert "@import" not in style.text


async def titles(browser: Browser, address: str) -> list[str]:
    return [title for _, title in TITLE.findall((await browser.get(address)).text)]


async def test_filters_stand_in_the_address_and_pages_are_links(browser: Browser, registry: Registry) -> None:
    for number in range(22):
        await registry.published(title=f"Pledge {number:02}", forms=["policy" if number else "financial"])
    first = await browser.get("/pledges?form=policy")
    assert 'value="policy" selected' in first.text
    following = link(first, "Next page")
    assert await titles(browser, following) == ["Pledge 01"]
    every = await titles(browser, "/pledges?form=financial")
    assert every == ["Pledge 00"]
    assert len(await titles(browser, "/pledges")) == 20
    assert await titles(browser, link(await browser.get("/pledges"), "Next page")) == ["Pledge 01", "Pledge 00"]
    assert await titles(browser, "/pledges?objective=objective-23") == []


async def test_words_are_sought_and_each_choice_says_how_many_it_leaves(browser: Browser, registry: Registry) -> None:
    await registry.published(title="Lighthouses for all", forms=["policy"])
    await registry.published(title="Another", forms=["financial"])
    found = await browser.get("/pledges?text=lighthouse&form=policy")
    assert "Pledges found: 1" in said(found)
    assert 'value="policy" selected>Policy (1)' in found.text
    assert 'value="financial">Financial (0)' in found.text
    assert 'value="none">No report yet (1)' in found.text
    assert await titles(browser, "/pledges?text=lighthouse&status=none") == ["Lighthouses for all"]
    assert await titles(browser, "/pledges?text=%22%3E%3Cscript%3E") == []
    assert "<script" not in (await browser.get("/pledges?text=%22%3E%3Cscript%3E")).text


async def test_a_cycle_that_staff_added_is_a_choice_once_it_is_named(browser: Browser, registry: Registry) -> None:
    new = example(registry.service.app.openapi(), "post", "/review-cycles")
    await made(registry.service.client.post("/review-cycles", json=new, headers=once(STAFF)))
    pledge = await registry.published(title="Toward 2030", review_cycle="2030")
    assert await titles(browser, "/pledges?cycle=2030") == ["Toward 2030"]
    name = new["names"]["en"]
    assert f'value="2030" selected>{name} (1)' in (await browser.get("/pledges?cycle=2030")).text
    assert f'value="2030">{name} (1)' in (await browser.get("/pledges")).text
    for address in (f"/pledges/{pledge}", f"/pledges/{pledge}?version=1"):
        assert f"Made in the context of {name}" in said(await browser.get(address))
    assert name in said(await browser.get("/reviews"))


async def test_the_name_of_such_a_cycle_is_in_the_readers_language(portal: Portal, registry: Registry) -> None:
    portal.parts.languages["ar"] = Language("ar", NullTranslations())
    new = example(registry.service.app.openapi(), "post", "/review-cycles")
    new["names"] |= {"ar": "منتدى 2030"}
    await made(registry.service.client.post("/review-cycles", json=new, headers=once(STAFF)))
    pledge = await registry.published(review_cycle="2030")
    browser = portal.browser()
    assert ">منتدى 2030 (1)" in (await browser.get("/pledges", accept_language="ar")).text
    assert "منتدى 2030" in said(await browser.get(f"/pledges/{pledge}", accept_language="ar"))


async def test_an_entity_is_found_by_a_part_of_its_name(browser: Browser, registry: Registry) -> None:
    await registry.published()
    assert (await browser.get("/pledges?who=kalmo")).headers["location"] == "/pledges?entity=kalmora"
    empty = said(await browser.get("/pledges?entity=kalmora"))
    assert "Without a pledge it is not silent either" in empty
    assert "No entity has such a name: Nowhere" in said(await browser.get("/pledges?who=Nowhere"))
    assert len(await titles(browser, "/pledges?entity=veridia")) == 1
    assert "Fictional" in said(await browser.get("/pledges?entity=veridia"))


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/pledges?cursor=altered", 303),
        ("/pledges?kind=unheard-of&cycle=%F0%9F%8E%88", 200),
        ("/pledges?entity=nobody", 404),
        ("/pledges?entity=../../me", 404),
        ("/pledges/00000000-0000-4000-8000-000000000000", 404),
        ("/pledges/no-id", 404),
        ("/pledges/00000000-0000-4000-8000-000000000000/history", 404),
        ("/reviews/no-review", 404),
        ("/reviews/plenary-2024?cursor=altered", 303),
        ("/reviews/plenary-2024?voice=shouting", 200),
    ],
)
async def test_addresses_that_make_no_sense_lead_to_a_page(browser: Browser, address: str, status: int) -> None:
    answer = await browser.get(address)
    assert answer.status_code == status
    if status != 303:
        assert "</html>" in answer.text


async def test_a_pledge_with_all_that_belongs_to_it(browser: Browser, registry: Registry) -> None:
    pledge_id = await registry.published()
    await registry.report(
        pledge_id,
        status="in_progress",
        summary="Seven posts\nissue documents.",
        values=[{"target": "Consular posts that issue identity documents", "value": "7"}],
        barriers=["resources"],
    )
    await registry.report(pledge_id, no_change=True)
    words = said(await browser.get(f"/pledges/{pledge_id}"))
    for expected in (
        "Identity documents at every consulate",
        "This entity is fictional",
        "at least 12 posts by 2026 ; from 4",
        "September 2024 – June 2026",
        "No change since the report before",
        "Seven posts issue documents.",
        "Barriers: Limited resources",
        "First published on 2 September 2024",
    ):
        assert expected in words, words


async def test_a_public_statement_is_marked_with_its_sources(browser: Browser, registry: Registry) -> None:
    answer = await browser.get(f"/pledges/{await registry.stated()}")
    assert "A public statement: the Network’s staff recorded it" in said(answer)
    assert '<a href="https://un.example/1" rel="noopener noreferrer external">A speech</a>' in answer.text
    assert "No report yet. Reporting is voluntary, and silence is no failure." in said(answer)
    assert "Public statement" in said(await browser.get("/pledges"))


async def test_all_versions_stay_and_the_history_says_what_changed(browser: Browser, registry: Registry) -> None:
    pledge_id = await registry.published()
    await registry.amend(pledge_id, title="Identity documents, everywhere")
    now = await browser.get(f"/pledges/{pledge_id}")
    assert "Identity documents, everywhere" in said(now)
    then = await browser.get(link(now, "Version 1"))
    assert "This is version 1 as it was published then." in said(then)
    assert "Identity documents at every consulate" in said(then)
    steps = said(await browser.get(f"/pledges/{pledge_id}/history"))
    assert "Amended: a new version was published" in steps
    assert "What changed: Title" in steps
    assert "by the Network’s staff" in steps
    assert (await browser.get(f"/pledges/{pledge_id}?version=3")).status_code == 404
    assert (await browser.get(f"/pledges/{pledge_id}?version=x")).status_code == 404


async def test_a_review_shows_silence_as_silence(browser: Browser, registry: Registry) -> None:
    reported = await registry.published(title="Reported on")
    await registry.published(title="Silent")
    await registry.report(reported, status="fulfilled")
    page = await browser.get("/reviews/plenary-2024")
    assert "Pledges counted 2 Reported 1 of 2 Silent 1 of 2" in said(page)
    assert "An entity that has made no pledge is not counted at all" in said(page)
    assert await titles(browser, "/reviews/plenary-2024?voice=silent") == ["Silent"]
    assert await titles(browser, "/reviews/plenary-2024?voice=reported") == ["Reported on"]
    assert "failed" not in said(page).lower()


async def test_tentative_dates_are_said_to_be(browser: Browser, registry: Registry) -> None:
    code = "plenary-2024"
    milestone = (await registry.service.client.get(f"/reviews/{code}")).json()
    assert "Tentative" not in said(await browser.get(f"/reviews/{code}"))
    move = {"starts": "2024-12", "time_zone": milestone["time_zone"], "tentative": True, "reason": "Not confirmed"}
    await registry.service.client.put(f"/reviews/{code}", json=move, headers=STAFF | {"If-Match": '"1"'})
    page = said(await browser.get(f"/reviews/{code}"))
    assert "December 2024 Tentative date" in page
    assert "The date is not yet fixed and may move." in page
    assert "Tentative date" in said(await browser.get("/reviews"))


EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(2)> {{ 7777*7777 }}'


@pytest.mark.parametrize("title", [EVIL, "تعهد بشأن الهجرة الآمنة", "\u202ebackwards\u202c", "x" * 500])
async def test_titles_of_any_kind_stay_text(browser: Browser, registry: Registry, title: str) -> None:
    pledge_id = await registry.published(title=title, description=title * 18, partners=[title], language="ar")
    for address in ("/", "/pledges", f"/pledges/{pledge_id}", f"/pledges/{pledge_id}/history", "/reviews/plenary-2024"):
        page = (await browser.get(address)).text
        assert "<script" not in page
        assert "<img" not in page
        assert "60481729" not in page  # a shorter number stands in times and ids by chance
        assert 'dir="auto"' in page
    assert 'lang="ar"' in (await browser.get(f"/pledges/{pledge_id}")).text


async def test_when_the_service_is_away_every_page_says_so(portal: Portal) -> None:
    async def nobody(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("reset", request=request)

    object.__setattr__(portal.parts, "http", httpx.AsyncClient(transport=httpx.MockTransport(nobody)))
    for address in ("/", "/pledges", "/reviews", "/statistics"):
        answer = await portal.browser().get(address)
        assert answer.status_code == 503
        assert "Try again in a few moments" in said(answer)
        assert answer.headers["retry-after"]


async def test_the_next_review_moves_on_with_the_clock(browser: Browser, registry: Registry) -> None:
    registry.service.set_clock(datetime(2024, 12, 5, 12, tzinfo=UTC))
    assert "5 December 2024" in said(await browser.get("/"))
    registry.service.set_clock(datetime(2024, 12, 7, tzinfo=UTC))
    home = said(await browser.get("/"))
    assert "Its clock says 7 December 2024, 00:0" in home
    assert "Next review: International Migration Review Forum 2026" in home


async def test_statistics_show_the_gaps_and_every_figure_with_its_denominator(
    browser: Browser, registry: Registry
) -> None:
    reported = await registry.published(title="Reported on")
    await registry.published(title="Silent")
    await registry.report(reported, status="in_progress", summary="Seven of twelve.")
    page = await browser.get("/statistics")
    words = said(page)
    assert "Published pledges that are counted: 2" in words
    assert re.search(r"2 of 23 are named by at least one pledge. No pledge names these \(21\)", words), words
    assert re.search(r"In progress .* No report yet .* 2 of 2", words), words
    assert page.text.count("0 of 2") == 21
    region = said(await browser.get("/statistics?by=group&and="))
    assert "2 of 2" in region
    assert "A pledge may have several of these" in region


@pytest.mark.parametrize("query", ["by=colour", "by=level&and=level", "and=entity", "by=review&and=language", "by="])
async def test_any_question_about_statistics_has_an_answer(browser: Browser, query: str) -> None:
    assert (await browser.get(f"/statistics?{query}")).status_code == 200


async def test_an_outcome_is_shown_with_its_review(browser: Browser, registry: Registry) -> None:
    said_by_staff = {"text": "States <b>agreed</b>.", "document": "https://documents.example/outcome"}
    put = registry.service.client.put
    answer = await put("/reviews/imrf-2022/outcome", json=said_by_staff, headers=STAFF | {"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    page = await browser.get("/reviews/imrf-2022")
    assert "Outcome States <b>agreed</b>." in said(page)
    assert link(page, "Document of the outcome") == said_by_staff["document"]
