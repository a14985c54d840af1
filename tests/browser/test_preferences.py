"""From a mail in the inbox to the page of choices and back, in a real browser, without signing in."""

import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.looks import examine
from tests.browser.visitor import Visitor
from tests.support.stack import Stack, eventually

pytestmark = pytest.mark.timeout(900)  # the stack is started for whoever comes first

KOFI = "kofi@demo.invalid"


@pytest.fixture(scope="module")
def mail(stack: Stack) -> dict[str, Any]:
    """Kofi has handed in a pledge, and a mail says so."""
    content = stack.example("pledges", "put", "/pledges/{pledge_id}") | {"entity_id": "kalmora", "submit": True}
    stack.person("kofi").post("pledges", "/pledges", content).raise_for_status()

    def arrived() -> list[dict[str, Any]]:
        return [one for one in stack.inbox.all() if KOFI in one["to"] and "pledge_received" in str(one)]

    eventually(lambda: bool(arrived()))
    return arrived()[-1]


def place(mail: dict[str, Any], kind: str) -> str:
    """The path of a link in the mail, which is the same in text and HTML."""
    [found] = set(re.findall(rf"https?://[^/\s]+(/{kind}/[\w-]+)", mail["text"]))
    assert found in mail["html"]
    return str(found)


async def test_the_link_of_a_mail_opens_the_page_and_what_is_chosen_is_saved(
    plain_visitor: Visitor, mail: dict[str, Any]
) -> None:
    page = plain_visitor.page
    await plain_visitor.open(place(mail, "preferences"))
    await page.get_by_role("radio", name="Together in one mail a week").check()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert")).to_contain_text("choose the day of the week")
    await page.get_by_label("If one mail a week, on which day").select_option("Friday")
    await page.get_by_label("From").fill("20:00")
    await page.get_by_label("Until").fill("07:00")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status")).to_contain_text("Saved.")
    await expect(page.get_by_label("From")).to_have_value("20:00")
    await page.get_by_role("radio", name="Each by itself").check()
    for hours in ("From", "Until"):
        await page.get_by_label(hours).fill("")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status")).to_contain_text("Saved.")


async def test_what_was_stopped_is_undone_on_the_same_page(plain_visitor: Visitor, mail: dict[str, Any]) -> None:
    page = plain_visitor.page
    await plain_visitor.open(place(mail, "unsubscribe"))
    await page.get_by_role("button", name="Stop them").click()
    await page.get_by_role("button", name="Get them again").click()
    await expect(page.get_by_role("status")).to_contain_text("You get these mails again")
    await page.get_by_role("link", name="Choose which mails you get, and when").click()
    await expect(page.get_by_role("heading", level=1, name="Which mails you get")).to_be_visible()


async def test_everybody_can_use_its_pages(visitor: Visitor, mail: dict[str, Any]) -> None:
    page = visitor.page
    await visitor.open(place(mail, "preferences"))
    faults = await examine(page, "preferences-link")
    await page.get_by_label("From").fill("20:00")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    faults += await examine(page, "preferences-faults")
    await visitor.open(place(mail, "unsubscribe"))
    faults += await examine(page, "unsubscribe")
    await visitor.open("/")
    await visitor.sign_in("kofi")
    await page.get_by_role("link", name="My mails").click()
    await expect(page.get_by_label("Your time zone")).to_be_visible()
    faults += await examine(page, "preferences")
    assert not faults, "\n".join(faults)
