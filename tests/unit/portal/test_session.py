"""Sessions: one refresh for requests that come together, and an end that holds everywhere."""

import asyncio
import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import httpx
import jwt
import pytest
from starlette.requests import HTTPConnection

from services.portal.cookies import LARGEST, Cookies
from services.portal.session import COOKIE, SignInNeeded
from shared.errors import Unauthenticated, Unavailable
from tests.support import tokens
from tests.support.portal import ISSUER, Portal, parts


@dataclass
class KeyProvider:
    """An identity provider that gives each refresh token up once, as Keycloak does with `revokeRefreshToken`."""

    refreshed: list[str] = field(default_factory=list)
    status: int = 200

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/certs"):
            return tokens.key_set(request)
        used = parse_qs(request.content.decode())["refresh_token"][0]
        await asyncio.sleep(0)  # others come in between
        if self.status != 200 or used in self.refreshed:
            return httpx.Response(self.status if self.status != 200 else 400)
        self.refreshed.append(used)
        number = len(self.refreshed)
        made = {"access_token": tokens.token("amina", ("network_staff",)), "expires_in": 300}
        made |= {"refresh_token": f"refresh {number}", "refresh_expires_in": 3600}
        return httpx.Response(200, content=json.dumps(made))


@pytest.fixture
def provider() -> KeyProvider:
    return KeyProvider()


@pytest.fixture
def portal(provider: KeyProvider) -> Portal:
    return Portal(parts(httpx.AsyncClient(transport=httpx.MockTransport(provider))))


def request(portal: Portal, **session: Any) -> HTTPConnection:
    """One with the cookie of a session whose access token is about to expire."""
    now = portal.parts.clock.system().timestamp()
    old = portal.session("amina", **({"access_until": now + 5} | session))
    sealed = portal.parts.cookies.seal(COOKIE, old.model_dump_json())
    headers = [(b"cookie", f"gcm-{COOKIE}={sealed}".encode())]
    return HTTPConnection({"type": "http", "headers": headers})


def cookies_set(asked: HTTPConnection) -> dict[str, str]:
    found: dict[str, str] = asked.scope["state"]["set_cookies"]
    return found


async def test_requests_that_come_together_share_one_refresh(portal: Portal, provider: KeyProvider) -> None:
    asked = [request(portal) for _ in range(20)]
    fresh = await asyncio.gather(*(portal.parts.sessions.fresh(one) for one in asked))
    assert provider.refreshed == ["refresh of amina"]
    assert {session.refresh for session in fresh} == {"refresh 1"}
    assert fresh[0].roles == ("network_staff",)
    assert all(COOKIE in next(iter(cookies_set(one))) for one in asked)


async def test_the_cookie_from_before_finds_what_later_refreshes_brought(portal: Portal, provider: KeyProvider) -> None:
    sessions = portal.parts.sessions
    first = await sessions.fresh(request(portal))
    later = request(portal, refresh=first.refresh)
    assert (await sessions.fresh(later)).refresh == "refresh 2"
    assert (await sessions.fresh(request(portal))).refresh == "refresh 2"
    assert len(provider.refreshed) == 2


async def test_a_token_that_is_good_is_left_alone(portal: Portal, provider: KeyProvider) -> None:
    now = portal.parts.clock.system().timestamp()
    await portal.parts.sessions.fresh(request(portal, access_until=now + 200))
    assert provider.refreshed == []


async def test_a_session_that_the_provider_ended_is_over(portal: Portal, provider: KeyProvider) -> None:
    provider.status = 400
    asked = request(portal)
    with pytest.raises(SignInNeeded):
        await portal.parts.sessions.fresh(asked)
    assert "Max-Age=0" in cookies_set(asked)[f"gcm-{COOKIE}"]
    assert portal.parts.sessions.read(request(portal)) is None


async def test_a_session_outlives_a_provider_that_is_away(portal: Portal, provider: KeyProvider) -> None:
    provider.status = 503
    with pytest.raises(Unavailable):
        await portal.parts.sessions.fresh(request(portal))
    provider.status = 200
    assert (await portal.parts.sessions.fresh(request(portal))).refresh == "refresh 1"


