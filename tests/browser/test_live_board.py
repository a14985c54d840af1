"""The board in real browsers: what others do is seen at once, after a lost line too; the focus stays where it is."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Browser, expect

from tests.browser.looks import examine
from tests.browser.test_offers import done
from tests.browser.visitor import Visitor
from tests.support.stack import Person, Stack, eventually

pytestmark = pytest.mark.timeout(900)  # the stack is started for whoever comes first

SOON = 15_000  # milliseconds
PROCESSES = ("portal", "network-support-api")


@asynccontextmanager
async def officer(browser: Browser, stack: Stack, persona: str, **context: Any) -> AsyncIterator[Visitor]:
    made = await browser.new_context(**context)
    visitor = Visitor(stack, await made.new_page())
    await visitor.open("/")
    await visitor.sign_in(persona)
    yield visitor
    await made.close()


@pytest.fixture(scope="module")
def published(stack: Stack) -> str:
    """A pledge of Veridia."""
    amina, noor = stack.person("amina"), stack.person("noor")
    content = stack.example("pledges", "put", "/pledges/{pledge_id}") | {"entity_id": "veridia"}
    pledge = done(amina.post("pledges", "/pledges", content | {"submit": True}))["pledge_id"]
    done(noor.post("pledges", f"/pledges/{pledge}/publish", seen='"1"'))
    return str(pledge)


@pytest.fixture
def request_id(stack: Stack, published: str) -> str:
    """A request that nobody has."""
    wish = {"entity_id": "veridia", "pledge_id": published, "type": "fund_proposal", "text": "Funds", "language": "en"}
    made = str(done(stack.person("amina").post("network_support", "/requests", wish))["request_id"])
    noor = stack.person("noor")
    eventually(lambda: noor.get("network_support", f"/cases/{made}").status_code == 200)
    return made


def prioritised(person: Person, case_id: str, priority: str) -> None:
    path = f"/cases/{case_id}"
    seen = person.get("network_support", path).headers["etag"]
    wish = {"priority": priority, "reason": "The plenary"}
    done(person.post("network_support", f"{path}/prioritise", wish, seen=seen))


async def test_two_officers_on_one_request_see_each_other_and_what_the_other_does(
    browser: Browser, stack: Stack, request_id: str
) -> None:
    path = f"/desk/requests/{request_id}"
    async with officer(browser, stack, "noor") as noor, officer(browser, stack, "ada") as ada:
        problems: list[str] = []
        noor.page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
        await noor.open(path)
        text = noor.page.get_by_label("What the requester reads of it")
        await text.fill("We have begun")
        here = noor.page.locator("#live-here")
        await expect(here).to_be_hidden()
        await ada.open(path)
        await expect(here).to_contain_text("Also open with: Ada Demo", timeout=SOON)
        await expect(ada.page.locator("#live-here")).to_contain_text("Noor Demo")
        await asyncio.to_thread(prioritised, stack.person("ada"), request_id, "urgent")
        bar = noor.page.locator("#live-bar")
        await expect(bar).to_contain_text("Changed just now by a colleague: its priority.", timeout=SOON)
        await expect(noor.page.locator("#live-said")).to_contain_text("Changed just now")
        await expect(text).to_have_value("We have begun")
        await expect(text).to_be_focused()
        assert not await examine(noor.page, "noor-request-live")
        await ada.page.close()
        await expect(here).to_be_hidden(timeout=SOON)
        await bar.get_by_role("link", name="Show it as it is now").click()
        await expect(noor.page.get_by_text("Urgent", exact=True).first).to_be_visible()
        assert problems == []


@pytest.mark.parametrize("process", PROCESSES)
async def test_what_happens_while_the_line_is_lost_is_seen_afterwards(
    browser: Browser, stack: Stack, request_id: str, process: str
) -> None:
    async with officer(browser, stack, "noor") as noor:
        await noor.open("/desk/board/all")
        row = noor.page.locator(f'[data-case="{request_id}"]')
        link = row.get_by_role("link").first
        await link.focus()
        killed = stack.process_of(process)
        assert killed
        os.kill(killed["pid"], signal.SIGKILL)
        if process == "portal":  # the service goes on, and so do others
            await asyncio.to_thread(prioritised, stack.person("ada"), request_id, "high")
            await expect(row.get_by_text("High", exact=True)).to_have_count(0)
        else:
            await asyncio.to_thread(_again, stack, request_id)
        await expect(row.get_by_text("High", exact=True)).to_be_visible(timeout=40_000)
        await expect(row.get_by_text("Changed just now by a colleague: its priority.")).to_be_visible()
        await expect(link).to_be_focused()
        await expect(noor.page.locator("#live-line")).to_be_hidden()


def _again(stack: Stack, request_id: str) -> None:
    """As soon as the service is there again."""

    def tried() -> bool:
        try:
            prioritised(stack.person("ada"), request_id, "high")
        except (OSError, Exception):  # noqa: BLE001 - whatever it says while it starts
            return False
        return True

    eventually(tried)


async def test_work_that_another_service_raises_is_on_the_board_at_once(browser: Browser, stack: Stack) -> None:
    """Over Kafka: the last focal point of an entity with a pledge leaves it."""
    entity = f"lost-{uuid4().hex[:8]}"
    ada, kofi, noor = (stack.person(name) for name in ("ada", "kofi", "noor"))
    names = {"en": f"Entity {entity}"}
    done(
        ada.post(
            "pledges", "/entities", {"entity_id": entity, "kind": "local_government", "names": names, "fictional": True}
        )
    )
    place = {"person_id": kofi.get("pledges", "/me/memberships").json()["person_id"], "role": "focal_point"}
    membership = done(ada.post("pledges", f"/entities/{entity}/memberships", place))["membership_id"]
    content = stack.example("pledges", "put", "/pledges/{pledge_id}") | {"entity_id": entity}
    pledge = done(kofi.post("pledges", "/pledges", content | {"submit": True}))["pledge_id"]
    done(noor.post("pledges", f"/pledges/{pledge}/publish", seen='"1"'))
    async with officer(browser, stack, "noor") as desk:
        await desk.open("/desk/board/work_items")
        place_before = noor.get("network_support", "/board").json()["position"]
        done(ada.post("pledges", f"/entities/{entity}/memberships/{membership}/end", {"reason": "Left"}))
        await asyncio.to_thread(
            stack.restart, "pledges-worker"
        )  # looks for such entities once a minute, and at its start
        await expect(desk.page.locator("#live-bar")).to_contain_text("This queue has changed.", timeout=60_000)
        await desk.page.get_by_role("link", name="Show it as it is now").click()
        row = desk.page.locator("[data-case]").filter(has_text=names["en"])
        await expect(row).to_contain_text("Who led a pledge has left")
        case_id = await row.get_attribute("data-case")
    assert case_id in [one["case_id"] for one in noor.get("network_support", "/queues/work_items").json()["items"]]
    with noor.http.stream(
        "GET",
        f"{noor.urls['network_support']}/board/events",
        params={"after": place_before},
        headers={"Authorization": f"Bearer {noor.token}"},
    ) as events:
        assert any(f'"case_id":"{case_id}"' in line and '"new"' in line for line in events.iter_lines())


async def test_the_board_does_all_without_a_script(browser: Browser, stack: Stack, request_id: str) -> None:
    async with officer(browser, stack, "noor", java_script_enabled=False) as noor:
        page = noor.page
        await noor.open("/desk/board/all")
        for hidden in ("#live-bar", "#live-line"):
            await expect(page.locator(hidden)).to_be_hidden()
        await page.locator(f"#case-{request_id}").check()
        await page.get_by_role("button", name="Give", exact=True).click()
        await expect(page.get_by_role("status").first).to_contain_text("Given: 1.")
        await page.get_by_role("button", name="Undo").click()
        await expect(page.get_by_role("status").first).to_contain_text("Undone: 1.")
        await noor.open(f"/desk/requests/{request_id}")
        await expect(page.get_by_text("Nobody has it yet.")).to_be_visible()


PAGES = {
    "board": "/desk/board/all",
    "own-queues": "/desk/queues",
    "own-queue": "/desk/queues/new",
    "profile": "/desk/profile",
    "reports": "/desk/reports?by=type",
    "request": "/desk/requests/{request}",
}


async def test_pages_of_the_desk_are_for_everybody(browser: Browser, stack: Stack, request_id: str) -> None:
    queue = {"name": "وثائق " + "longword" * 10, "filters": {"language": ["ar"]}}
    stack.person("noor").post("network_support", "/queues", queue)
    async with officer(browser, stack, "noor") as noor:
        faults = []
        for name, path in PAGES.items():
            answer = await noor.open(path.format(request=request_id))
            assert answer.status == 200, path
            faults += await examine(noor.page, f"noor-{name}")
            await noor.page.evaluate("document.documentElement.dir = 'rtl'")
            faults += await examine(noor.page, f"noor-{name}-rtl")
        assert not faults, "\n".join(faults)
