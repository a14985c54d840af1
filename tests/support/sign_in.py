"""Sign-in by the real forms of the real Keycloak, as a browser without JavaScript fills them in."""

import base64
import hashlib
import hmac
import secrets
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx

from tests.support.keycloak import Keycloak

VOID = {"meta", "link", "input", "img", "br", "hr"}


@dataclass
class Form:
    """`fields` are those that a browser would send if only a button were pressed."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """What a test looks at: language, direction, texts of elements, addresses, and the forms by their ids."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__()
        self.status = answer.status_code
        self.html: dict[str, str | None] = {}
        self.name = ""  # Keycloak's own name of the page
        self.texts: dict[str, str] = {}
        self.links: dict[str, str] = {}
        self.stylesheets: list[str] = []
        self.loads: list[str] = []
        self.forms: dict[str, Form] = {}
        self._base = str(answer.url)
        self._open: list[str] = []
        self._form: Form | None = None
        self.feed(answer.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._open.append(tag)
        self._place(tag, found)
        self._note(tag, found)

    def _place(self, tag: str, found: dict[str, str]) -> None:
        if tag == "html":
            self.html = dict(found)
        elif tag == "body":
            self.name = found.get("data-page-id", "")
        elif tag == "form":
            self._form = self.forms[found.get("id", "")] = Form(urljoin(self._base, found.get("action", "")))
        elif tag in ("input", "button") and self._form and found.get("name"):
            self._form.fields[found["name"]] = found.get("value", "")

    def _note(self, tag: str, found: dict[str, str]) -> None:
        if tag == "a" and found.get("hreflang"):
            self.links[found["hreflang"]] = urljoin(self._base, found["href"])
        if tag == "link" and found.get("rel") == "stylesheet":
            self.stylesheets.append(urljoin(self._base, found["href"]))
        if tag in ("link", "script", "img") and (address := found.get("href") or found.get("src")):
            self.loads.append(urljoin(self._base, address))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open and data.strip():
            self.texts[self._open[-1]] = f"{self.texts.get(self._open[-1], '')} {data.strip()}".strip()


def callback(keycloak: Keycloak) -> str:
    """Where the portal is told how a sign-in ended."""
    return f"{keycloak.portal_url}/auth/callback"


def one_time_code(secret: str, at: float) -> str:
    """RFC 6238: six digits, SHA-1, thirty seconds."""
    mac = hmac.new(secret.encode(), struct.pack(">Q", int(at // 30)), hashlib.sha1).digest()
    start = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def challenge(verifier: str) -> dict[str, str]:
    """RFC 7636, S256."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return {
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }


class Visit:
    """Somebody in front of a fresh browser, set to a language, at one Keycloak. The portal itself need not be there."""

    def __init__(self, keycloak: Keycloak, password: str, language: str = "en") -> None:
        self.issuer = keycloak.issuer
        self.portal = keycloak.portal_url
        self.callback = callback(keycloak)
        self.seen: list[str] = []  # names of the pages
        self.authenticator = ""  # the secret in the person's one-time-code app
        self._password = password
        self._verifier = secrets.token_urlsafe(48)
        self._http = httpx.Client(
            headers={"Accept": "text/html,*/*;q=0.8", "Accept-Language": language},
            event_hooks={"response": [self._loosen]},
        )

    def _loosen(self, _: httpx.Response) -> None:
        """Browsers send Secure cookies to localhost over http; Python's cookie jar does not."""
        for cookie in self._http.cookies.jar:
            cookie.secure = False

    def close(self) -> None:
        self._http.close()

    def endpoint(self, name: str) -> str:
        return f"{self.issuer}/protocol/openid-connect/{name}"

    def open(self, url: str, **query: str) -> Page:
        return self._page(self._http.get(url, params=query or None))

    def begin(self, client: str = "gcm-portal", callback: str | None = None, **more: str) -> Page:
        """The page after the portal has sent the browser to sign in."""
        asked = self._asks(client, callback or self.callback, more)
        return self._page(self._http.get(self.endpoint("auth"), params=asked))

    def _asks(self, client: str, callback: str, more: dict[str, str]) -> dict[str, str]:
        asked = {"client_id": client, "redirect_uri": callback, "response_type": "code", "scope": "openid"}
        return asked | challenge(self._verifier) | more

    def submit(self, form: Form, **values: str) -> Page:
        return self._page(self._http.post(form.action, data={**form.fields, **values}))

    def _page(self, answer: httpx.Response) -> Page:
        """Follows the server's redirects, but not those that lead away from it."""
        self.arrived = ""
        while answer.is_redirect:
            target = urljoin(str(answer.url), answer.headers["location"])
            if not target.startswith(self.issuer) or "code" in parse_qs(urlsplit(target).query):
                self.arrived = target
                break
            answer = self._http.get(target)
        page = Page(answer)
        self.seen += [page.name] if page.name else []
        return page

    def fill_in(self, page: Page, person: str) -> Page:
        """Answers what the page asks of this person."""
        return self._answers()[page.name](page, person)

    def _answers(self) -> dict[str, Callable[[Page, str], Page]]:
        return {
            "login-login": self._with_password,
            "login-login-config-totp": self._with_new_authenticator,
            "login-login-otp": self._with_code,
        }

    def _with_password(self, page: Page, person: str) -> Page:
        return self.submit(page.forms["kc-form-login"], username=person, password=self._password)

    def _with_new_authenticator(self, page: Page, _: str) -> Page:
        form = page.forms["kc-totp-settings-form"]
        self.authenticator = form.fields["totpSecret"]
        form.fields.pop("cancel-aia", None)
        return self.submit(form, totp=one_time_code(self.authenticator, time.time()))

    def _with_code(self, page: Page, _: str) -> Page:
        """The next one: a code is good once."""
        return self.submit(page.forms["kc-otp-login-form"], otp=one_time_code(self.authenticator, time.time() + 30))

    def sign_in(self, person: str, client: str = "gcm-portal", callback: str | None = None, **more: str) -> str:
        """Through every page that comes; the code that the application gets."""
        page = self.begin(client, callback, **more)
        while not self.arrived:
            page = self.fill_in(page, person)
        return parse_qs(urlsplit(self.arrived).query)["code"][0]

    def redeem(self, code: str, client: str, callback: str, secret: str | None = None) -> dict[str, Any]:
        """The tokens for a code."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": callback, "client_id": client}
        form |= {"code_verifier": self._verifier} | ({"client_secret": secret} if secret else {})
        tokens: dict[str, Any] = self._http.post(self.endpoint("token"), data=form).raise_for_status().json()
        return tokens

    def ask(self, url: str, **form: str) -> httpx.Response:
        """What a machine posts."""
        return self._http.post(url, data=form, headers={"Accept": "application/json"})
