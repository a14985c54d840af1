"""A pledge from draft to closing, at the API and in the database."""

import asyncio
from datetime import UTC, datetime

import pytest

from services.pledges.registry.content import EXAMPLE
from shared.reference import catalogue
from tests.integration.pledges.conftest import AMINA, KOFI, VERA, Desk, revision
from tests.support.entities import REVIEWER, STAFF, faults

SECRET = "zanzibar-lantern"


async def test_a_draft_needs_only_a_title_and_nobody_is_told(desk: Desk) -> None:
    made = await desk.post("/pledges", {"entity_id": "veridia", "title": "A thought"})
    assert (made.status_code, made.headers["etag"], made.json()["state"]) == (201, '"1"', "draft")
    assert await desk.service.outbox("gcm.pledges.workflow") == []
    refused = await desk.post(f"/pledges/{made.json()['pledge_id']}/submit", seen='"1"')
    assert refused.status_code == 422
    assert faults(refused).keys() == {"description", "objectives", "forms", "period.end"}


async def test_the_exchange_before_publication(desk: Desk) -> None:
    made = await desk.create(submit=True)
    path = f"/pledges/{made.json()['pledge_id']}"
    asked = await desk.post(
        f"{path}/request-changes", {"fields": [{"field": "period.end", "says": SECRET}]}, STAFF, made.headers["etag"]
    )
    assert asked.json()["state"] == "changes_requested"
    saved = await desk.put(path, EXAMPLE | {"period": {"end": "2027"}}, seen=asked.headers["etag"])
    again = await desk.post(f"{path}/submit", seen=saved.headers["etag"])
    done = await desk.post(f"{path}/publish", who=STAFF, seen=again.headers["etag"])
    assert (done.json()["state"], done.json()["version"], done.headers["etag"]) == ("published", 1, '"5"')
    events = [
        (event.type, event.data.get("fields")) for event in await desk.service.outbox() if "pledge" in event.topic
    ]
    assert events[:3] == [
        ("pledge.submitted.v1", []),
        ("pledge.changes_requested.v1", ["period.end"]),
        ("pledge.resubmitted.v1", []),
    ]
    assert events[3][0] == "pledge.published.v1"
    copy = (await desk.get(f"{path}/working-copy", VERA)).json()
    assert [step["action"] for step in copy["steps"]] == [
        "published", "resubmitted", "saved", "changes_requested", "submitted",
    ]  # fmt: skip
    assert copy["steps"][3]["asked"] == [{"field": "period.end", "says": SECRET}]
    assert copy["steps"][2]["fields"] == ["period"]


async def test_an_amendment_is_unseen_until_it_is_published(desk: Desk) -> None:
    pledge_id = await desk.published()
    path = f"/pledges/{pledge_id}"
    saved = await desk.put(path, EXAMPLE | {"title": SECRET}, seen=await desk.etag(pledge_id))
    submitted = await desk.post(f"{path}/submit", seen=saved.headers["etag"])
    await desk.post(
        f"{path}/request-changes", {"fields": [{"field": "title", "says": SECRET}]}, STAFF, submitted.headers["etag"]
    )
    for public in (
        "/pledges",
        path,
        f"{path}/history",
        f"{path}/versions/1",
        f"{path}/updates",
        "/reviews/plenary-2024/pledges",
    ):
        answer = await desk.get(public)
        assert answer.status_code == 200
        assert SECRET not in answer.text
    assert all(SECRET not in str(event.data) for event in await desk.service.outbox())
    better = await desk.put(path, EXAMPLE | {"title": "A better title"}, seen=await desk.etag(pledge_id))
    again = await desk.post(f"{path}/submit", seen=better.headers["etag"])
    await desk.post(f"{path}/publish", who=STAFF, seen=again.headers["etag"])
    assert (await desk.get(path)).json()["title"] == "A better title"
    assert (await desk.get(f"{path}/versions/1")).json()["title"] == EXAMPLE["title"]
    steps = (await desk.get(f"{path}/history")).json()["items"]
    assert [(step["action"], step["version"], step["fields"]) for step in steps] == [
        ("published", 1, []),
        ("amended", 2, ["title"]),
    ]


