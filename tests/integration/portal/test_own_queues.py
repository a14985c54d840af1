"""An officer's own queues and profile, and the reports: made, changed, removed and made again, without a script."""

import re

import httpx
import pytest

from tests.integration.portal.test_board import act
from tests.integration.portal.test_desk import asked, noor
from tests.integration.portal.whole import Whole, follow
from tests.support.portal import Browser, form_of, hidden_fields


@pytest.fixture
async def request_id(whole: Whole) -> str:
    return await asked(whole, await whole.published())


async def kept(desk: Browser, name: str, path: str = "/desk/queues/new", **fields: object) -> httpx.Response:
    typed = {"name": name, "which": "open", "order": "due"} | fields
    return await desk.post(path, hidden_fields(await desk.get(path)) | typed)


async def test_a_queue_is_made_changed_removed_and_made_again(whole: Whole, request_id: str) -> None:
    desk = noor(whole)
    assert "You have none yet." in (await desk.get("/desk/queues")).text
    made = await kept(desk, "Nobody’s, in English", officer="nobody", language=["en", "fr"])
    board = await follow(desk, made)
    assert "<h1>Nobody’s, in English</h1>" in board.text
    assert request_id in board.text
    queue = made.headers["location"].rpartition("/")[2]
    form = await desk.get(f"/desk/queues/{queue}")
    assert re.search(r'name="language" value="fr" checked', form.text)
    changed = await kept(desk, "Urgent ones", f"/desk/queues/{queue}", priority="urgent", entity="Veridia")
    board = await follow(desk, changed)
    assert "<h1>Urgent ones</h1>" in board.text
    assert request_id not in board.text
    remove = form_of(await desk.get("/desk/queues"), "remove")
    removed = await desk.post("/desk/queues", remove)
    assert "Removed: <bdi>Urgent ones</bdi>" in removed.text
    assert f"/desk/board/{queue}" not in removed.text
    back = await follow(desk, await desk.post("/desk/queues", form_of(removed, "restore")))
    assert "The queue is there again." in back.text
    assert "Urgent ones" in back.text
    found = re.search(r"/desk/queues/([0-9a-f-]{36})", back.text)
    assert found
    assert re.search(r'name="priority" value="urgent" checked', (await desk.get(f"/desk/queues/{found[1]}")).text)
    assert (await desk.post("/desk/queues", remove)).headers["location"].endswith("done=moved-on")


async def test_what_cannot_be_kept_is_said_at_its_field(whole: Whole) -> None:
    desk = noor(whole)
    for field, value in (("name", " "), ("entity", "Nowhere at all"), ("order", "odd"), ("stage", "odd")):
        wrong = await kept(desk, **{"name": "Mine", field: value})
        assert wrong.status_code == 422
        assert f'href="#field-{field}"' in wrong.text, field
    await kept(desk, "Mine")
    twice = await kept(desk, "Mine")
    assert twice.status_code == 422
    assert 'href="#field-name"' in twice.text


async def test_a_colleagues_queue_is_not_shown(whole: Whole) -> None:
    queue = (await kept(noor(whole), "Noor’s")).headers["location"].rpartition("/")[2]
    li = whole.person("li", "network_staff")
    assert "Noor’s" not in (await li.get("/desk/queues")).text
    assert (await li.get(f"/desk/queues/{queue}")).status_code == 303
    theirs = hidden_fields(await li.get("/desk/queues/new")) | {"name": "Mine", "seen": '"1"'}
    assert (await li.post(f"/desk/queues/{queue}", theirs)).headers["location"].endswith("done=moved-on")


async def test_an_officer_says_what_they_can_be_given(whole: Whole) -> None:
    desk = noor(whole)
    form = hidden_fields(await desk.get("/desk/profile"))
    said = {"regions": "region_africa", "languages": ["en", "ar"], "duty_station": "new-york", "away": "yes"}
    saved = await follow(desk, await desk.post("/desk/profile", form | said))
    assert "The rules go by it from the next case on." in saved.text
    for ticked in ('name="regions" value="region_africa" checked', 'name="away" value="yes" checked'):
        assert ticked in saved.text
    assert re.search(r'<option value="new-york" selected>New York<', saved.text)
    assert (await desk.post("/desk/profile", form | said)).headers["location"].endswith("done=moved-on")
    bad = await desk.post("/desk/profile", hidden_fields(await desk.get("/desk/profile")) | {"objectives": "odd"})
    assert bad.status_code == 422
    assert 'href="#field-objectives"' in bad.text


async def test_reports_say_what_is_counted_and_can_be_had_as_files(whole: Whole, request_id: str) -> None:
    desk = noor(whole)
    await act(desk, request_id, "step", step="acknowledged")
    page = await desk.get("/desk/reports?by=type")
    assert "counted in working time of the duty station" in page.text
    assert "staff ask" not in page.text
    assert "Until the first response, in working hours" in page.text
    assert "In the state “Acknowledged”" in page.text
    [csv, xlsx] = re.findall(r'href="(/desk/reports/(?:csv|xlsx)\?[^"]+)"', page.text)
    file = await desk.get(csv.replace("&amp;", "&"))
    assert file.headers["content-type"].startswith("text/csv")
    assert "first_response" in file.text
    assert (await desk.get(xlsx.replace("&amp;", "&"))).content.startswith(b"PK")
    assert "noor" in (await desk.get("/desk/reports?by=officer")).text
    assert (
        "No request was sent in these days." in (await desk.get("/desk/reports?since=2023-01-01&until=2023-02-01")).text
    )
    for query, field in (("since=soon", "since"), ("since=2024-02-01&until=2024-01-01", "since")):
        wrong = await desk.get(f"/desk/reports?{query}")
        assert wrong.status_code == 422
        assert f'href="#field-{field}"' in wrong.text


@pytest.mark.usefixtures("request_id")
async def test_reviewers_see_reports_but_not_by_officer(whole: Whole) -> None:
    rosa = whole.person("rosa", "reviewer")
    page = await rosa.get("/desk/reports?by=officer")
    assert page.status_code == 200
    assert 'value="officer"' not in page.text
    assert "All requests" in page.text
    assert (await rosa.get("/desk/reports/csv?by=officer")).status_code == 403
    assert (await whole.person("amina").get("/desk/reports")).status_code == 403
    for path in ("/desk/queues", "/desk/queues/new", "/desk/profile"):
        assert (await rosa.get(path)).status_code == 403
