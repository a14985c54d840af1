"""The steps of the journey, as whoever sits in front of the browser takes them: by mouse, or by keyboard alone."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import Locator, Page, expect

from tests.browser.visitor import Visitor

MOST_TABS = 400  # more than any page has places to stop at
# where the focus is: on the element, among the radio buttons that it belongs to, or elsewhere
_WHERE = """element => { const on = document.activeElement;
    if (on === element) return 'there';
    const beside = element.type === 'radio' && on.name === element.name && on.form === element.form;
    return beside ? 'beside' : 'elsewhere' }"""
# what a browser draws around what has the focus: an outline, or a shadow in its place
_SEEN = """() => { const style = getComputedStyle(document.activeElement);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none' }"""


class Mouse:
    """Points and clicks."""

    async def press(self, _: Page, target: Locator) -> None:
        await target.click()

    async def tick(self, _: Page, target: Locator) -> None:
        await target.check()

    async def write(self, _: Page, target: Locator, text: str) -> None:
        await target.fill(text)


class Keyboard:
    """Tab, Enter and Space, arrows among radio buttons; wherever it stops, one must see where one is."""

    async def press(self, page: Page, target: Locator) -> None:
        await self._reach(page, target)
        await page.keyboard.press("Enter")

    async def tick(self, page: Page, target: Locator) -> None:
        await self._reach(page, target)
        if not await target.is_checked():
            await page.keyboard.press("Space")
        await expect(target).to_be_checked()

    async def write(self, page: Page, target: Locator, text: str) -> None:
        await self._reach(page, target)
        await page.keyboard.press("Control+a")
        await page.keyboard.insert_text(text)

    async def _reach(self, page: Page, target: Locator) -> None:
        for _ in range(MOST_TABS):
            where = await target.evaluate(_WHERE)
            if where == "there":
                assert await page.evaluate(_SEEN), f"nobody sees the focus on {target}"
                return
            await page.keyboard.press("ArrowDown" if where == "beside" else "Tab")
        raise AssertionError(f"{target} is not reached by the Tab key")


@dataclass(frozen=True)
class Walk:
    """One journey with two browsers: the focal point's and the officer's."""

    focal: Visitor
    officer: Visitor
    hand: Mouse | Keyboard
    title: str

    async def press(self, who: Visitor, role: str, name: str) -> None:
        target = who.page.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type] # one of ARIA's
        await self.hand.press(who.page, target)

    async def write(self, who: Visitor, label: str, text: str) -> None:
        await self.hand.write(who.page, who.page.get_by_role("textbox", name=label).first, text)

    async def tick(self, who: Visitor, label: str) -> None:
        box, radio = (who.page.get_by_role(role, name=label) for role in ("checkbox", "radio"))
        await self.hand.tick(who.page, box.or_(radio).first)

    async def says(self, who: Visitor, text: str) -> None:
        await expect(who.page.locator("main")).to_contain_text(text)

    async def submits(self) -> None:
        """a: told what is missing, then submitted."""
        await self.press(self.focal, "link", "My pledges")
        await self.press(self.focal, "link", "Make a new pledge")
        await self.write(self.focal, "Title", self.title)
        await self.press(self.focal, "button", "Submit to the Network")
        await self.says(self.focal, "It is saved as a draft, but not submitted yet")
        await self.press(self.focal, "link", "What is pledged: say in some sentences what is pledged")
        await self.write(self.focal, "What is pledged", "Documents at twelve posts.")
        await self.tick(self.focal, "4. Ensure that all migrants have proof of legal identity")
        await self.tick(self.focal, "Process")
        await self.write(self.focal, "Ends", "soon")
        await self.press(self.focal, "button", "Add a target")
        await self.write(self.focal, "What is to be reached", "Posts that issue documents")
        await self.write(self.focal, "Number to reach", "12")
        await self.press(self.focal, "button", "Submit to the Network")
        await self.says(self.focal, "“soon” is no date")
        await self.write(self.focal, "Ends", "June 2026")
        await self.press(self.focal, "button", "Submit to the Network")
        await self.says(self.focal, "It is with the Network’s staff")

    async def is_asked_for_a_change(self) -> None:
        """b: the officer names a field; the focal point sees it there, mends it and submits again."""
        await self.press(self.officer, "link", "Submissions")
        await self.press(self.officer, "link", self.title)
        await self.tick(self.officer, "Ask for a change Period")
        await self.write(self.officer, "What should change: Period", "When does it begin?")
        await self.press(self.officer, "button", "Ask for these changes")
        await self.says(self.officer, "It is with the entity")
        await self.press(self.focal, "link", "My pledges")
        await self.press(self.focal, "link", self.title)
        await self.says(self.focal, "When does it begin?")
        await self.write(self.focal, "Begins", "2024")
        await self.press(self.focal, "button", "Submit again")
        await self.says(self.focal, "Submitted.")

    async def is_published(self) -> None:
        await self.press(self.officer, "link", "Submissions")
        await self.press(self.officer, "link", self.title)
        await self.says(self.officer, "Changed since you asked: Period")
        await self.press(self.officer, "button", "Publish")
        await self.says(self.officer, "everybody can see it now")

    async def is_supported(self) -> None:
        """c and d: asked for, read, and said so."""
        await self.press(self.focal, "link", "My pledges")
        await self.press(self.focal, "link", self.title)
        await self.press(self.focal, "link", "Ask for support")
        await self.tick(self.focal, "Exchange of knowledge and practice")
        await self.write(self.focal, "What would help", f"To learn from others about {self.title}")
        await self.press(self.focal, "button", "Send the request")
        await self.says(self.focal, "Your request is on its way")
        await self.acknowledged()
        await self.focal.page.reload()
        await self.says(self.focal, "Acknowledged")

    async def acknowledged(self) -> None:
        await self.press(self.officer, "link", "Requests")
        await self.press(self.officer, "link", "Exchange of knowledge and practice")
        await self.says(self.officer, self.title)
        await self.tick(self.officer, "Say that it was read")
        await self.press(self.officer, "button", "Do it")
        await self.says(self.officer, "Done. Where the requester")

    async def reports(self) -> None:
        """e: how it goes, with the target's number."""
        await self.press(self.focal, "link", "My pledges")
        await self.says(self.focal, "No report for it yet.")
        await self.press(self.focal, "link", f"Report progress {self.title}")
        await self.tick(self.focal, "In progress")
        await self.write(self.focal, "Reached so far (number)", "7")
        await self.press(self.focal, "button", "Publish this report")
        await self.says(self.focal, "Your report is public now")


Step = Callable[[Walk], Awaitable[None]]
STEPS: tuple[Step, ...] = (
    Walk.submits,
    Walk.is_asked_for_a_change,
    Walk.is_published,
    Walk.is_supported,
    Walk.reports,
)