async def test_closing_and_what_is_closed_stays(desk: Desk) -> None:
    pledge_id, other = await desk.published(), await desk.published()
    path = f"/pledges/{pledge_id}"
    nowhere = {"reason": "superseded", "superseded_by": "01922f00-0000-7000-8000-000000000009"}
    assert "superseded_by" in faults(await desk.post(f"{path}/close", nowhere, seen=await desk.etag(pledge_id)))
    done = await desk.post(
        f"{path}/close", {"reason": "superseded", "superseded_by": other}, seen=await desk.etag(pledge_id)
    )
    assert done.status_code == 200, done.text
    public = (await desk.get(path)).json()
    assert (public["state"], public["closed_reason"], public["superseded_by"]) == ("closed", "superseded", other)
    for step, body in (("submit", None), ("close", {"reason": "ended"}), ("updates", {"status": "delayed"})):
        answer = await desk.post(f"{path}/{step}", body, seen=await desk.etag(pledge_id))
        assert answer.status_code == 409


@pytest.mark.parametrize(("who", "status"), [(KOFI, 404), (VERA, 403), (REVIEWER, 403), ({}, 401)])
async def test_who_may_not_write(desk: Desk, who: dict[str, str], status: int) -> None:
    made = await desk.create()
    path = f"/pledges/{made.json()['pledge_id']}"
    before = await desk.counts()
    assert (await desk.put(path, EXAMPLE, who, made.headers["etag"])).status_code == status
    assert (await desk.post(f"{path}/submit", None, who, made.headers["etag"])).status_code == status
    assert await desk.counts() == before


async def test_what_another_state_gets_to_know_of_a_draft(desk: Desk) -> None:
    made = await desk.create()
    there = await desk.get(f"/pledges/{made.json()['pledge_id']}/working-copy", KOFI)
    nowhere = await desk.get("/pledges/01922f00-0000-7000-8000-000000000009/working-copy", KOFI)
    assert there.status_code == nowhere.status_code == 404
    assert there.json() == nowhere.json()
    assert (await desk.get("/me/pledges", KOFI)).json()["items"] == []
    refused = await desk.post("/pledges", {"entity_id": "veridia", "title": "x"}, KOFI)
    assert refused.status_code == 403


async def test_a_write_says_which_revision_it_saw(desk: Desk) -> None:
    made = await desk.create()
    path = f"/pledges/{made.json()['pledge_id']}"
    before = await desk.counts()
    assert (await desk.put(path, EXAMPLE)).status_code == 428
    assert (await desk.put(path, EXAMPLE, seen='"7"')).status_code == 412
    assert (await desk.post(f"{path}/submit", seen='"7"')).status_code == 412
    assert await desk.counts() == before


async def test_eight_at_once_save_in_order(desk: Desk) -> None:
    """Everybody tries until their change is in: revisions without a gap, and a history row for each."""
    made = await desk.create()
    pledge_id = made.json()["pledge_id"]

    async def save(number: int) -> None:
        while True:
            etag = await desk.etag(pledge_id)
            answer = await desk.put(f"/pledges/{pledge_id}", EXAMPLE | {"title": f"title {number}"}, seen=etag)
            if answer.status_code == 200:
                return
            assert answer.status_code == 412

    await asyncio.gather(*(save(number) for number in range(8)))
    rows = await desk.service.rows("select revision from pledge_history order by step_id")
    assert [row["revision"] for row in rows] == list(range(1, 10))


async def test_eight_reports_at_once_are_numbered_and_told_in_order(desk: Desk) -> None:
    pledge_id = await desk.published()
    report = {"status": "in_progress"}
    answers = await asyncio.gather(*(desk.post(f"/pledges/{pledge_id}/updates", report) for _ in range(8)))
    assert sorted(answer.json()["number"] for answer in answers) == list(range(1, 9))
    told = [event.data["pledge"]["sequence"] for event in await desk.service.outbox("gcm.pledges")]
    assert told == list(range(1, 10))


