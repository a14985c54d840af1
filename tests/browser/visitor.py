"""What somebody in front of a browser does with the portal."""

from dataclasses import dataclass

from playwright.async_api import Page, Response

from tests.support.stack import Stack


@dataclass(frozen=True)
class Visitor:
    stack: Stack
    page: Page

    @property
    def portal(self) -> str:
        """Its address, by the name that passkeys and cookies want."""
        return self.stack.addresses["portal"]

    async def open(self, path: str) -> Response:
        """Goes there as if typed into the address bar; follows redirects."""
        answer = await self.page.goto(self.portal + path)
        assert answer is not None
        return answer

    async def sign_in(self, persona: str) -> None:
        """Through the button on the page that is open and Keycloak's own form."""
        await self.page.get_by_role("link", name="Sign in").first.click()
        await self.page.get_by_role("textbox", name="Username or email").fill(persona)
        await self.page.locator("input[name=password]").fill(self.stack.says()["persona_password"])
        await self.page.locator("[type=submit]").first.click()
        await self.page.wait_for_url(f"{self.portal}/**")
