"""Every answer's headers, and that a form is taken only from the browser that got it."""

import httpx
import pytest
from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from services.portal import access, csrf
from services.portal.access import Public, SignedIn, Staff
from services.portal.csrf import Form
from shared.client import Away, Missing
from tests.support.portal import URL, Browser, Portal, hidden_fields, parts

router = APIRouter()


@router.get("/form")
async def form_page(request: Request, _: Public) -> Response:
    return PlainTextResponse(csrf.field(request))


@router.post("/form")
async def send(form: Form, person: SignedIn) -> Response:
    return PlainTextResponse(f"{person.session.name}: {form['text']}")


@router.get("/desk")
async def desk(person: Staff) -> Response:
    return PlainTextResponse(person.session.name)


@router.get("/fails/{how}")
async def fails(how: str, _: Public) -> Response:
    kind, status = {"away": (Away, 500), "missing": (Missing, 404)}[how]
    raise kind(status, "", "title", "secret detail")


@pytest.fixture
def portal() -> Portal:
    made = Portal(parts(httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(503)))))
    made.app.include_router(router)
    return made


async def fields(browser: Browser) -> dict[str, str]:
    return hidden_fields(await browser.get("/form")) | {"text": "what I wrote"}


async def test_a_form_of_the_same_browser_is_taken(portal: Portal) -> None:
    browser = portal.signed_in("amina")
    answer = await browser.post("/form", await fields(browser), origin=URL)
    assert answer.text == "Amina Demo: what I wrote"
    assert (await browser.post("/form", await fields(browser), sec_fetch_site="same-origin", origin="null")).is_success


async def test_a_form_without_token_or_with_another_browsers_is_refused(portal: Portal) -> None:
    amina, kofi = portal.signed_in("amina"), portal.signed_in("kofi")
    mine, other = await fields(amina), await fields(kofi)
    forged = [
        {"text": "x"},
        mine | {"csrf": other["csrf"]},
        mine | {"csrf": mine["csrf"][:-4] + "AAA="},
        mine | {"csrf": ""},
        mine | {"csrf": amina.cookies()["gcm-browser"]},
    ]
    answers = [await amina.post("/form", form) for form in forged]
    assert [answer.status_code for answer in answers] == [403] * len(forged)
    assert all("Open the page again" in answer.text for answer in answers)
    without_cookie = portal.browser()
    assert (await without_cookie.post("/form", mine)).status_code == 403


@pytest.mark.parametrize(
    "said",
    [{"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site"}, {"origin": "https://evil.example"}],
)
async def test_a_form_that_another_site_sends_is_refused(portal: Portal, said: dict[str, str]) -> None:
    browser = portal.signed_in("amina")
    assert (await browser.post("/form", await fields(browser), **said)).status_code == 403


async def test_a_form_outlives_the_session_and_its_text_is_kept(portal: Portal) -> None:
    browser = portal.browser()
    sent = await fields(browser) | {"text": '<b>Ünfinished</b> "thoughts"\nof a minister'}
    answer = await browser.post("/form", sent)
    assert answer.status_code == 403
    assert "nothing is lost" in answer.text
    assert "<b>" not in answer.text
    again = hidden_fields(answer)
    assert again["text"] == sent["text"]
    browser.jar |= portal.signed_in("amina").jar
    assert (await browser.post("/form", again)).text == f"Amina Demo: {sent['text']}"


async def test_whoever_is_not_signed_in_is_sent_there_and_comes_back(portal: Portal) -> None:
    answer = await portal.browser().get("/desk?state=open")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Fdesk%3Fstate%3Dopen"


async def test_the_desk_is_for_staff(portal: Portal) -> None:
    assert (await portal.signed_in("amina").get("/desk")).status_code == 403
    assert (await portal.signed_in("rosa", "reviewer").get("/desk")).status_code == 403
    assert (await portal.signed_in("noor", "network_staff").get("/desk")).text == "Noor Demo"


@pytest.mark.parametrize(
    ("how", "status", "says"),
    [
        ("away", 503, "does not answer"),
        ("missing", 404, "no page here"),
        ("nowhere", 500, "Something went wrong"),
    ],
)
async def test_failures_are_pages(portal: Portal, how: str, status: int, says: str) -> None:
    answer = await portal.browser().get(f"/fails/{how}")
    assert answer.status_code == status
    assert says in answer.text
    assert "</html>" in answer.text
    assert "secret detail" not in answer.text
    assert ("retry-after" in answer.headers) == (status == 503)


@pytest.mark.parametrize("path", ["/", "/nowhere", "/%00", "/static/portal.css", "/fails/away", "/sign-in"])
async def test_every_answer_says_that_nothing_runs_and_nobody_frames_us(portal: Portal, path: str) -> None:
    headers = (await portal.browser().get(path)).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert "script" not in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert len(headers.get_list("content-security-policy")) == 1


async def test_what_belongs_to_somebody_is_kept_by_no_cache(portal: Portal) -> None:
    assert (await portal.browser().get("/signed-in")).headers["cache-control"] == "no-cache"
    assert (await portal.signed_in("amina").get("/signed-in")).headers["cache-control"] == "no-store"
    assert "set-cookie" not in (await portal.browser().get("/signed-in")).headers


async def test_head_is_answered_as_get(portal: Portal) -> None:
    answer = await portal.browser().http.head(URL + "/signed-in")
    assert answer.status_code == 200


def test_a_route_without_rule_or_open_to_forged_forms_is_found() -> None:
    made = Portal(parts(httpx.AsyncClient()))
    access.require_rules(made.app)

    @made.app.get("/bare")
    async def bare() -> None: ...

    @made.app.post("/open")
    async def open_to_all(_: Public) -> None: ...

    with pytest.raises(RuntimeError, match="/bare, /open"):
        access.require_rules(made.app)