async def test_two_officers_publish_at_once_and_one_does(desk: Desk) -> None:
    made = await desk.create(submit=True)
    path = f"/pledges/{made.json()['pledge_id']}/publish"
    answers = await asyncio.gather(*(desk.post(path, who=STAFF, seen=made.headers["etag"]) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
    assert len(await desk.service.outbox("gcm.pledges")) == 1


async def test_a_submission_that_is_sent_twice_at_once_gets_one_answer(desk: Desk) -> None:
    made = await desk.create()
    path = f"/pledges/{made.json()['pledge_id']}/submit"
    headers = AMINA | {"Idempotency-Key": "twice", "If-Match": made.headers["etag"]}
    answers = await asyncio.gather(*(desk.service.client.post(path, headers=headers) for _ in range(6)))
    assert {(answer.status_code, answer.text) for answer in answers} == {(200, answers[0].text)}


async def test_a_statement_is_published_with_its_sources(desk: Desk) -> None:
    said = EXAMPLE | {"entity_id": "kalmora", "sources": [{"title": "Speech", "url": "https://example.org/1"}]}
    done = await desk.post("/statements", said, STAFF)
    assert done.status_code == 201, done.text
    public = (await desk.get(f"/pledges/{done.json()['pledge_id']}")).json()
    assert (public["origin"], public["sources"]) == ("public_statement", said["sources"])
    before = await desk.counts()
    assert faults(await desk.post("/statements", said | {"entity_id": None}, STAFF)) == {"entity_id": "is null"}
    assert faults(await desk.post("/statements", said | {"sources": []}, STAFF)).keys() == {"sources"}
    assert await desk.counts() == before


async def test_a_statement_matches_what_is_published_as_a_submission_does(desk: Desk) -> None:
    draft = (await desk.create()).json()["pledge_id"]
    said = EXAMPLE | {"entity_id": "kalmora", "sources": [{"title": "Speech"}]}
    before = await desk.counts()
    for wrong, field in (
        ({"kind": "matching", "matches": draft}, "matches"),
        ({"kind": "matching"}, "matches"),
        ({"matches": draft}, "kind"),
    ):
        refused = await desk.post("/statements", said | wrong, STAFF)
        assert (refused.status_code, set(faults(refused))) == (422, {field})
    assert await desk.counts() == before
    matched = await desk.published()
    assert (await desk.post("/statements", said | {"kind": "matching", "matches": matched}, STAFF)).status_code == 201


async def test_reports_and_their_limits(desk: Desk) -> None:
    pledge_id = await desk.published()
    path = f"/pledges/{pledge_id}/updates"
    etag = await desk.etag(pledge_id)
    assert "no_change" in faults(await desk.post(path, {"no_change": True}))
    what = EXAMPLE["targets"][0]["what"]
    first = await desk.post(
        path, {"status": "delayed", "values": [{"target": what, "value": "7.5"}], "barriers": ["law"]}
    )
    assert first.status_code == 201, first.text
    second = await desk.post(path, {"no_change": True})
    assert (second.json()["number"], second.json()["status"]) == (2, "delayed")
    assert faults(await desk.post(path, {"status": "delayed", "values": [{"target": "x", "value": 1}]})).keys() == {
        "values.0.target"
    }
    public = await desk.get(f"/pledges/{pledge_id}")
    assert public.json()["progress"] | {"status": "delayed", "reports": 2} == public.json()["progress"]
    assert await desk.etag(pledge_id) == etag  # a report is no edit of the pledge
    page = (await desk.get(f"{path}?limit=1")).json()
    rest = (await desk.get(f"{path}?limit=1&cursor={page['next']}")).json()
    assert [page["items"][0]["number"], rest["items"][0]["number"], rest["next"]] == [2, 1, None]
    assert (await desk.post(path, {"status": "delayed"}, KOFI)).status_code == 403
    assert (await desk.post(path, {"status": "delayed"}, VERA)).status_code == 403


async def test_lists_filter_and_page(desk: Desk) -> None:
    ids = [await desk.published(objectives=["objective-7"], main_objectives=[]) for _ in range(3)]
    await desk.published()
    for query in (
        "objective=objective-7",
        "objective=objective-7&kind=individual&cycle=2022&form=process&entity=veridia",
    ):
        page = (await desk.get(f"/pledges?{query}&limit=2")).json()
        rest = (await desk.get(f"/pledges?{query}&limit=2&cursor={page['next']}")).json()
        assert [item["pledge_id"] for item in page["items"] + rest["items"]] == ids[::-1]
        assert rest["next"] is None
        other = await desk.get(f"/pledges?kind=common&cursor={page['next']}")
        assert faults(other).keys() == {"cursor"}
    assert (await desk.get("/pledges?state=closed")).json()["items"] == []
    assert faults(await desk.get("/pledges?objective=objective-24")).keys() == {"objective.0"}
    mine = (await desk.get("/me/pledges?limit=3", AMINA)).json()
    assert len(mine["items"]) == 3
    assert len((await desk.get(f"/me/pledges?cursor={mine['next']}", AMINA)).json()["items"]) == 1
    assert (await desk.get("/submissions", REVIEWER)).json()["items"] == []


async def test_closing_ends_an_amendment_that_nobody_published(desk: Desk) -> None:
    pledge_id = await desk.published()
    path = f"/pledges/{pledge_id}"
    saved = await desk.put(path, EXAMPLE | {"title": SECRET}, seen=await desk.etag(pledge_id))
    closed = await desk.post(f"{path}/close", {"reason": "ended"}, STAFF, saved.headers["etag"])
    assert closed.json()["content"]["title"] == EXAMPLE["title"]
    public = await desk.get(path)
    assert (public.json()["title"], revision(public)) == (EXAMPLE["title"], revision(closed))
    steps = (await desk.get(f"{path}/working-copy", AMINA)).json()["steps"]
    assert [(step["action"], step["fields"], step["by"]) for step in steps[:2]] == [
        ("closed", ["title"], "network_staff"),
        ("saved", ["title"], "focal_point"),
    ]


async def test_a_pledge_does_not_supersede_itself(desk: Desk) -> None:
    pledge_id = await desk.published()
    itself = {"reason": "superseded", "superseded_by": pledge_id}
    refused = await desk.post(f"/pledges/{pledge_id}/close", itself, seen=await desk.etag(pledge_id))
    assert faults(refused).keys() == {"superseded_by"}


async def test_a_submission_is_made_in_the_context_of_the_cycle_that_is_open(desk: Desk) -> None:
    """A draft may leave it open; without a cycle a pledge would be in no review's denominator (¶77)."""
    draft = await desk.create(review_cycle=None)
    assert draft.json()["content"]["review_cycle"] is None
    done = await desk.post(f"/pledges/{draft.json()['pledge_id']}/submit", seen=draft.headers["etag"])
    assert done.json()["content"]["review_cycle"] == "2022"
    desk.service.set_clock(datetime(2025, 1, 6, 9, 0, tzinfo=UTC))
    assert (await desk.create(review_cycle=None, submit=True)).json()["content"]["review_cycle"] == "2026"
    assert (await desk.create(review_cycle="2022", submit=True)).json()["content"]["review_cycle"] == "2022"


async def test_the_public_etag_does_not_tell_of_an_amendment(desk: Desk) -> None:
    pledge_id = await desk.published()
    path = f"/pledges/{pledge_id}"
    public = await desk.get(path)
    assert f'"{revision(public)}"' == await desk.etag(pledge_id)
    await desk.put(path, EXAMPLE | {"title": SECRET}, seen=public.headers["etag"])
    assert (await desk.get(path)).headers["etag"] == public.headers["etag"]
    late = await desk.post(f"{path}/close", {"reason": "ended"}, seen=public.headers["etag"])
    assert late.status_code == 412  # who read only what is public has not seen the amendment


async def test_the_largest_pledge_can_be_published(desk: Desk) -> None:
    """Letters take up to four bytes, control characters in texts six: the worst event is below Kafka's limit."""
    line = "\U0001d510" * 500
    target = {"what": line, "unit": line, "value_text": line, "baseline": "1e20", "disaggregated_by": ["sex", "age"]}
    worst = {
        "title": line,
        "description": "\x01" * 20_000,
        "objectives": sorted(catalogue.OBJECTIVES),
        "targets": [target] * 50,
        "partners": [line] * 50,
    }
    pledge_id = await desk.published(**worst)
    assert (await desk.get(f"/pledges/{pledge_id}")).json()["title"] == line


async def test_a_line_of_a_list_says_what_is_due(desk: Desk) -> None:
    """So that a page needs no request a line."""
    draft = await desk.create()
    pledge_id = await desk.published()
    await desk.post(f"/pledges/{pledge_id}/updates", {"status": "delayed"})
    published, begun = (await desk.get("/me/pledges", AMINA)).json()["items"]
    assert (published["pledge_id"], begun["pledge_id"]) == (pledge_id, draft.json()["pledge_id"])
    assert [(line["entity_name"], line["review_cycle"], line["status"]) for line in (published, begun)] == [
        ("Veridia", "2022", "delayed"),
        ("Veridia", None, None),
    ]
    assert (published["last_reported_at"] is None, begun["last_reported_at"]) == (False, None)


async def test_lists_of_work_are_narrowed_by_entity(desk: Desk) -> None:
    await desk.create(submit=True)
    for path, who in (("/me/pledges", AMINA), ("/submissions", REVIEWER)):
        assert len((await desk.get(f"{path}?entity=veridia&state=submitted", who)).json()["items"]) == 1
        assert (await desk.get(f"{path}?entity=kalmora", who)).json()["items"] == []
