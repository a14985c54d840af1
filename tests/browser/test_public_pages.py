"""The public pages in a real browser: light and dark, narrow and wide, whatever stands in them."""

import pytest
from playwright.async_api import Response

from tests.browser.looks import examine
from tests.browser.visitor import Visitor
from tests.support.stack import Stack

pytestmark = pytest.mark.timeout(900)  # the stack is started for whoever comes first

LARGEST_HOME = 60_000  # bytes, with all that it loads


@pytest.fixture(scope="module")
def odd(stack: Stack) -> str:
    """The id of a published pledge of Kalmora whose words are as long as they may be, and Arabic."""
    kofi, noor = stack.person("kofi"), stack.person("noor")
    content = stack.example("pledges", "put", "/pledges/{pledge_id}") | {"entity_id": "kalmora", "submit": True}
    words = {"title": "W" * 500, "description": "x" * 10_000, "partners": ["<b>تعهد بشأن الهجرة الآمنة</b>"]}
    made = kofi.post("pledges", "/pledges", content | words)
    path = f"/pledges/{made.json()['pledge_id']}"
    noor.post("pledges", f"{path}/publish", seen=made.headers["etag"]).raise_for_status()
    said = stack.example("pledges", "post", "/pledges/{pledge_id}/updates")
    kofi.post("pledges", f"{path}/updates", said).raise_for_status()
    return path


async def test_every_public_page_suits_every_reader(visitor: Visitor, odd: str) -> None:
    pages = {
        "home": "/",
        "pledges": "/pledges",
        "no-such-entity": "/pledges?who=nowhere",
        "pledge": odd,
        "pledge-version": f"{odd}?version=1",
        "pledge-history": f"{odd}/history",
        "reviews": "/reviews",
        "review": "/reviews/plenary-2024",
        "no-page": "/nowhere",
    }
    faults = []
    for name, path in pages.items():
        await visitor.open(path)
        faults += await examine(visitor.page, name)
    assert faults == []


async def test_the_first_page_is_small_and_asks_nobody_else(visitor: Visitor) -> None:
    answers: list[Response] = []

    def heard(answer: Response) -> None:
        answers.append(answer)

    visitor.page.on("response", heard)
    await visitor.open("/")
    await visitor.page.wait_for_load_state("networkidle")
    assert {answer.url.removeprefix(visitor.portal).partition("?")[0] for answer in answers} >= {
        "/",
        "/static/portal.css",
    }
    assert all(answer.url.startswith(visitor.portal) for answer in answers)
    assert sum([len(await answer.body()) for answer in answers]) < LARGEST_HOME
