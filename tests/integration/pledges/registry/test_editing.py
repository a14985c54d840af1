"""Drafts: shared, saved in parts, and no edit lost when two are at it."""

import asyncio

import pytest

from services.pledges.registry.content import EXAMPLE
from tests.integration.pledges.conftest import AMINA, KOFI, VERA, Desk
from tests.support.entities import STAFF, faults, give
from tests.support.tokens import bearer

DINA = bearer("dina")


@pytest.fixture
async def draft(desk: Desk) -> str:
    """The path of a draft of Veridia, which has a delegate besides its focal point."""
    await give(desk.service, "dina", "delegate")
    return f"/pledges/{(await desk.create()).json()['pledge_id']}"


async def test_the_second_of_two_editors_learns_what_differs_and_nothing_is_lost(desk: Desk, draft: str) -> None:
    first = await desk.put(draft, EXAMPLE | {"title": "Hers", "period": {"end": "2027"}}, DINA, '"1"')
    assert first.status_code == 200
    before = await desk.counts()
    second = await desk.put(draft, EXAMPLE | {"title": "His", "language": "es"}, seen='"1"')
    assert (second.status_code, second.headers["content-type"]) == (412, "application/problem+json")
    body = second.json()
    assert body["type"].endswith("/stale-revision")
    assert body["differences"] == [
        {"field": "title", "now": "Hers", "yours": "His", "overtaken": True},
        {"field": "language", "now": "en", "yours": "es", "overtaken": False},
        {"field": "period.start", "now": None, "yours": "2024-09", "overtaken": True},
        {"field": "period.end", "now": "2027", "yours": "2026-06", "overtaken": True},
    ]
    assert (body["last"]["action"], body["last"]["by"]) == ("saved", "delegate")
    assert body["last"]["at"].startswith("2024-09-02T09:0")
    assert "dina" not in second.text
    assert await desk.counts() == before
    copy = await desk.get(f"{draft}/working-copy", DINA)
    assert (copy.json()["content"]["title"], copy.headers["etag"]) == ("Hers", '"2"')


async def test_a_patch_saves_what_it_names(desk: Desk, draft: str) -> None:
    patch = {"title": "Shorter", "period": {"start": None}, "partners": ["A city"]}
    saved = await desk.patch(draft, patch, DINA, '"1"')
    assert (saved.status_code, saved.headers["etag"]) == (200, '"2"'), saved.text
    content = saved.json()["content"]
    assert (content["title"], content["period"], content["partners"]) == (
        "Shorter", {"start": None, "end": "2026-06"}, ["A city"],
    )  # fmt: skip
    assert content["description"] == EXAMPLE["description"]
    [step, _] = (await desk.get(f"{draft}/working-copy", VERA)).json()["steps"]
    assert (step["action"], step["by"], set(step["fields"])) == ("saved", "delegate", {"title", "period", "partners"})


async def test_a_patch_that_came_too_late_says_so_of_its_own_fields(desk: Desk, draft: str) -> None:
    await desk.patch(draft, {"title": "Hers"}, DINA, '"1"')
    late = await desk.patch(draft, {"title": "His", "description": "His, too"}, seen='"1"')
    assert late.status_code == 412
    assert {one["field"]: one["overtaken"] for one in late.json()["differences"]} == {
        "title": True,
        "description": False,
    }
    unknown = await desk.patch(draft, {"title": "His"}, seen='"7"')
    assert (unknown.status_code, unknown.json()["last"]) == (412, None)


async def test_saving_the_same_again_writes_nothing(desk: Desk, draft: str) -> None:
    before = await desk.counts()
    for again in (
        await desk.patch(draft, {"title": EXAMPLE["title"]}, seen='"1"'),
        await desk.patch(draft, {}, seen='"1"'),
    ):
        assert (again.status_code, again.headers["etag"]) == (200, '"1"')
    assert (await desk.put(draft, EXAMPLE, seen='"1"')).headers["etag"] == '"1"'
    assert await desk.counts() == before