async def test_what_has_ended_stays_ended(portal: Portal) -> None:
    portal.parts.sessions.end("session of amina")
    with pytest.raises(SignInNeeded):
        await portal.parts.sessions.fresh(request(portal))
    now = portal.parts.clock.system().timestamp()
    assert portal.parts.sessions.read(request(portal, sid="another")) is not None
    assert portal.parts.sessions.read(request(portal, sid="another", until=now - 1)) is None


LOGOUT: dict[str, Any] = {"http://schemas.openid.net/event/backchannel-logout": {}}


@pytest.mark.parametrize(
    ("changed", "taken"),
    [
        ({}, True),
        ({"events": None}, False),
        ({"events": {"https://example.org/other": {}}}, False),
        ({"nonce": "n"}, False),
        ({"sid": None}, False),
        ({"aud": "gcm-api"}, False),
        ({"iss": "http://elsewhere.invalid"}, False),
        ({"exp": 1}, False),
    ],
)
async def test_only_a_logout_token_for_us_ends_a_session(portal: Portal, changed: Any, *, taken: bool) -> None:
    claims = {"iss": ISSUER, "aud": "gcm-portal", "typ": "Logout", "sid": "session of amina", "events": LOGOUT}
    token = tokens.token("amina", **(claims | changed))
    if taken:
        assert await portal.parts.provider.ended(token) == "session of amina"
    else:
        with pytest.raises(Unauthenticated):
            await portal.parts.provider.ended(token)


async def test_a_logout_token_that_we_could_have_signed_ourselves_is_refused(portal: Portal) -> None:
    claims = tokens.claims("amina", iss=ISSUER, aud="gcm-portal", sid="s", events=LOGOUT)
    forged = jwt.encode(claims, "local-test-local-test-local-test", "HS256", {"kid": tokens.KEY_ID})
    with pytest.raises(Unauthenticated):
        await portal.parts.provider.ended(forged)


def connection(**cookies: str) -> HTTPConnection:
    said = "; ".join(f"{name}={value}" for name, value in cookies.items()).encode()
    return HTTPConnection({"type": "http", "headers": [(b"cookie", said)]})


def test_keys_may_be_replaced() -> None:
    sealed = Cookies(("older",), secure=False).seal("x", "kept")
    assert Cookies(("newest", "older"), secure=False).open("x", sealed) == "kept"
    assert Cookies(("newest",), secure=False).open("x", sealed) is None


@pytest.mark.parametrize("altered", ["", "x", "é", "gAAAAA==", "\x00"])
def test_what_is_not_ours_is_nothing(altered: str) -> None:
    cookies = Cookies(("key",), secure=False)
    assert cookies.open("x", altered) is None
    sealed = cookies.seal("x", "kept")
    assert cookies.open("another purpose", sealed) is None
    assert cookies.open("x", sealed[:-3] + "AAA") is None
    assert cookies.read(connection(**{"gcm-x": sealed}), "x") == "kept"
    assert cookies.read(connection(**{"gcm-y": sealed}), "y") is None


def test_over_https_no_other_host_can_set_them() -> None:
    asked = connection()
    cookies = Cookies(("key",), secure=True)
    cookies.write(asked, "session", "s")
    cookies.write(asked, "id", "i", path="/sign-out")
    lines = list(cookies_set(asked).values())
    assert lines[0].startswith("__Host-gcm-session=")
    assert lines[0].endswith("; Path=/; HttpOnly; SameSite=Lax; Secure")
    assert lines[1].startswith("__Secure-gcm-id=")
    assert "Path=/sign-out;" in lines[1]


def test_a_cookie_that_browsers_would_drop_is_refused() -> None:
    noise = secrets.token_hex(LARGEST)
    with pytest.raises(ValueError, match=str(LARGEST)):
        Cookies(("key",), secure=False).write(connection(), "session", noise)
