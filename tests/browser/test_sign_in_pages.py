"""Keycloak's pages with our look, in a real browser: everybody can read and use them; passkeys work."""

from collections.abc import AsyncIterator

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, Page, Request

from tests.browser.looks import examine
from tests.support.keycloak import Keycloak
from tests.support.parts import PASSWORD
from tests.support.sign_in import callback, challenge

VERIFIER = "a-verifier-that-is-long-enough-for-the-rule-of-forty-three"
LANGUAGES = ("ar", "zh-CN", "en", "fr", "ru", "es")


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context()
    yield context
    await context.close()


@pytest.fixture
async def page(context: BrowserContext) -> Page:
    return await context.new_page()


def _sign_in(keycloak: Keycloak, language: str, **more: str) -> str:
    asked = {"client_id": "gcm-portal", "redirect_uri": callback(keycloak), "response_type": "code", "scope": "openid"}
    asked |= challenge(VERIFIER) | {"ui_locales": language} | more
    return str(httpx.URL(f"{keycloak.issuer}/protocol/openid-connect/auth", params=asked))


async def _with_password(page: Page, person: str, password: str = PASSWORD) -> None:
    await page.locator("#username").fill(person)
    await page.locator("#password").fill(password)
    await page.locator("#kc-login").click()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_sign_in_page_is_for_everybody(page: Page, keycloak: Keycloak, language: str) -> None:
    elsewhere: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith(keycloak.issuer.partition("/realms/")[0]):
            elsewhere.append(request.url)

    page.on("request", note)
    await page.goto(_sign_in(keycloak, language))
    assert await page.locator("html").get_attribute("lang") == language
    assert await examine(page, f"sign-in-{language}") == []
    assert elsewhere == []


async def test_so_are_a_refusal_a_forgotten_password_and_an_error(page: Page, keycloak: Keycloak) -> None:
    await page.goto(_sign_in(keycloak, "ar"))
    await _with_password(page, "amina", "wrong")
    faults = await examine(page, "sign-in-refused-ar")
    await page.locator("a[href*=reset-credentials]").click()
    faults += await examine(page, "sign-in-forgotten-ar")
    await page.goto(f"{keycloak.issuer}/login-actions/authenticate?kc_locale=ar")
    faults += await examine(page, "sign-in-error-ar")
    assert faults == []


async def test_so_is_setting_up_a_second_factor(page: Page, keycloak: Keycloak) -> None:
    await page.goto(_sign_in(keycloak, "ru", kc_action="CONFIGURE_TOTP"))
    await _with_password(page, "amina")
    faults = await examine(page, "sign-in-code-ru")
    await page.locator("#mode-manual").click()
    faults += await examine(page, "sign-in-code-by-hand-ru")
    assert faults == []


async def test_so_are_the_pages_that_let_the_command_line_in(page: Page, keycloak: Keycloak) -> None:
    url = f"{keycloak.address}/realms/gcm/protocol/openid-connect/auth/device"
    begun = await (await page.request.post(url, form={"client_id": "gcm-cli", **challenge(VERIFIER)})).json()
    await page.goto(f"{keycloak.issuer}/device")
    await page.get_by_role("link", name="العربية").click()
    await page.wait_for_function("document.documentElement.dir == 'rtl'")
    faults = await examine(page, "device-ar")
    await page.locator("#device_user_code").fill(begun["user_code"])
    await page.locator("#kc-login").click()
    await _with_password(page, "amina")
    faults += await examine(page, "device-consent-ar")
    assert await page.locator("html").get_attribute("dir") == "rtl"
    await page.locator("#kc-login").click()
    faults += await examine(page, "device-done-ar")
    assert await page.locator("html").get_attribute("dir") == "rtl"
    assert faults == []


def _leads_back(request: Request) -> bool:
    """To the portal, with a code. It need not be there."""
    return "/auth/callback?" in request.url and "code=" in request.url and "redirect_uri" not in request.url


async def test_a_passkey_signs_in_without_a_password(context: BrowserContext, page: Page, keycloak: Keycloak) -> None:
    devtools = await context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.on("dialog", lambda dialog: dialog.accept("Test key"))
    await page.goto(_sign_in(keycloak, "en", kc_action="webauthn-register-passwordless"))
    await _with_password(page, "vera")
    assert await examine(page, "passkey-en") == []
    async with page.expect_request(_leads_back):
        await page.locator("#registerWebAuthn").click()
    await page.wait_for_function("location.protocol == 'chrome-error:'")  # nobody is there
    await context.clear_cookies()
    async with page.expect_request(_leads_back):
        await page.goto(_sign_in(keycloak, "en"))  # and the browser offers the passkey by itself


async def test_everybody_finds_both_second_factors_in_their_account(page: Page, keycloak: Keycloak) -> None:
    refusals: list[str] = []
    page.on("console", lambda message: refusals.append(message.text) if "Content Security" in message.text else None)
    await page.goto(f"{keycloak.issuer}/account/account-security/signing-in")
    await _with_password(page, "amina")
    for name in ("Set up Authenticator application", "Set up Passkey"):
        await page.get_by_text(name).first.wait_for()
    assert refusals == []
