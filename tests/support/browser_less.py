"""What a person does in a browser at Keycloak's pages, by their forms."""

import html
import re
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

FORM = re.compile(r"<form[^>]*?action=\"([^\"]+)\".*?</form>", re.DOTALL)
INPUT = re.compile(r"<(?:input|button)\b[^>]*>")
ATTRIBUTE = re.compile(r"([\w-]+)=\"([^\"]*)\"")

Page = tuple[str, str]  # address and text


def sign_in(address: str, name: str, password: str) -> str:
    """Opens the address of a device sign-in, signs in, agrees. Returns the last page."""
    # Keycloak marks its cookies as secure, and browsers take localhost for that; httpx has no setting for it
    cookies = CookieJar(DefaultCookiePolicy(secure_protocols=("http", "https")))
    browser = build_opener(HTTPCookieProcessor(cookies))
    page = _send(browser, _open(browser, address, None), username=name, password=password)
    return _send(browser, page, accept="Yes")[1]


def _open(browser: OpenerDirector, address: str, form: dict[str, str] | None) -> Page:
    try:
        with browser.open(address, None if form is None else urlencode(form).encode(), timeout=30) as answer:
            return answer.url, answer.read().decode()
    except HTTPError as error:
        return address, error.read().decode()


def _send(browser: OpenerDirector, page: Page, **answers: str) -> Page:
    address, text = page
    found = FORM.search(text)
    assert found, text
    given = [dict(ATTRIBUTE.findall(one)) for one in INPUT.findall(found.group())]
    hidden = {one["name"]: html.unescape(one.get("value", "")) for one in given if one.get("type") == "hidden"}
    return _open(browser, urljoin(address, html.unescape(found.group(1))), hidden | answers)
