"""Every page behind the sign-in, in the roles that see it: no fault by axe, nothing sideways, a screenshot of each."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, expect

from tests.browser.looks import examine
from tests.browser.visitor import Visitor
from tests.support.stack import Person, Stack, eventually

pytestmark = pytest.mark.timeout(900)  # the stack is started for whoever comes first

TITLE = 'وثائق <b onclick="x">' + "longword" * 40


@pytest.fixture(scope="module")
def given(stack: Stack) -> dict[str, str]:
    """A pledge in each state and a request, with titles that try to break the pages."""
    amina, noor = stack.person("amina"), stack.person("noor")
    content = stack.example("pledges", "put", "/pledges/{pledge_id}") | {"entity_id": "veridia"}
    ids = {state: made(amina, content, state) for state in ("draft", "submitted", "asked", "published", "amended")}
    wanted = {"fields": [{"field": "period", "says": "Please say when it ends."}]}
    done(noor.post("pledges", f"/pledges/{ids['asked']}/request-changes", wanted, seen='"1"'))
    for state in ("published", "amended"):
        done(noor.post("pledges", f"/pledges/{ids[state]}/publish", seen='"1"'))
    changed = {name: value for name, value in content.items() if name != "entity_id"} | {
        "title": TITLE,
        "kind": "common",
    }
    saved = done(amina.put("pledges", f"/pledges/{ids['amended']}", changed | {"partners": ["IOM"]}, seen='"2"'))
    done(amina.post("pledges", f"/pledges/{ids['amended']}/submit", seen=saved.headers["etag"]))
    said = stack.example("pledges", "post", "/pledges/{pledge_id}/updates") | {"summary": TITLE}
    for answer in ("declined", None):
        report = done(amina.post("pledges", f"/pledges/{ids['published']}/updates", said)).json()["number"]
        if answer:
            check = f"/pledges/{ids['published']}/updates/{report}/check"
            done(noor.post("pledges", check, {"answer": answer, "reason": TITLE}))
    wish = {"pledge_id": ids["published"], "language": "ar"}
    done(amina.post("pledges", "/reviews/plenary-2024/presentations", wish))
    asked = {
        "entity_id": "veridia",
        "pledge_id": ids["published"],
        "type": "fund_proposal",
        "text": TITLE,
        "language": "ar",
    }
    request = done(amina.post("network_support", "/requests", asked)).json()["request_id"]
    return ids | {"request": request, "import": imported(amina)} | members(amina)


def imported(person: Person) -> str:
    """An import that was checked, with rows that are bad."""
    content = f"title,period.end,objectives\nGood,2026,objective-4\n{TITLE},soon,objective-99\n".encode()
    wish = {"name": f"{'long' * 30}.csv", "size": len(content), "entity_id": "veridia"}
    path = "/imports/" + done(person.post("pledges", "/imports", wish)).json()["import_id"]
    done(person.put_bytes("pledges", f"{path}/parts/1", content))
    done(person.post("pledges", f"{path}/check", {}))
    eventually(lambda: person.get("pledges", path).json()["state"] == "checked")
    return str(path.removeprefix("/imports/"))


def members(person: Person) -> dict[str, str]:
    """Of Veridia, the memberships by role; somebody is invited too."""
    wish = {"role": "viewer", "address": f"{'long' * 15}@{'long' * 15}.invalid", "until": "2026-01-01T00:00:00Z"}
    person.post("pledges", "/entities/veridia/invitations", wish)
    found = done(person.get("pledges", "/entities/veridia/memberships")).json()["items"]
    return {one["role"]: one["membership_id"] for one in found}


def made(person: Person, content: dict[str, Any], state: str) -> str:
    body = content | {"title": f"{state} {TITLE}", "submit": state != "draft"}
    return str(done(person.post("pledges", "/pledges", body)).json()["pledge_id"])


def done(answer: Any) -> Any:
    assert answer.is_success, answer.text
    return answer


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    made = await browser.new_context()
    made.set_default_timeout(20_000)
    yield made
    await made.close()


MINE = {
    "my-pledges": "/my/pledges",
    "new": "/my/pledges/new",
    "draft": "/my/pledges/{draft}",
    "changes-asked": "/my/pledges/{asked}",
    "submitted": "/my/pledges/{submitted}",
    "published": "/my/pledges/{published}",
    "report": "/my/pledges/{published}/report",
    "report-correcting": "/my/pledges/{published}/report?corrects=2",
    "present": "/my/pledges/{published}/present",
    "support": "/my/pledges/{published}/support",
    "close": "/my/pledges/{published}/close",
    "members-of": "/members",
    "members": "/members/veridia?ended=yes",
    "member": "/members/veridia/people/{delegate}",
    "invite": "/members/veridia/invite",
    "handover": "/members/veridia/people/{focal_point}/handover",
    "imports": "/my/imports",
    "import": "/my/imports/{import}",
}
DESK = {
    "submissions": "/desk/submissions?state=all",
    "submission": "/desk/submissions/{submitted}",
    "amendment": "/desk/submissions/{amended}",
    "requests": "/desk/requests?state=all",
    "request": "/desk/requests/{request}",
    "evidence": "/desk/evidence",
    "evidence-check": "/desk/evidence/{published}/2",
    "milestone": "/desk/reviews/plenary-2024",
    "milestone-invited": "/desk/reviews/plenary-2024/invitations?state=all",
    "review": "/reviews/plenary-2024",
    "find-members": "/members?q=e",
    "members": "/members/veridia",
    "mails": "/desk/mails",
    "mail": "/desk/mails/reminder/ar",
    "campaigns": "/desk/campaigns",
}
STAFF = DESK | {
    "board": "/desk/board/all",
    "cases": "/desk/cases?text=a",
    "milestone-move": "/desk/reviews/plenary-2024/move",
    "milestone-outcome": "/desk/reviews/imrf-2022/outcome",
    "focal-point": "/members/veridia/people/{focal_point}",
    "imports": "/my/imports",
    "milestone-new": "/desk/calendar/milestone",
    "cycle-new": "/desk/calendar/cycle",
    "reviews": "/reviews",
}


@pytest.mark.parametrize(
    ("persona", "pages"), [("amina", MINE), ("noor", STAFF), ("rosa", DESK)], ids=["amina", "noor", "rosa"]
)
async def test_pages_are_for_everybody(
    context: BrowserContext, stack: Stack, given: dict[str, str], persona: str, pages: dict[str, str]
) -> None:
    visitor = Visitor(stack, await context.new_page())
    await visitor.open("/")
    await visitor.sign_in(persona)
    faults = []
    for name, path in pages.items():
        answer = await visitor.open(path.format(**given))
        assert answer.status == 200, path
        faults += await examine(visitor.page, f"{persona}-{name}")
    assert not faults, "\n".join(faults)


async def test_pages_that_refuse_are_for_everybody(
    context: BrowserContext, stack: Stack, given: dict[str, str]
) -> None:
    """Faults at their fields, two tabs, and a session that has ended."""
    visitor = Visitor(stack, await context.new_page())
    await visitor.open("/")
    await visitor.sign_in("amina")
    second = Visitor(stack, await context.new_page())
    for tab, title in ((visitor, "Mine"), (second, "Theirs")):
        await tab.open(f"/my/pledges/{given['draft']}")
        await tab.page.locator("#field-title").fill(f"{title} {TITLE}")
    await second.page.get_by_role("button", name="Save, and go on later").click()
    await visitor.page.get_by_role("button", name="Save, and go on later").click()
    faults = await examine(visitor.page, "amina-overtaken")
    await visitor.page.get_by_role("button", name="Put together and go on").click()
    await visitor.page.get_by_label("Ends", exact=True).fill("soon")
    await visitor.page.get_by_role("button", name="Submit to the Network").click()
    faults += await examine(visitor.page, "amina-faults")
    await context.clear_cookies(name="gcm-session")
    await visitor.page.get_by_label("Ends", exact=True).fill("2026")
    await visitor.page.get_by_role("button", name="Save, and go on later").click()
    faults += await examine(visitor.page, "amina-signed-out")
    assert not faults, "\n".join(faults)


async def test_what_is_shown_before_it_is_done_is_for_everybody(
    context: BrowserContext, stack: Stack, given: dict[str, str]
) -> None:
    """What a move will do; faults of a report with all its fields, of an answer on evidence, of a wish to present."""
    visitor = Visitor(stack, await context.new_page())
    await visitor.open("/")
    await visitor.sign_in("noor")
    page = visitor.page
    await visitor.open("/desk/reviews/plenary-2024/move")
    await page.get_by_label("Begins").fill("12 December 2024")
    await page.get_by_label("Why it is moved").fill(TITLE)
    await page.get_by_role("button", name="Show what this will do").click()
    await expect(page.get_by_role("button", name="Move it")).to_be_visible()
    faults = await examine(page, "noor-preview")
    await visitor.open(f"/desk/evidence/{given['published']}/2")
    await page.get_by_role("button", name="Record this answer").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    faults += await examine(page, "noor-evidence-faults")
    await visitor.open("/desk/calendar/cycle")
    await page.get_by_role("button", name="Add it").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    faults += await examine(page, "noor-cycle-faults")
    await context.clear_cookies()
    await visitor.open("/")
    await visitor.sign_in("amina")
    await visitor.open(f"/my/pledges/{given['published']}/report")
    await page.get_by_label("Currency, like EUR").fill("euros")
    sent = {"name": f"{TITLE[:100]}.txt", "mimeType": "text/plain", "buffer": b"Posts and what they issue."}
    await page.get_by_label("File", exact=True).set_input_files(sent)  # type: ignore[arg-type] # a file as a dict
    await page.get_by_role("button", name="Publish this report").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    faults += await examine(page, "amina-report-faults")
    await visitor.open(f"/my/pledges/{given['published']}/present")
    await page.get_by_role("button", name="Ask for a slot").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    faults += await examine(page, "amina-present-faults")
    assert not faults, "\n".join(faults)


async def test_the_board_is_worked_by_keys(context: BrowserContext, stack: Stack, given: dict[str, str]) -> None:
    del given  # a request is there
    visitor = Visitor(stack, await context.new_page())
    await visitor.open("/")
    await visitor.sign_in("noor")
    page, keys = visitor.page, visitor.page.keyboard
    await visitor.open("/desk/board/all")
    await keys.press("?")
    await expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    await keys.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await keys.press("j")
    first = page.locator("[data-case]").first
    await expect(first.get_by_role("link").first).to_be_focused()
    await keys.press("x")
    await expect(first.get_by_role("checkbox")).to_be_checked()
    await keys.press("g")
    await expect(page.get_by_label("Give what is ticked to")).to_be_focused()
    await keys.press("Enter")
    await page.get_by_role("button", name="Give", exact=True).press("Enter")
    await expect(page.get_by_role("status").filter(has_text="Given: 1.")).to_be_visible()
    faults = await examine(page, "noor-board-given")
    await keys.press("/")
    await expect(page.get_by_label("Find a request by its words")).to_be_focused()
    await keys.type("j?")  # while one types, keys are letters
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await visitor.open("/desk/board/all")
    await keys.press("j")
    await keys.press("o")
    await expect(page.get_by_role("heading", name="On the desk")).to_be_visible()
    await keys.press("?")
    await expect(page.get_by_role("dialog", name="Keys")).to_contain_text("to the steps")
    await keys.press("Escape")
    await keys.press("s")
    await expect(page.get_by_role("group", name="What happens now").get_by_role("radio").first).to_be_focused()
    await keys.press("b")
    await page.wait_for_url("**/desk/board/**")
    assert not faults, "\n".join(faults)
