"""A reminder's link in a real browser: without signing in, without JavaScript, by keyboard alone, on any screen."""

from typing import Any

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.browser.looks import examine
from tests.browser.visitor import Visitor
from tests.support.stack import Stack

pytestmark = pytest.mark.timeout(900)  # the stack is started for whoever comes first


@pytest.fixture(scope="module")
def reported(stack: Stack) -> str:
    """The id of a published pledge of Kalmora with one report."""
    kofi, noor = stack.person("kofi"), stack.person("noor")
    content = stack.example("pledges", "put", "/pledges/{pledge_id}") | {"entity_id": "kalmora", "submit": True}
    made = kofi.post("pledges", "/pledges", content)
    path = f"/pledges/{made.json()['pledge_id']}"
    noor.post("pledges", f"{path}/publish", seen=made.headers["etag"]).raise_for_status()
    said = stack.example("pledges", "post", "/pledges/{pledge_id}/updates")
    kofi.post("pledges", f"{path}/updates", said).raise_for_status()
    return str(made.json()["pledge_id"])


def link(stack: Stack, pledge_id: str) -> str:
    """As the reminder mail gets it at the moment of sending: asked for by a machine of ours."""
    realm = f"{stack.addresses['keycloak']}/realms/gcm/protocol/openid-connect/token"
    client = ("gcm-service", stack.secrets()["service client"])
    granted = httpx.post(realm, data={"grant_type": "client_credentials"}, auth=client).raise_for_status().json()
    kofi = stack.person("kofi").get("pledges", "/me").json()["person_id"]
    wanted = {"person_id": kofi, "entity_id": "kalmora", "pledge_ids": [pledge_id]}
    headers = {"Authorization": f"Bearer {granted['access_token']}"}
    found = httpx.post(f"{stack.addresses['pledges']}/contacts/resolve", json=wanted, headers=headers)
    return f"/links/{found.raise_for_status().json()['links'][pledge_id]}"


def updates(stack: Stack, pledge_id: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = stack.anyone.get("pledges", f"/pledges/{pledge_id}/updates").json()["items"]
    return items


async def heading(page: Page, words: str) -> None:
    await expect(page.get_by_role("heading", level=1, name=words)).to_be_visible()


async def test_one_button_without_javascript_and_the_way_back(plain_visitor: Visitor, reported: str) -> None:
    stack, page = plain_visitor.stack, plain_visitor.page
    before = len(updates(stack, reported))
    await plain_visitor.open(link(stack, reported))
    await page.get_by_role("button", name="No change since our last report").click()
    await heading(page, "Recorded, thank you")
    await page.go_back()
    await heading(page, "This link has been used")
    assert [update["no_change"] for update in updates(stack, reported)][: len(updates(stack, reported)) - before] == [
        True
    ]


async def test_the_form_by_keyboard_alone(visitor: Visitor, reported: str) -> None:
    stack, page = visitor.stack, visitor.page
    await visitor.open(link(stack, reported))
    await page.get_by_role("radio", name="In progress").focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Ships are late.")
    button = page.get_by_role("button", name="Record this report")
    for _ in range(80):
        await page.keyboard.press("Tab")
        if await button.evaluate("element => element === document.activeElement"):
            break
    await page.keyboard.press("Enter")
    await heading(page, "Recorded, thank you")
    last = updates(stack, reported)[0]
    assert (last["status"], last["summary"]) == ("delayed", "Ships are late.")


async def test_everybody_can_use_its_pages(visitor: Visitor, reported: str) -> None:
    page, address = visitor.page, link(visitor.stack, reported)
    await visitor.open(address)
    faults = await examine(page, "link")
    await page.get_by_role("textbox", name="Or in words").fill("x" * 501)
    await page.get_by_role("button", name="Record this report").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    faults += await examine(page, "link-faults")
    await page.get_by_role("button", name="No change since our last report").click()
    await heading(page, "Recorded, thank you")
    faults += await examine(page, "link-used")
    await visitor.open("/links/none-of-ours")
    faults += await examine(page, "link-unreadable")
    assert not faults, "\n".join(faults)
