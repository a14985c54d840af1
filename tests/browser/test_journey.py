"""The journey of a pledge by people's own hands: by mouse, by keyboard alone, and without JavaScript."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Browser

from tests.browser.steps import STEPS, Keyboard, Mouse, Walk
from tests.browser.visitor import Visitor
from tests.support.stack import Stack

pytestmark = pytest.mark.timeout(900)  # the stack is started for whoever comes first

Open = Callable[[bool], Awaitable[Visitor]]


@pytest.fixture
async def another(browser: Browser, stack: Stack) -> AsyncIterator[Open]:
    """Makes browsers of people; `scripts`: whether they run JavaScript, which no page needs."""
    contexts = []

    async def open_one(scripts: bool) -> Visitor:
        contexts.append(await browser.new_context(java_script_enabled=scripts))
        contexts[-1].set_default_timeout(20_000)
        return Visitor(stack, await contexts[-1].new_page())

    yield open_one
    for context in contexts:
        await context.close()


@pytest.mark.parametrize(
    ("hand", "scripts"), [(Mouse(), True), (Keyboard(), True), (Mouse(), False)], ids=["mouse", "keyboard", "plain"]
)
async def test_a_pledge_goes_its_way(another: Open, stack: Stack, hand: Any, scripts: bool, request: Any) -> None:
    focal, officer = await another(scripts), await another(scripts)
    for visitor, persona in ((focal, "amina"), (officer, "noor")):
        await visitor.open("/")
        await visitor.sign_in(persona)
    before = counted(stack)
    walk = Walk(focal, officer, hand, f"Documents, by {request.node.callspec.id}")
    for step in STEPS:
        await step(walk)
    after = counted(stack)
    assert (after["reported"], after["denominator"]) == (before["reported"] + 1, before["denominator"] + 1)


def counted(stack: Stack) -> Any:
    """The figures of the reviews page."""
    return stack.anyone.get("pledges", "/reviews/plenary-2024/pledges").raise_for_status().json()