async def test_a_published_pledge_that_is_saved_unchanged_is_not_amended(desk: Desk) -> None:
    pledge_id = await desk.published()
    seen = await desk.etag(pledge_id)
    same = await desk.put(f"/pledges/{pledge_id}", EXAMPLE, seen=seen)
    assert (same.json()["state"], same.headers["etag"]) == ("published", seen)
    begun = await desk.patch(f"/pledges/{pledge_id}", {"title": "Better"}, seen=seen)
    assert (begun.json()["state"], begun.json()["version"]) == ("draft", 1)


@pytest.mark.parametrize(
    ("body", "place"),
    [({"colour": "blue"}, "colour"), ({"title": None}, "title"), ({"period": {"end": "soon"}}, "period.end")],
)
async def test_a_patch_that_no_pledge_takes_is_refused(desk: Desk, draft: str, body: object, place: str) -> None:
    before = await desk.counts()
    refused = await desk.patch(draft, body, seen='"1"')
    assert (refused.status_code, set(faults(refused))) == (422, {place})
    assert await desk.counts() == before


async def test_who_may_not_save_may_not_patch(desk: Desk, draft: str) -> None:
    assert (await desk.patch(draft, {"title": "Mine"}, KOFI, '"1"')).status_code == 404
    for who in (VERA, STAFF):
        assert (await desk.patch(draft, {"title": "Mine"}, who, '"1"')).status_code == 403
    assert (await desk.patch(draft, {"title": "Mine"})).status_code == 428
    submitted = await desk.post(f"{draft}/submit", seen='"1"')
    assert (await desk.patch(draft, {"title": "Mine"}, seen=submitted.headers["etag"])).status_code == 409


async def test_of_patches_at_once_one_wins_and_the_others_are_told(desk: Desk, draft: str) -> None:
    answers = await asyncio.gather(*(desk.patch(draft, {"title": f"Title {n}"}, seen='"1"') for n in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200, *[412] * 5]
    [winner] = [answer.json()["content"]["title"] for answer in answers if answer.status_code == 200]
    for late in (answer.json() for answer in answers if answer.status_code == 412):
        assert [(one["field"], one["now"]) for one in late["differences"]] == [("title", winner)]


async def test_drafts_are_shared_among_the_people_of_an_entity_and_emit_nothing(desk: Desk, draft: str) -> None:
    before = await desk.service.outbox()
    saved = await desk.patch(draft, {"title": "A draft of two"}, DINA, '"1"')
    again = await desk.put(draft, EXAMPLE | {"title": "A draft of both"}, seen=saved.headers["etag"])
    late = await desk.patch(draft, {"title": "Too late"}, DINA, '"1"')
    assert (again.status_code, late.status_code) == (200, 412)
    for who in (DINA, VERA):
        assert (await desk.get(f"{draft}/working-copy", who)).json()["content"]["title"] == "A draft of both"
        assert [item["title"] for item in (await desk.get("/me/pledges", who)).json()["items"]] == ["A draft of both"]
    assert (await desk.get(draft)).status_code == 404
    assert await desk.service.outbox() == before


async def test_what_staff_ask_stays_in_sight_however_often_a_draft_is_saved(desk: Desk, draft: str) -> None:
    submitted = await desk.post(f"{draft}/submit", seen='"1"')
    wanted = {"fields": [{"field": "title", "says": "Please shorten it."}]}
    asked = await desk.post(f"{draft}/request-changes", wanted, STAFF, submitted.headers["etag"])
    seen = asked.headers["etag"]
    for number in range(110):
        saved = await desk.patch(draft, {"title": f"Title {number}"}, DINA if number > 100 else AMINA, seen)
        seen = saved.headers["etag"]
    steps = (await desk.get(f"{draft}/working-copy", VERA)).json()["steps"]
    assert [(step["action"], step["by"]) for step in steps] == [
        ("saved", "delegate"),
        ("saved", "focal_point"),
        ("changes_requested", "network_staff"),
        ("submitted", "focal_point"),
        ("created", "focal_point"),
    ]
    assert steps[2]["asked"] == [{"field": "title", "says": "Please shorten it."}]
    [kept] = await desk.service.rows("select count(*) as n from pledge_history")
    assert kept["n"] == 113
