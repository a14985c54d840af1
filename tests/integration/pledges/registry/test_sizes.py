"""However large what people send is, what is published can be told of, counted and found."""

import json
import random
import string
from typing import Any

from sqlalchemy import text

from services.pledges.registry.content import EXAMPLE
from services.pledges.search import index
from services.pledges.statistics import rollups
from tests.integration.pledges.conftest import Desk
from tests.support.api import Service
from tests.support.entities import STAFF, faults, made

# what no index takes: neither short nor easily packed
LONG = "en-" + "-".join("".join(random.Random(n).choices(string.ascii_lowercase, k=8)) for n in range(500))  # noqa: S311


def _languages(number: int) -> list[dict[str, Any]]:
    tags = [f"{a}{b}" for a in "abc" for b in string.ascii_lowercase]
    texts = {"title": "Title", "description": "\N{BUTTERFLY}" * 5_000}
    return [{"language": tag, **texts} for tag in tags[:number]]


async def test_a_pledge_that_no_event_can_carry_is_not_saved(desk: Desk) -> None:
    large = await desk.create(description="d" * 20_000, translations=_languages(31))
    assert (large.status_code, faults(large)) == (422, {"translations": "is 621,599 bytes of it"}), large.text
    saved = await desk.create()
    path = f"/pledges/{saved.json()['pledge_id']}"
    answer = await desk.put(path, EXAMPLE | {"translations": _languages(31)}, seen=saved.headers["etag"])
    assert list(faults(answer)) == ["translations"]
    assert await desk.published(translations=_languages(28))  # nearly as large


async def test_a_draft_that_was_saved_before_is_refused_when_it_is_submitted(desk: Desk) -> None:
    saved = await desk.create()
    await _stored(desk.service, translations=_languages(31))
    answer = await desk.post(f"/pledges/{saved.json()['pledge_id']}/submit", seen=saved.headers["etag"])
    assert (answer.status_code, list(faults(answer))) == (422, ["translations"])


async def test_a_submission_of_before_that_no_event_can_carry_is_sent_back_and_not_an_error_of_ours(desk: Desk) -> None:
    sent = await desk.create(submit=True)
    path, etag = f"/pledges/{sent.json()['pledge_id']}", sent.headers["etag"]
    await _stored(desk.service, translations=_languages(46))
    answer = await desk.post(f"{path}/publish", who=STAFF, seen=etag)
    assert (answer.status_code, "shorten" in answer.json()["detail"]) == (413, True), answer.text
    asked = {"fields": [{"field": "description", "says": "Please shorten it."}]}
    await made(desk.post(f"{path}/request-changes", asked, STAFF, etag))


async def test_a_language_of_before_is_read_published_counted_and_found(desk: Desk) -> None:
    sent = await desk.create(submit=True, translations=[])
    path, etag = f"/pledges/{sent.json()['pledge_id']}", sent.headers["etag"]
    await _stored(desk.service, language=LONG)
    await made(desk.post(f"{path}/publish", who=STAFF, seen=etag))
    await _fold(desk.service)
    assert await desk.service.rows("select 1 from search_change") == []
    assert await desk.service.rows("select 1 from statistics_delta") == []
    found = await made(desk.get("/pledges?state=published"))
    assert [item["pledge_id"] for item in found["items"]] == [sent.json()["pledge_id"]]
    assert (await made(desk.get(path)))["language"] == LONG
    etag = await desk.etag(sent.json()["pledge_id"])
    await made(desk.post(f"{path}/close", {"reason": "ended"}, STAFF, etag))


async def test_what_waits_since_before_stops_nobody(desk: Desk) -> None:
    await desk.published()
    async with desk.service.owner.transaction() as session:
        long = {"codes": [f"language:{LONG}", "kind:common"]}
        change = "insert into search_change (ordinal, added, removed) values (9, :codes, '{}')"
        await session.execute(text(change), long)
        await session.execute(text("insert into statistics_delta (before, after) values ('{}', :codes)"), long)
    await _fold(desk.service)
    assert await desk.service.rows("select 1 from search_change") == []
    assert await desk.service.rows("select 1 from statistics_delta") == []
    kinds = "select pledges from statistics_cell where first = 'kind' and second = 'kind' and a = 'common'"
    [row] = await desk.service.rows(kinds)
    assert row["pledges"] == 1


async def _stored(service: Service, **changed: Any) -> None:
    """The one pledge's working copy as no request makes it any more."""
    async with service.owner.transaction() as session:
        for field, value in changed.items():
            changed_one = "jsonb_set(cast(content as jsonb), array[:field], cast(:value as jsonb))"
            statement = f"update pledge set content = {changed_one}"  # noqa: S608 - our own constant
            await session.execute(text(statement), {"field": field, "value": json.dumps(value)})


async def _fold(service: Service) -> None:
    async with service.database.transaction() as session:
        while await index.fold(session):
            pass
        await rollups.fold(session)
