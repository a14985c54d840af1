"""Members and imports in a real browser: by keyboard alone, without JavaScript, and from right to left."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from services.portal.pages.files import AROUND
from services.portal.pages.importing import LARGEST_IMPORT
from tests.browser.looks import examine
from tests.browser.steps import Keyboard
from tests.browser.visitor import Visitor
from tests.support.stack import Stack

pytestmark = pytest.mark.timeout(900)  # the stack is started for whoever comes first

HERE = "/members/veridia"


async def test_somebody_is_invited_and_the_invitation_withdrawn_by_keyboard(visitor: Visitor) -> None:
    page, hand = visitor.page, Keyboard()
    await visitor.open("/")
    await visitor.sign_in("amina")
    await hand.press(page, page.get_by_role("link", name="My pledges"))
    await hand.press(page, page.get_by_role("link", name="Who acts for Veridia"))
    await hand.press(page, page.get_by_role("link", name="Invite somebody"))
    await hand.press(page, page.get_by_role("button", name="Send the invitation"))
    await hand.press(page, page.get_by_role("link", name="Give the e-mail address."))
    await expect(page.get_by_role("textbox", name="E-mail address")).to_be_focused()
    await hand.write(page, page.get_by_role("textbox", name="E-mail address"), "keys@demo.invalid")
    await hand.tick(page, page.get_by_role("radio", name="Viewer"))
    await hand.write(page, page.get_by_role("textbox", name="Last day"), "31 December 2026")
    await hand.press(page, page.get_by_role("button", name="Send the invitation"))
    await expect(page.get_by_role("status")).to_contain_text("on its way by e-mail")
    card = page.get_by_role("listitem").filter(has_text="keys@demo.invalid")
    await expect(card).to_contain_text("until 31 December 2026")
    withdraw = card.get_by_role("button", name="Withdraw it")
    assert await withdraw.evaluate(
        "one => document.getElementById(one.getAttribute('aria-describedby')).innerText"
    ) == ("keys@demo.invalid")
    await hand.press(page, withdraw)
    await expect(page.get_by_role("status")).to_contain_text("The invitation is withdrawn")
    await expect(page.get_by_text("keys@demo.invalid")).to_have_count(0)


async def test_a_file_is_imported_without_javascript(plain_visitor: Visitor, tmp_path: Path) -> None:
    page = plain_visitor.page
    file = tmp_path / "pledges.csv"
    file.write_text("title,period.end\nImported without a script,2026\nWithout an end,soon\n")
    await plain_visitor.open("/my/imports")
    await signed_in(plain_visitor, "amina", "/my/imports")
    async with page.expect_download() as template:
        await page.get_by_role("link", name="A sheet for many pledges, one a row: CSV").click()
    assert "title" in (await (await template.value).path()).read_text("utf-8-sig")
    await page.get_by_label("File", exact=True).set_input_files(file)
    await page.get_by_role("button", name="Send and check").click()
    await until(page, "Checked; nothing is made yet")
    await expect(page.get_by_role("row").filter(has_text="B3")).to_contain_text("To be mended")
    await page.get_by_role("button", name="Import them").click()
    await until(page, "Done")
    async with page.expect_download() as mended:
        await page.get_by_role("link", name="Download the rows to mend").click()
    assert '"Without an end","soon"' in (await (await mended.value).path()).read_text("utf-8-sig")
    await page.get_by_role("link", name="Made – 2").click()
    await expect(page.locator("main")).to_contain_text("Imported without a script")


async def signed_in(visitor: Visitor, persona: str, path: str) -> None:
    """Where a page asked for it, at Keycloak's own form."""
    page = visitor.page
    await page.get_by_role("textbox", name="Username or email").fill(persona)
    await page.locator("input[name=password]").fill(visitor.stack.says()["persona_password"])
    await page.locator("[type=submit]").first.click()
    await page.wait_for_url(visitor.portal + path)


async def until(page: Page, says: str) -> None:
    """Reads the page anew, as its link offers, until the import is so far."""
    lead = page.locator("p.lead")
    for _ in range(60):
        if await lead.inner_text() == says:
            return
        link = page.get_by_role("link", name="Show how far it is now")
        await (link.click() if await link.count() else page.reload())
        await page.wait_for_timeout(250)
    raise AssertionError(f"never {says}, but {await lead.inner_text()}")


async def test_a_file_that_is_too_large_is_answered_in_words(visitor: Visitor, tmp_path: Path) -> None:
    file = tmp_path / "large.csv"
    await visitor.open("/my/imports")
    await signed_in(visitor, "amina", "/my/imports")
    for size in (LARGEST_IMPORT + 1, LARGEST_IMPORT + AROUND + 5_000_000):
        with file.open("wb") as made:
            made.truncate(size)
        await visitor.open("/my/imports")
        await visitor.page.get_by_label("File", exact=True).set_input_files(file)
        await visitor.page.get_by_role("button", name="Send and check").click()
        await expect(visitor.page.locator("main")).to_contain_text("The file is larger than 50 MB")


async def test_the_pages_are_for_everybody_from_right_to_left_too(browser: Browser, stack: Stack) -> None:
    """Also with faults, and before a handover is confirmed."""
    context = await browser.new_context()
    visitor = Visitor(stack, await context.new_page())
    await visitor.open("/members")
    await signed_in(visitor, "amina", "/members")
    page, faults = visitor.page, []
    await visitor.open(HERE)
    faults += await mirrored(page, "members")
    await page.get_by_role("link", name="Hand over your place").click()
    await page.get_by_role("radio", name="Bruno Demo").check()
    await page.get_by_role("button", name="See what will be different").click()
    await expect(page.locator("main")).to_contain_text("is a focal point from now on")
    faults += await mirrored(page, "handover-look")
    await visitor.open(f"{HERE}/invite")
    await page.get_by_role("textbox", name="Last day").fill("soon")
    await page.get_by_role("button", name="Send the invitation").click()
    faults += await mirrored(page, "invite-faults")
    await visitor.open("/my/imports")
    await page.get_by_role("button", name="Send and check").click()
    faults += await mirrored(page, "imports-faults")
    await context.close()
    assert not faults, "\n".join(faults)


async def mirrored(page: Page, name: str) -> list[str]:
    """What is wrong with the page in either direction."""
    found = await examine(page, f"amina-{name}")
    await page.evaluate("document.documentElement.dir = 'rtl'")
    return found + await examine(page, f"amina-{name}-rtl")
