"""Pages of the board that are open: the service's events reach the officer's browser through the portal."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import pytest

from tests.integration.network_support.board.listening import Board, listened, quick
from tests.integration.portal.test_board import act
from tests.integration.portal.test_desk import asked, noor
from tests.integration.portal.whole import Whole
from tests.support.api import served, served_app
from tests.support.portal import PLEDGES, Browser, Portal, hidden_fields, parts

LIVE = "/desk/live"


@pytest.fixture
async def request_id(whole: Whole) -> str:
    return await asked(whole, await whole.published())


@pytest.fixture
async def far(whole: Whole) -> AsyncIterator[Portal]:
    """A portal that reaches network_support over HTTP, as answers without end must be."""
    quick(whole.support)
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(served(whole.support))
        http = await stack.enter_async_context(httpx.AsyncClient(mounts={PLEDGES: whole.mounts[PLEDGES]}))
        yield Portal(parts(http, whole.pledges.clock_file, network_support_url=address))


@asynccontextmanager
async def listening(portal: Portal, who: Browser, after: str = "") -> AsyncIterator[Board]:
    cookies = "; ".join(f"{name}={value}" for name, value in who.cookies().items())
    async with served_app(portal.app) as address:
        query = {"after": after} if after else {}
        async with listened(address + LIVE, {"cookie": cookies}, **query) as board:
            yield board


async def test_what_a_colleague_does_reaches_the_page_and_nothing_of_what_was_written(
    whole: Whole, far: Portal, request_id: str
) -> None:
    page = await noor(whole).get("/desk/board/new")
    place = re.search(r'data-position="([^"]+)"', page.text)
    assert place
    await act(noor(whole), request_id, "prioritise", priority="urgent", reason="The minister’s secret")
    async with listening(far, far.signed_in("li", "network_staff"), place[1]) as board:
        opened, told = await board.hears(number=2)
        assert opened.data["changed"] == ["presence"]
        assert told.data["case_id"] == request_id
        assert (told.data["changed"], told.data["by"]) == (["priority"], "network_staff")
        assert "secret" not in board.raw
        assert "Money" not in board.raw
        await act(noor(whole), request_id, "assign", officer="me")
        assert (await board.hears(number=3))[2].data["changed"] == ["officer"]


async def test_a_page_whose_session_ends_hears_no_more(whole: Whole, far: Portal, request_id: str) -> None:
    async with listening(far, far.signed_in("li", "network_staff")) as board:
        far.parts.sessions.end("session of li")
        await act(noor(whole), request_id, "assign", officer="me")
        await board.ends()


async def test_the_portal_ends_its_streams_when_it_is_told_to_stop(far: Portal) -> None:
    async with listening(far, far.signed_in("li", "network_staff")) as board:
        far.parts.stop.set()
        await board.ends()


async def test_while_the_service_is_away_the_browser_is_asked_to_come_again(whole: Whole) -> None:
    http = httpx.AsyncClient(mounts={PLEDGES: whole.mounts[PLEDGES]})
    alone = Portal(parts(http, whole.pledges.clock_file, network_support_url="http://127.0.0.1:1"))
    answer = await alone.signed_in("li", "network_staff").get(LIVE)
    assert (answer.status_code, answer.text) == (200, "retry: 3000\n\n")
    assert answer.headers["content-type"].startswith("text/event-stream")


@pytest.mark.parametrize("path", ["", "/queues", "/cases/{}"])
async def test_it_is_for_staff(whole: Whole, request_id: str, path: str) -> None:
    for person in (whole.person("amina"), whole.person("rosa", "reviewer")):
        assert (await person.get(LIVE + path.format(request_id))).status_code == 403
    assert (await whole.portal.browser().get(LIVE + path.format(request_id))).status_code == 303


async def test_a_row_and_the_numbers_of_queues_can_be_had_by_themselves(whole: Whole, request_id: str) -> None:
    desk = noor(whole)
    row = await desk.get(f"{LIVE}/cases/{request_id}")
    assert f'data-tick="{request_id} 1"' in row.text
    assert "Money &lt;script&gt;" in row.text
    assert "<html" not in row.text
    assert (await desk.get(f"{LIVE}/queues")).json()["new"] == "1"


async def test_a_page_says_that_it_is_open_until_it_is_closed(whole: Whole, request_id: str) -> None:
    li, path = whole.person("li", "network_staff"), f"{LIVE}/cases/{request_id}"
    form = hidden_fields(await li.get(f"/desk/requests/{request_id}"))
    desk = noor(whole)
    page = await desk.get(f"/desk/requests/{request_id}")
    assert re.search(r'id="live-here" role="status">Also open with: <bdi>li</bdi>', page.text)
    own = hidden_fields(page)
    assert (await desk.post(f"{path}/here", own)).json() == {"others": "li", "within": 45}
    assert (await li.post(f"{path}/gone", form)).status_code == 204
    assert (await desk.post(f"{path}/here", own)).json()["others"] == ""
    assert (await desk.post(f"{path}/here", {"csrf": "forged"})).status_code == 403
    assert (await whole.person("amina").post(f"{path}/here", own)).status_code == 403


async def test_only_pages_that_are_live_may_run_a_script(whole: Whole, request_id: str) -> None:
    desk = noor(whole)
    for path in ("/desk/board/new", f"/desk/requests/{request_id}"):
        page = await desk.get(path)
        assert "script-src 'self'; connect-src 'self'" in page.headers["content-security-policy"]
        assert "live.js" in page.text
    reviewer = await whole.person("rosa", "reviewer").get(f"/desk/requests/{request_id}")
    assert "script-src" not in reviewer.headers["content-security-policy"]


async def test_what_was_given_to_many_is_undone_with_one_press(whole: Whole, request_id: str) -> None:
    desk = noor(whole)
    other = await asked(whole, await whole.published())
    board = await desk.get("/desk/board/new")
    ticks = re.findall(r'name="case" value="([^"]+)"', board.text)
    assert len(ticks) == 2
    given = await desk.post("/desk/board/new", hidden_fields(board) | {"case": ticks, "officer": "me"})
    assert "Given: 2." in given.text
    await act(noor(whole), other, "prioritise", priority="low", reason="It can wait")
    [form] = re.findall(r"<form(?:(?!</form>).)*?value=\"undo\".*?</form>", given.text, re.DOTALL)
    undo = dict(re.findall(r'name="(csrf|key)" value="([^"]*)"', form))
    cases = re.findall(r'name="case" value="([^"]+)"', form)
    assert len(cases) == 2
    undone = await desk.post("/desk/board/new", undo | {"case": cases, "action": "undo"})
    assert "Undone: 1." in undone.text
    assert "somebody changed it since, so it stays as it is" in undone.text
    assert request_id in (await desk.get("/desk/board/unassigned")).text
    assert other in (await desk.get("/desk/board/mine")).text
