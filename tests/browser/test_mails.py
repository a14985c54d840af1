"""Mails as a program that reads HTML shows them: light and dark, narrow and wide, no fault by axe."""

import pytest
from playwright.async_api import Browser

from services.notifications.content.words import LANGUAGES
from services.notifications.previews.samples import sample
from tests.browser.looks import WCAG, examine

pytestmark = pytest.mark.timeout(900)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_reminder_suits_every_reader(browser: Browser, language: str) -> None:
    await looked_at(browser, "reminder", language)


@pytest.mark.parametrize(("template", "language"), [("pledge_changes_requested", "en"), ("invitation", "ar")])
async def test_other_kinds_too(browser: Browser, template: str, language: str) -> None:
    await looked_at(browser, template, language)


async def looked_at(browser: Browser, template: str, language: str) -> None:
    """Best practices of pages are none of mails: a program that shows one has landmarks and headings of its own."""
    page = await browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.set_content(sample(template, language, "https://pledges.example").html)
    assert await examine(page, f"mail-{template}-{language}", WCAG) == []
    assert asked == []
    await page.close()
