"""Merging by staff: seen before it is done, done, told, and undone."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.pledges.registry.content import EXAMPLE
from tests.integration.pledges.conftest import AMINA, KOFI, VERA, Desk
from tests.support.entities import REVIEWER, STAFF, faults

NOBODY = "01922f00-0000-7000-8000-000000000009"


async def merge(desk: Desk, pledge_id: str, into: str, who: dict[str, str] = STAFF) -> httpx.Response:
    return await desk.post(f"/pledges/{pledge_id}/merge", {"into": into}, who, await desk.etag(pledge_id))


async def unmerge(desk: Desk, pledge_id: str, who: dict[str, str] = STAFF) -> httpx.Response:
    return await desk.post(f"/pledges/{pledge_id}/unmerge", None, who, await desk.etag(pledge_id))


async def public(desk: Desk, pledge_id: str) -> dict[str, Any]:
    answer = await desk.get(f"/pledges/{pledge_id}")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def test_what_a_merge_would_do_is_seen_before_it_is_done(desk: Desk) -> None:
    one, other = await desk.published(), await desk.published(title="Documents of identity at all consulates")
    await desk.post(f"/pledges/{one}/updates", {"status": "delayed"})
    await desk.put(f"/pledges/{one}", EXAMPLE | {"title": "An amendment"}, seen=await desk.etag(one))
    before = await desk.counts()
    seen = await desk.get(f"/pledges/{one}/merge?into={other}", STAFF)
    assert seen.status_code == 200, seen.text
    shown = seen.json()
    assert (shown["merged"]["pledge_id"], shown["merged"]["reports"]) == (one, 1)
    assert (shown["into"]["pledge_id"], shown["into"]["title"]) == (other, "Documents of identity at all consulates")
    assert (shown["amendment"], shown["support_requests"], shown["merged_before"]) == ("draft", 0, 0)
    assert shown["review_cycle"] == "2022"
    assert "same_text" in {reason["code"] for reason in shown["alike"]["reasons"]}
    assert await desk.counts() == before


async def test_a_merged_pledge_is_closed_and_told_and_found_at_the_one_that_stays(desk: Desk) -> None:
    ids = [{"system": "GRF", "id": "GRF-07853", "url": None}]
    one, other = await desk.published(external_ids=ids), await desk.published()
    etag = (await desk.get(f"/pledges/{other}")).headers["etag"]
    done = await merge(desk, one, other)
    assert (done.status_code, done.json()["state"]) == (200, "closed"), done.text
    found = await public(desk, one)
    assert (found["state"], found["closed_reason"], found["superseded_by"], found["merged"]) == (
        *("closed", "superseded", other, True),
    )
    told = (await desk.service.outbox("gcm.pledges"))[-1]
    assert (told.type, told.key, told.data["pledge"]["merged"]) == ("pledge.merged.v1", one, True)
    assert (told.data["pledge"]["sequence"], told.data["change"]["by"]) == (2, "network_staff")
    steps = (await desk.get(f"/pledges/{one}/history")).json()["items"]
    assert [(step["action"], step["by"]) for step in steps] == [
        ("published", "network_staff"),
        ("merged", "network_staff"),
    ]
    [item] = (await desk.get(f"/pledges/{other}/merged")).json()["items"]
    assert (item["pledge_id"], item["external_ids"]) == (one, ids)
    assert (await desk.get(f"/pledges/{other}")).headers["etag"] == etag  # the one that stays is not touched


async def test_a_merged_pledge_leaves_the_denominator_and_comes_back(desk: Desk) -> None:
    async def counted() -> int:
        found: int = (await desk.get("/reviews/plenary-2024/pledges")).json()["denominator"]
        return found

    one, other = await desk.published(), await desk.published()
    assert await counted() == 2
    await merge(desk, one, other)
    assert await counted() == 1
    await unmerge(desk, one)
    assert await counted() == 2


async def test_undone_it_is_as_it_was_though_the_other_went_on(desk: Desk) -> None:
    """Also an amendment that waited for staff is there again."""
    one, other = await desk.published(), await desk.published()
    saved = await desk.put(f"/pledges/{one}", EXAMPLE | {"title": "Better"}, seen=await desk.etag(one))
    await desk.post(f"/pledges/{one}/submit", seen=saved.headers["etag"])
    before, copy = await public(desk, one), (await desk.get(f"/pledges/{one}/working-copy", AMINA)).json()
    await merge(desk, one, other)
    assert (await desk.get("/submissions", STAFF)).json()["items"] == []
    await desk.post(f"/pledges/{other}/close", {"reason": "fulfilled"}, seen=await desk.etag(other))
    done = await unmerge(desk, one)
    assert done.status_code == 200, done.text
    assert await public(desk, one) == before | {"sequence": before["sequence"] + 2}
    edited = {"revision": 0, "updated_at": "", "steps": []}
    assert done.json() | edited == copy | edited
    assert [line["pledge_id"] for line in (await desk.get("/submissions", STAFF)).json()["items"]] == [one]
    told = [event.type for event in await desk.service.outbox("gcm.pledges") if event.key == one]
    assert told == ["pledge.published.v1", "pledge.merged.v1", "pledge.unmerged.v1"]
    assert (await desk.get(f"/pledges/{other}/merged")).json()["items"] == []
    assert (await merge(desk, one, other)).status_code == 409  # the other one is closed by now


async def test_what_cannot_be_merged_and_why(desk: Desk) -> None:
    one, other, third = [await desk.published() for _ in range(3)]
    draft = (await desk.create()).json()["pledge_id"]
    assert "the pledge itself" in faults(await merge(desk, one, one))["into"]
    assert "no published pledge" in faults(await merge(desk, one, NOBODY))["into"]
    assert "no published pledge" in faults(await merge(desk, one, draft))["into"]
    assert (await merge(desk, draft, one)).status_code == 409
    assert (await unmerge(desk, one)).status_code == 409
    await merge(desk, one, other)
    before = await desk.counts()
    again = await merge(desk, one, third)
    assert (again.status_code, "undo the merge" in again.json()["detail"]) == (409, True)
    circle = await merge(desk, other, one)
    assert (circle.status_code, other in circle.json()["detail"]) == (409, True)
    assert (await merge(desk, third, one)).status_code == 409  # one is merged itself
    assert (await desk.get(f"/pledges/{third}/merge?into={one}", STAFF)).status_code == 409
    assert (await desk.post(f"/pledges/{one}/unmerge", None, STAFF, '"99"')).status_code == 412
    assert await desk.counts() == before


async def test_a_pledge_that_is_closed_otherwise_is_not_merged(desk: Desk) -> None:
    one, other = await desk.published(), await desk.published()
    await desk.post(f"/pledges/{one}/close", {"reason": "fulfilled"}, seen=await desk.etag(one))
    assert (await merge(desk, one, other)).status_code == 409
    assert (await merge(desk, other, one)).status_code == 409


async def test_pledges_of_two_entities_are_merged_only_among_partners(desk: Desk) -> None:
    mine = await desk.published()
    body = EXAMPLE | {"entity_id": "kalmora", "submit": True}
    other = await desk.post("/pledges", body, KOFI)
    theirs = other.json()["pledge_id"]
    await desk.post(f"/pledges/{theirs}/publish", None, STAFF, other.headers["etag"])
    assert "no partner" in faults(await merge(desk, mine, theirs))["into"]
    joint = await desk.published(partner_entities=["kalmora"], kind="in_partnership")
    assert (await desk.post(f"/pledges/{theirs}/merge", {"into": joint}, STAFF, '"2"')).status_code == 200


async def test_pledges_never_supersede_one_another_in_a_circle(desk: Desk) -> None:
    one, other = await desk.published(), await desk.published()
    etags = {pledge: await desk.etag(pledge) for pledge in (one, other)}

    async def close(pledge: str, by: str) -> int:
        body = {"reason": "superseded", "superseded_by": by}
        return (await desk.post(f"/pledges/{pledge}/close", body, seen=etags[pledge])).status_code

    assert sorted(await asyncio.gather(close(one, other), close(other, one))) == [200, 422]
    assert sorted([(await public(desk, pledge))["state"] for pledge in (one, other)]) == ["closed", "published"]


async def test_two_merges_that_point_at_each_other_leave_one(desk: Desk) -> None:
    one, other = await desk.published(), await desk.published()
    answers = await asyncio.gather(merge(desk, one, other), merge(desk, other, one))
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_a_chain_of_merges_leads_to_the_last(desk: Desk) -> None:
    ids = [{"system": "GRF", "id": "GRF-07853"}]
    one, other, last = await desk.published(external_ids=ids), await desk.published(), await desk.published()
    assert (await merge(desk, one, other)).status_code == 200
    assert (await merge(desk, other, last)).status_code == 200
    draft = (await desk.create(title="Quite another one", description="", external_ids=ids)).json()["pledge_id"]
    found = (await desk.get(f"/pledges/{draft}/duplicates", AMINA)).json()["items"]
    first = found[0]
    assert (first["pledge_id"], first["score"]) == (last, 100)
    assert {"same_external_id", "merged_here"} <= {reason["code"] for reason in first["reasons"]}
    assert one not in {item["pledge_id"] for item in found}


@pytest.mark.parametrize(("who", "status"), [(AMINA, 403), (VERA, 403), (KOFI, 403), (REVIEWER, 403), ({}, 401)])
async def test_only_staff_merge(desk: Desk, who: dict[str, str], status: int) -> None:
    one, other = await desk.published(), await desk.published()
    before = await desk.counts()
    assert (await merge(desk, one, other, who)).status_code == status
    assert (await unmerge(desk, one, who)).status_code == status
    assert (await desk.get(f"/pledges/{one}/merge?into={other}", who)).status_code == status
    assert await desk.counts() == before


async def test_a_merge_that_is_sent_twice_is_done_once(desk: Desk) -> None:
    one, other = await desk.published(), await desk.published()
    headers = STAFF | {"Idempotency-Key": str(uuid4()), "If-Match": await desk.etag(one)}
    path, client = f"/pledges/{one}/merge", desk.service.client
    answers = await asyncio.gather(*(client.post(path, json={"into": other}, headers=headers) for _ in range(3)))
    assert {(answer.status_code, answer.text) for answer in answers} == {(200, answers[0].text)}
