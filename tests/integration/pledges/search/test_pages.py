"""Pages meet without gap or repetition, whatever is published meanwhile; answers that are known are not sent again."""

import asyncio
from itertools import count

import pytest
from sqlalchemy import text

from services.pledges.search import index
from services.pledges.search.models import SIZE
from tests.integration.pledges.conftest import Desk
from tests.integration.pledges.search.conftest import Four, fold
from tests.support.entities import STAFF, made


async def walk(desk: Desk, query: str, *, publish: bool = False) -> list[str]:
    """All titles, two a page; with `publish` something is published between two pages."""
    titles: list[str] = []
    cursor = ""
    for number in count():
        page = await made(desk.get(f"/pledges?limit=2&{query}{cursor}"))
        titles += [item["title"] for item in page["items"]]
        if page["next"] is None:
            return titles
        cursor = f"&cursor={page['next']}"
        if publish and number < 3:
            await desk.published(title=f"Late {number}", translations=[])
    raise AssertionError


@pytest.mark.parametrize("query", ["", "objective=objective-4", "text=documents&form=process"])
async def test_pages_meet_while_pledges_are_published(desk: Desk, query: str) -> None:
    for number in range(7):
        await desk.published(title=f"Pledge {number}", translations=[])
        if number == 3:
            await fold(desk)
    wanted = [f"Pledge {number}" for number in reversed(range(7))]
    assert await walk(desk, query, publish=True) == wanted
    assert [title for title in await walk(desk, query) if not title.startswith("Late")] == wanted


async def test_pages_go_on_from_chunk_to_chunk(desk: Desk) -> None:
    """The first and the last place of a chunk, and chunks without any pledge."""
    for place in (0, SIZE - 1, SIZE, 3 * SIZE - 1, 3 * SIZE + 1):
        async with desk.service.owner.transaction() as session:
            await session.execute(text(f"alter table search_document alter ordinal restart with {place}"))
        await desk.published(title=f"At {place}", translations=[])
    wanted = [f"At {place}" for place in (3 * SIZE + 1, 3 * SIZE - 1, SIZE, SIZE - 1, 0)]
    for folded in (False, True):
        if folded:
            await fold(desk)
        assert await walk(desk, "objective=objective-4") == wanted
        assert (await made(desk.get("/pledges/facets?of=form")))["total"] == 5


async def test_a_cursor_belongs_to_its_filters(four: Four) -> None:
    page = await made(four.desk.get("/pledges?limit=1&state=published"))
    assert (await four.desk.get(f"/pledges?limit=1&state=closed&cursor={page['next']}")).status_code == 422
    follows = await four.desk.get(f"/pledges?limit=2&state=published&cursor={page['next']}")
    assert [item["title"] for item in follows.json()["items"]] == ["Alpha", "Before"]
    assert "link" not in follows.headers


async def test_only_the_fields_that_are_asked_for(four: Four) -> None:
    page = await made(four.desk.get("/pledges?kind=matching&fields=title,status"))
    assert page["items"] == [{"title": "Alpha", "status": None}]
    page = await made(four.desk.get("/pledges?kind=matching&fields=description,sdg_targets,title"))
    assert page["items"][0].keys() == {"description", "sdg_targets", "title"}


async def test_an_answer_that_is_known_is_not_sent_again(four: Four) -> None:
    for path in ("/pledges?state=published", "/pledges/facets", f"/pledges/{four.ids['Alpha']}"):
        first = await four.desk.get(path)
        known = await four.desk.get(path, {"If-None-Match": f'"other", W/{first.headers["etag"]}'})
        assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", first.headers["etag"])
        assert (await four.desk.get(path, {"If-None-Match": '"other"'})).status_code == 200
        report = {"status": "delayed", "summary": "Late.", "values": [], "barriers": []}
        await made(four.desk.post(f"/pledges/{four.ids['Alpha']}/updates", report | {"summary": path}))
        if path != "/pledges/facets":
            again = await four.desk.get(path, {"If-None-Match": first.headers["etag"]})
            assert again.status_code == 200


async def test_writers_of_many_pledges_wait_for_nobody(desk: Desk) -> None:
    """At the same time, with folds among them: nothing is lost, and nothing is there twice."""
    made_now = [desk.create(submit=True, title=f"Pledge {number}", translations=[]) for number in range(24)]
    submitted = await asyncio.gather(*made_now)

    async def publish(number: int) -> None:
        answer = submitted[number]
        path = f"/pledges/{answer.json()['pledge_id']}/publish"
        await made(desk.post(path, who=STAFF, seen=answer.headers["etag"]))
        if number % 3 == 0:
            async with desk.service.database.transaction() as session:
                await index.fold(session)

    await asyncio.gather(*map(publish, range(24)))
    await fold(desk)
    titles = await walk(desk, "objective=objective-4")
    assert sorted(titles) == sorted(f"Pledge {number}" for number in range(24))
    assert (await made(desk.get("/pledges/facets?of=form")))["total"] == 24
