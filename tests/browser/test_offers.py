"""Pages of offers, matching and unmet demand: how they look, and a match by keyboard alone, without JavaScript."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Browser, BrowserContext, expect

from tests.browser.looks import examine
from tests.browser.steps import Keyboard, Walk
from tests.browser.visitor import Visitor
from tests.support.stack import Person, Stack, eventually

pytestmark = pytest.mark.timeout(900)  # the stack is started for whoever comes first

TITLE = 'وثائق <b onclick="x">' + "longword" * 40
OFFER: dict[str, Any] = {
    "kind": "expert",
    "provider": "Registry " + "long" * 30,
    "title": TITLE,
    "text": TITLE,
    "language": "ar",
    "languages": ["ar", "en", "fr"],
    "places": ["region_africa", "region_asia", "MLI"],
    "objectives": ["objective-4", "objective-14"],
    "types": ["knowledge_exchange"],
    "valid_until": "2025-07-31",
    "capacity": 2,
    "conflicts": TITLE,
    "conflicts_with": ["veridia"],
}


def done(answer: Any) -> Any:
    assert answer.is_success, answer.text
    return answer.json()


def offered(person: Person, **changed: Any) -> str:
    return str(done(person.post("network_support", "/offers", OFFER | changed))["offer_id"])


def accepted(stack: Stack, title: str) -> str:
    """A request of Veridia that staff have accepted."""
    amina, noor = stack.person("amina"), stack.person("noor")
    content = stack.example("pledges", "put", "/pledges/{pledge_id}") | {"entity_id": "veridia", "title": title}
    pledge = done(amina.post("pledges", "/pledges", content | {"submit": True}))["pledge_id"]
    done(noor.post("pledges", f"/pledges/{pledge}/publish", seen='"1"'))
    asked = {"entity_id": "veridia", "pledge_id": pledge, "type": "knowledge_exchange", "text": TITLE, "language": "ar"}
    request = done(amina.post("network_support", "/requests", asked))["request_id"]
    path = f"/requests/{request}"
    eventually(lambda: noor.get("network_support", path).json()["state"] == "submitted")
    for step in ("acknowledge", "triage", "accept"):
        seen = noor.get("network_support", path).headers["etag"]
        done(noor.post("network_support", f"{path}/{step}", seen=seen))
    return str(request)


@pytest.fixture(scope="module")
def given(stack: Stack) -> dict[str, str]:
    """Offers in each state; a request with one that is proposed, one that is matched and one that was let go."""
    amina, noor = stack.person("amina"), stack.person("noor")
    mine = offered(amina, entity_id="veridia", conflicts_with=[])
    asked = offered(amina, entity_id="veridia", conflicts_with=[])
    done(noor.post("network_support", f"/offers/{asked}/return", {"reason": TITLE}, seen='"1"'))
    first, second, third = (offered(noor, capacity=9) for _ in range(3))
    request = accepted(stack, TITLE)
    path = f"/requests/{request}"
    for offer in (first, second, third):
        done(noor.post("network_support", f"{path}/proposals", {"offer_id": offer}))
    proposing = accepted(stack, TITLE)
    done(noor.post("network_support", f"/requests/{proposing}/proposals", {"offer_id": first}))
    wish = {"offer_ids": [second, third], "reply": TITLE, "despite": TITLE}
    seen = noor.get("network_support", path).headers["etag"]
    seen = noor.post("network_support", f"{path}/match", wish, seen=seen).headers["etag"]
    found = noor.get("network_support", f"{path}/matches").json()["items"]
    [match] = [one["match_id"] for one in found if one["offer_id"] == third]
    done(noor.post("network_support", f"{path}/matches/{match}/release", {"reason": TITLE}, seen=seen))
    return {"mine": mine, "asked": asked, "offer": first, "request": request, "proposing": proposing}


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    made = await browser.new_context()
    made.set_default_timeout(20_000)
    yield made
    await made.close()


PAGES = {
    "amina": {
        "my-offers": "/my/offers",
        "my-offer-new": "/my/offers/new",
        "my-offer": "/my/offers/{mine}",
        "my-offer-asked": "/my/offers/{asked}/edit",
    },
    "noor": {
        "offers": "/desk/offers?state=all",
        "offer-new": "/desk/offers/new",
        "offer-check": "/desk/offers/{mine}",
        "offer": "/desk/offers/{offer}",
        "matching": "/desk/requests/{request}/matching",
        "matching-proposed": "/desk/requests/{proposing}/matching",
        "reply": "/desk/requests/{proposing}/reply?offer={offer}",
        "unmet-demand": "/unmet-demand",
    },
}


@pytest.mark.parametrize("persona", PAGES)
async def test_pages_are_for_everybody(
    context: BrowserContext, stack: Stack, given: dict[str, str], persona: str
) -> None:
    visitor = Visitor(stack, await context.new_page())
    await visitor.open("/")
    await visitor.sign_in(persona)
    faults = []
    for name, path in PAGES[persona].items():
        answer = await visitor.open(path.format(**given))
        assert answer.status == 200, path
        faults += await examine(visitor.page, f"{persona}-{name}")
    new = "/my/offers/new" if persona == "amina" else "/desk/offers/new"
    await visitor.open(new)
    await visitor.page.get_by_label("First day").fill("soon")
    await visitor.page.locator("form button").last.click()
    await expect(visitor.page.get_by_role("alert")).to_be_visible()
    faults += await examine(visitor.page, f"{persona}-offer-faults")
    assert not faults, "\n".join(faults)


async def test_an_offer_is_recorded_and_matched_by_keyboard_without_javascript(browser: Browser, stack: Stack) -> None:
    """Nothing but Tab, Enter, Space and arrows; at the end the match is undone."""
    mark = uuid4().hex[:8]
    title = f"Keyboard {mark}"
    request = accepted(stack, f"Pledge {mark}")
    context = await browser.new_context(java_script_enabled=False)
    noor = Visitor(stack, await context.new_page())
    walk = Walk(noor, noor, Keyboard(), title)
    await noor.open("/")
    await noor.sign_in("noor")
    await noor.open("/desk/offers/new")
    await walk.tick(noor, "An expert")
    await walk.write(noor, "Title", title)
    await walk.write(noor, "What it consists of", "They come for two weeks.")
    await walk.tick(noor, "Exchange of knowledge and practice")
    await walk.tick(noor, "4. Ensure that all migrants")
    await walk.write(noor, "For how many requests", "1")
    await walk.press(noor, "button", "Record it")
    await walk.says(noor, "Recorded. It can be matched")
    await noor.open(f"/desk/requests/{request}")
    await walk.press(noor, "link", "Offers for this request")
    await walk.press(noor, "button", f"Propose it {title}")
    await walk.says(noor, "Proposed. The requester does not see it yet")
    await walk.press(noor, "button", "Write the reply")
    await walk.says(noor, title)
    await walk.press(noor, "button", "Match them and send the reply")
    await walk.says(noor, "Matched. The requester can read your reply")
    await walk.write(noor, "Why it does not hold", "They cannot travel.")
    await walk.press(noor, "button", f"Undo this match {title}")
    await walk.says(noor, "Undone. The offer has its capacity back")
    await context.close()
