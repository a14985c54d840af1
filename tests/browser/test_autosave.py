"""Saving while one types, in a real browser."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.visitor import Visitor

pytestmark = pytest.mark.timeout(900)  # the stack is started for whoever comes first

HALF_A_MINUTE = 30_000  # milliseconds; it is saved three seconds after the first key


async def draft(visitor: Visitor, title: str) -> str:
    """The id of a new draft of Veridia."""
    answer = visitor.stack.person("amina").post("pledges", "/pledges", {"entity_id": "veridia", "title": title})
    assert answer.is_success, answer.text
    return str(answer.json()["pledge_id"])


def saved(visitor: Visitor, pledge_id: str) -> Any:
    return visitor.stack.person("amina").get("pledges", f"/pledges/{pledge_id}/working-copy").json()


async def test_a_draft_is_saved_while_one_types_and_by_hand_afterwards(visitor: Visitor) -> None:
    problems: list[str] = []
    visitor.page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    pledge_id = await draft(visitor, "To be typed")
    await visitor.open("/")
    await visitor.sign_in("amina")
    await visitor.open(f"/my/pledges/{pledge_id}")
    await visitor.page.get_by_role("textbox", name="Title").fill("Typed, and nobody pressed a button")
    await expect(visitor.page.locator("[data-autosave]")).to_contain_text("Saved at", timeout=HALF_A_MINUTE)
    assert saved(visitor, pledge_id)["content"]["title"] == "Typed, and nobody pressed a button"
    await visitor.page.get_by_role("textbox", name="Title").fill("By hand")
    await visitor.page.get_by_role("button", name="Save, and go on later").click()
    await expect(visitor.page.get_by_text("Saved. Nobody was told of it")).to_be_visible()
    assert saved(visitor, pledge_id)["content"]["title"] == "By hand"
    assert problems == []


async def test_it_stops_when_somebody_else_was_faster(visitor: Visitor) -> None:
    pledge_id = await draft(visitor, "Of two")
    await visitor.open("/")
    await visitor.sign_in("amina")
    await visitor.open(f"/my/pledges/{pledge_id}")
    theirs = {"title": "Theirs"}
    visitor.stack.person("amina").patch("pledges", f"/pledges/{pledge_id}", theirs, seen='"1"').raise_for_status()
    await visitor.page.get_by_role("textbox", name="Title").fill("Mine")
    await expect(visitor.page.locator("[data-autosave]")).to_contain_text("Somebody else", timeout=HALF_A_MINUTE)
    assert saved(visitor, pledge_id)["content"]["title"] == "Theirs"
    await asyncio.gather(
        visitor.page.get_by_role("button", name="Save, and go on later").click(),
        visitor.page.wait_for_selector("text=Somebody else was faster"),
    )
    await expect(visitor.page.locator("mark").get_by_text("Mine")).to_be_visible()
