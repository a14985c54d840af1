"""Requests that no page of ours makes: none of them ends as our failure, acts, or is helped to act."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response
from starlette.types import Message

from services.portal.access import SignedIn
from services.portal.csrf import Form, FormMaybeWithFile
from tests.support.portal import URL, Browser, Portal, hidden_fields, parts

router = APIRouter()
FORM = {"content-type": "application/x-www-form-urlencoded"}


@router.post("/either")
async def send_either(person: SignedIn, form: FormMaybeWithFile) -> Response:
    return PlainTextResponse(f"{person.session.name}: {form['text']}")


@router.post("/form")
async def send(person: SignedIn, form: Form) -> Response:
    return PlainTextResponse(f"{person.session.name}: {form['text']}")


@pytest.fixture
def portal() -> Portal:
    made = Portal(parts(httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(503)))))
    made.app.include_router(router)
    return made


@pytest.mark.parametrize("said", [{}, {"sec_fetch_site": "cross-site"}, {"origin": "https://evil.example"}])
async def test_another_sites_form_is_not_kept_to_be_sent_from_here(portal: Portal, said: dict[str, str]) -> None:
    """Browsers send it without the session's cookie, so it looks as if somebody's session had ended."""
    answer = await portal.browser().post("/form", {"text": "forged words"}, **said)
    assert answer.status_code == 403
    assert "forged words" not in answer.text
    assert "csrf" not in hidden_fields(answer)
    assert "set-cookie" not in answer.headers


async def test_what_was_typed_is_kept_while_nobody_can_renew_the_session(portal: Portal) -> None:
    browser = portal.signed_in("amina", access_until=0)
    shown = hidden_fields(await browser.get("/signed-in"))
    answer = await browser.post("/form", {"csrf": shown["csrf"], "text": "my words"})
    assert answer.status_code == 503
    assert hidden_fields(answer)["text"] == "my words"


BOUNDARY = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n%s\r\n--x--\r\n'


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        (BOUNDARY, b"not a part"),
        (BOUNDARY, b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nx\r\n--x--\r\n'),
        (f"{BOUNDARY}; charset=idna", PART % b"\xff.\xff"),
        (f"{BOUNDARY}; charset=raw_unicode_escape", PART % rb"\ud800"),
        (f"{BOUNDARY}; charset=a\x00b", PART % b"x"),
        (FORM["content-type"], b"a=1&" * 2001),
        (FORM["content-type"], b"text=%ED%A0%80%FF%00"),
        (FORM["content-type"], b"csrf=%ED%A0%80%FF%00"),
        ("application/json", b"{"),
        ("\xff", b"\xff"),
    ],
)
@pytest.mark.parametrize("who", ["amina", ""])
@pytest.mark.parametrize("path", ["/form", "/either"])
async def test_a_body_that_is_no_form_of_ours_is_refused(
    portal: Portal, kind: str, body: bytes, who: str, path: str
) -> None:
    browser = portal.signed_in(who) if who else portal.browser()
    assert (await raw(browser, path, body, kind)).status_code in {400, 403}


@pytest.mark.parametrize(
    ("said", "status"), [("", 200), ("; charset=utf-8", 403), ("; CHARSET=raw_unicode_escape", 403)]
)
async def test_a_form_with_a_file_is_read_as_utf8_and_as_nothing_else(portal: Portal, said: str, status: int) -> None:
    browser = portal.signed_in("amina")
    token = hidden_fields(await browser.get("/signed-in"))["csrf"]
    parts_of_it = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("csrf", token), ("text", "كلمات"))
    )
    answer = await raw(browser, "/either", f"{parts_of_it}--x--\r\n".encode(), BOUNDARY + said)
    assert (answer.status_code, "كلمات" in answer.text) == (status, status == 200)


async def test_the_identity_provider_says_what_it_likes_and_gets_an_answer(portal: Portal) -> None:
    for kind, body in ((BOUNDARY, b"x"), (f"{BOUNDARY}; charset=a\x00b", PART % b"x"), (FORM["content-type"], b"=&=")):
        answer = await raw(portal.browser(), "/auth/backchannel-logout", body, kind)
        assert answer.status_code == 400


async def raw(browser: Browser, path: str, body: bytes, kind: str) -> httpx.Response:
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies().items())
    headers = {b"content-type": kind.encode("latin-1"), b"cookie": cookies.encode()}
    return await browser.http.post(URL + path, content=body, headers=headers)


@pytest.mark.parametrize("who", ["amina", ""])
async def test_a_body_without_end_is_refused(portal: Portal, who: str) -> None:
    browser = portal.signed_in(who) if who else portal.browser()
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies().items())

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"a" * 100_000

    answer = await browser.http.post(URL + "/form", content=chunks(), headers=FORM | {"cookie": cookies})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "more",
    [
        {"query_string": b"\xff"},
        {"headers": [(b"host", b"[")]},
        {"headers": [(b"host", b"evil.example/x?")]},
        {"headers": [(b"host", b"\xff")]},
        {"headers": [(b"accept-language", b"\xff;q=\xff,,,;q=nan;q=1")]},
        {"headers": [(b"cookie", b"gcm-session=\xff; gcm-browser=\xe2; =; ;")]},
        {"path": "/" + "a" * 60_000},
        {"path": "/static/" + "a" * 60_000},
        {"path": "/static/../app.py"},
        {"path": "/static//etc/passwd"},
        {"path": "/static/"},
        {"path": "//evil.example/"},
        {"method": "DELETE"},
        {"method": "OPTIONS"},
        {"method": "\xff"},
    ],
)
@pytest.mark.parametrize("path", ["/signed-in", "/desk/submissions", "/my/pledges/new"])
async def test_an_address_that_makes_no_sense_is_no_failure_of_ours(
    portal: Portal, path: str, more: dict[str, Any]
) -> None:
    status, headers = await asked(portal, {"path": path} | more)
    assert status < 500
    assert not headers.get(b"location", b"/").startswith(b"//")


async def asked(portal: Portal, more: dict[str, Any]) -> tuple[int, dict[bytes, bytes]]:
    """Straight to the application: clients would not send these."""
    plain = {"type": "http", "method": "GET", "query_string": b"", "headers": [], "scheme": "http"}
    plain |= {"server": ("localhost", 8080), "client": ("127.0.0.1", 1), "http_version": "1.1", "root_path": ""}
    said: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        said.append(message)

    await portal.app(plain | more, receive, send)
    return said[0]["status"], dict(said[0]["headers"])


async def test_a_link_is_told_to_nobody_while_the_service_is_away(portal: Portal) -> None:
    browser = portal.browser()
    shown = await browser.get("/links/a-token")
    sent = await browser.post("/links/a-token", hidden_fields(shown) | {"action": "no_change"})
    for answer in (shown, sent):
        assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
        assert "next=" not in answer.text


async def test_sign_ins_that_were_begun_and_left_do_not_pile_up(portal: Portal) -> None:
    """As many tabs make: their cookies together would be more than a server or a proxy takes."""
    browser = portal.browser()
    for _ in range(20):
        assert (await browser.get("/sign-in?next=/" + "a" * 900)).status_code == 303
    held = browser.cookies()
    assert len(held) == 4
    assert sum(map(len, held.values())) < 4000
