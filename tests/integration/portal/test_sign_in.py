"""Signing in and out at the real Keycloak, with its own forms; the portal serves where the realm expects it."""

import asyncio
import re
from collections.abc import AsyncIterator
from html import unescape
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.requests import HTTPConnection

from services.portal.cookies import LARGEST
from services.portal.parts import Parts
from shared.clock import Clock
from shared.process import Health, serve_app
from tests.support.keycloak import Keycloak
from tests.support.parts import PASSWORD
from tests.support.portal import Browser, Portal, hidden_fields, settings

FORM = re.compile(r'<form id="kc-form-login"[^>]*action="([^"]+)"', re.DOTALL)


@pytest.fixture
async def portal(keycloak: Keycloak) -> AsyncIterator[Portal]:
    """Listening, for Keycloak calls it at the end of a session."""
    chosen = settings(oidc_issuer=keycloak.issuer, portal_url=keycloak.portal_url, portal_client_secret=PASSWORD)
    stop = asyncio.Event()
    async with httpx.AsyncClient() as http:
        made = Portal(Parts.of(chosen, http, clock=Clock(), health=Health()))
        serving = asyncio.create_task(serve_app(made.app, "127.0.0.1", urlsplit(chosen.portal_url).port or 0, stop))
        yield made
        stop.set()
        await serving


@pytest.fixture
async def browser(portal: Portal) -> AsyncIterator[Browser]:
    async with httpx.AsyncClient() as http:
        yield Browser(http, portal.parts.settings.portal_url)


async def sign_in(browser: Browser, persona: str = "amina", to: str = "/pledges?state=closed") -> httpx.Response:
    """Up to where Keycloak sends the browser back to us."""
    to_provider = await browser.get(httpx.URL("/sign-in", params={"next": to}).raw_path.decode())
    form = await browser.get(to_provider.headers["location"])
    found = FORM.search(form.text)
    assert found, form.text
    action = unescape(found.group(1))
    return await browser.post(action, {"username": persona, "password": PASSWORD})


def asking(browser: Browser, **changed: str) -> HTTPConnection:
    """A request with the browser's cookies."""
    cookies = browser.cookies("/") | changed
    said = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return HTTPConnection({"type": "http", "headers": [(b"cookie", said.encode())]})


async def come_back(browser: Browser, answer: httpx.Response) -> httpx.Response:
    return await browser.get(answer.headers["location"])


async def test_in_and_out_again(browser: Browser, portal: Portal) -> None:
    back = await come_back(browser, await sign_in(browser))
    assert back.headers["location"] == "/pledges?state=closed"
    assert all(len(line) <= LARGEST for line in back.headers.get_list("set-cookie"))
    home = await browser.get("/")
    assert "Amina Demo" in home.text
    assert set(browser.cookies("/")) == {"gcm-session", "gcm-browser"}
    session = portal.parts.sessions.read(asking(browser))
    assert session is not None
    assert session.name == "Amina Demo"

    left = await browser.post("/sign-out", hidden_fields(home))
    assert await end_at_provider(browser, left) == portal.parts.settings.portal_url + "/"
    assert "Sign in" in (await browser.get("/")).text
    assert set(browser.cookies("/sign-out")) == {"gcm-browser"}
    again = await browser.get((await browser.get("/sign-in")).headers["location"])
    assert FORM.search(again.text), "the provider's own session is over too"


async def end_at_provider(browser: Browser, answer: httpx.Response) -> str:
    """Where Keycloak sends the browser, without asking anything."""
    ended = await browser.get(answer.headers["location"])
    return str(ended.headers["location"])


async def test_what_ends_elsewhere_ends_here(browser: Browser, portal: Portal) -> None:
    """Another window of the same person signs out: Keycloak tells us, so the first window's cookies are worthless."""
    await come_back(browser, await sign_in(browser))
    other = Browser(browser.http, browser.origin, dict(browser.jar))
    left = await other.post("/sign-out", hidden_fields(await other.get("/")))
    portal.parts.sessions._ended.clear()  # noqa: SLF001 - as in another process, which has only Keycloak's word
    assert "Amina Demo" in (await browser.get("/")).text
    await end_at_provider(other, left)
    assert "Amina Demo" not in (await browser.get("/")).text


async def test_an_old_access_token_is_renewed_once_for_all(browser: Browser, portal: Portal) -> None:
    await come_back(browser, await sign_in(browser))
    now = portal.parts.sessions.read(asking(browser))
    assert now is not None
    old = now.model_copy(update={"access_until": 0.0})
    sealed = portal.parts.cookies.seal("session", old.model_dump_json())
    asked = [asking(browser, **{"gcm-session": sealed}) for _ in range(5)]
    renewed = await asyncio.gather(*(portal.parts.sessions.fresh(one) for one in asked))
    assert len({session.refresh for session in renewed}) == 1
    assert renewed[0].refresh != old.refresh
    assert renewed[0].sid == old.sid


@pytest.mark.parametrize("changed", ["state", "code", "iss"])
async def test_an_answer_that_is_not_that_of_this_attempt_signs_nobody_in(browser: Browser, changed: str) -> None:
    address = httpx.URL((await sign_in(browser)).headers["location"])
    back = await browser.get(str(address.copy_set_param(changed, "altered")))
    assert back.status_code == 400
    assert "did not work" in back.text
    assert "gcm-session" not in browser.cookies("/")


async def test_an_answer_is_good_in_the_browser_that_began_and_once(browser: Browser) -> None:
    answer = await sign_in(browser)
    stranger = Browser(browser.http, browser.origin)
    assert (await come_back(stranger, answer)).status_code == 400
    assert (await come_back(browser, answer)).status_code == 303
    later = await come_back(browser, answer)
    assert later.headers["location"] == "/", "the back button leads on, for one is signed in"


async def test_two_tabs_may_sign_in_at_the_same_time(browser: Browser) -> None:
    first = await browser.get("/sign-in?next=/first")
    second = await browser.get("/sign-in?next=/second")
    states = [parse_qs(urlsplit(one.headers["location"]).query)["state"] for one in (first, second)]
    assert states[0] != states[1]
    assert len([name for name in browser.cookies("/") if name.startswith("gcm-sign-in-")]) == 2


@pytest.mark.parametrize(
    "place", ["//evil.example", "https://evil.example", "/\\evil.example", "", "/é", "/a\nb", "/" + "a" * 2000]
)
async def test_no_link_leads_elsewhere_after_signing_in(browser: Browser, place: str) -> None:
    back = await come_back(browser, await sign_in(browser, to=place))
    assert back.headers["location"] == "/"
