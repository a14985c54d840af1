"""A real browser on the whole stack."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

from tests.browser.chromium import ARGUMENTS, chromium
from tests.browser.visitor import Visitor
from tests.support.stack import Stack


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def visitor(browser: Browser, stack: Stack) -> AsyncIterator[Visitor]:
    """Somebody with an empty browser of their own, not signed in."""
    context = await browser.new_context()
    yield Visitor(stack, await context.new_page())
    await context.close()


@pytest.fixture
async def plain_visitor(browser: Browser, stack: Stack) -> AsyncIterator[Visitor]:
    """The same, in a browser without JavaScript."""
    context = await browser.new_context(java_script_enabled=False)
    yield Visitor(stack, await context.new_page())
    await context.close()
