"""The portal under test: its application without a server, and somebody with a browser in front of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from fastapi import FastAPI

from services.portal.app import create_app
from services.portal.parts import Parts
from services.portal.provider import Session
from services.portal.session import COOKIE
from services.portal.settings import Settings
from shared.clock import Clock
from shared.process import Health
from tests.support import tokens

URL = "http://localhost:8080"
ISSUER = "http://localhost:8081/realms/gcm"
PLEDGES, SUPPORT = "http://pledges.invalid", "http://support.invalid"
FIELDS = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def settings(**changed: Any) -> Settings:
    plain: dict[str, Any] = {
        "environment": "test",
        "oidc_issuer": ISSUER,
        "portal_url": URL,
        "portal_client_secret": "local-test",  # pragma: allowlist secret
        "session_keys": ("local-key",),
        "pledges_url": PLEDGES,
        "network_support_url": SUPPORT,
    }
    return Settings(**(plain | changed))


def parts(http: httpx.AsyncClient, clock_file: Path | None = None, **changed: Any) -> Parts:
    return Parts.of(settings(**changed), http, Clock(clock_file), Health())


@dataclass
class Browser:
    """Keeps cookies by origin, as the address in their Path says; follows nothing by itself.

    Over plain HTTP, Keycloak's cookies say Secure, and browsers send them to localhost all the same.
    """

    http: httpx.AsyncClient
    origin: str = URL
    jar: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    async def get(self, address: str, **headers: str) -> httpx.Response:
        return await self._send("GET", address, headers=headers)

    async def post(self, address: str, form: Mapping[str, Any], **headers: str) -> httpx.Response:
        return await self._send("POST", address, data=dict(form), headers=headers)

    async def _send(self, method: str, address: str, headers: dict[str, str], **more: Any) -> httpx.Response:
        url = self.origin + address if address.startswith("/") else address
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies(url).items())
        answer = await self.http.request(method, url, headers=said | {"cookie": cookies}, **more)
        for line in answer.headers.get_list("set-cookie"):
            self._keep(url, line)
        return answer

    def cookies(self, address: str = "/") -> dict[str, str]:
        """Those that go along to the address."""
        url = urlsplit(self.origin + address if address.startswith("/") else address)
        host = f"{url.scheme}://{url.netloc}"
        return {
            name: value
            for (origin, name), (value, path) in self.jar.items()
            if origin == host and (url.path or "/").startswith(path)
        }

    def _keep(self, address: str, line: str) -> None:
        url = urlsplit(address)
        pair, *rest = (part.strip() for part in line.split(";"))
        name, _, value = pair.partition("=")
        said = {key.lower(): text for key, _, text in (part.partition("=") for part in rest)}
        key = (f"{url.scheme}://{url.netloc}", name)
        self.jar.pop(key, None)
        if said.get("max-age") != "0":
            self.jar[key] = (value, said.get("path", "/"))


def hidden_fields(answer: httpx.Response) -> dict[str, str]:
    """Of the forms on a page."""
    return {unescape(name): unescape(value) for name, value in FIELDS.findall(answer.text)}


def form_of(page: httpx.Response, action: str) -> dict[str, str]:
    """The hidden fields of the form that has a button for this action, and the action."""
    forms = re.findall(r"<form.*?</form>", page.text, re.DOTALL)
    [form] = [one for one in forms if f'name="action" value="{action}"' in one]
    return {unescape(name): unescape(value) for name, value in FIELDS.findall(form)} | {"action": action}


@dataclass
class Portal:
    """The application; `browser()` is somebody new in front of it."""

    parts: Parts
    app: FastAPI = field(init=False)

    def __post_init__(self) -> None:
        self.app = create_app(self.parts)

    def browser(self, *others: tuple[str, httpx.AsyncBaseTransport]) -> Browser:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        mounts = {self.parts.settings.portal_url: transport, **dict(others)}
        return Browser(httpx.AsyncClient(mounts=mounts), self.parts.settings.portal_url)

    def signed_in(self, person: str, *roles: str, **changed: Any) -> Browser:
        """A browser with the session of somebody, whose access token is one of this test run."""
        session = self.session(person, *roles, **changed)
        browser = self.browser()
        sealed = self.parts.cookies.seal(COOKIE, session.model_dump_json())
        browser.jar[self.parts.settings.portal_url, f"gcm-{COOKIE}"] = (sealed, "/")
        return browser

    def session(self, person: str, *roles: str, **changed: Any) -> Session:
        now = self.parts.clock.system().timestamp()
        plain: dict[str, Any] = {
            "sid": f"session of {person}",
            "person": person,
            "name": f"{person.title()} Demo",
            "roles": roles,
            "access": tokens.token(person, roles),
            "access_until": now + 300,
            "refresh": f"refresh of {person}",
            "until": now + 3600,
        }
        return Session(**(plain | changed))
