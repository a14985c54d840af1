"""GET /reminders and GET /deliveries: for staff and reviewers, page by page, without an address."""

from typing import Any

import httpx
import pytest
from uuid_utils.compat import uuid7

from tests.integration.notifications.support import REVIEWER, STAFF, Post
from tests.support.tokens import bearer


async def get(post: Post, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
    return await post.service.client.get(path, headers=STAFF if headers is None else headers)


async def walk(post: Post, path: str) -> list[dict[str, Any]]:
    """All pages, followed by their Link headers."""
    items: list[dict[str, Any]] = []
    following: str | None = path
    while following:
        answer = await get(post, following)
        assert answer.status_code == 200, answer.text
        assert (answer.json()["next"] is None) == ("Link" not in answer.headers)
        items += answer.json()["items"]
        following = str(answer.links["next"]["url"]) if answer.links else None
    return items


@pytest.fixture
async def plan(post: Post) -> Post:
    """Three pledges thirty days before the plenary: one reported meanwhile, one that nobody acts for."""
    await post.knows_milestone()
    await post.knows_milestone("2025-03-01", code="review-2025")
    for entity in ("veridia", "kalmora", "nowhere"):
        await post.knows(uuid7(), entity=entity)
    await post.planner().tick()
    post.set_clock(2024, 11, 5)
    await post.tick()
    return post


async def test_the_plan_in_order_and_in_pages(plan: Post) -> None:
    everything = await walk(plan, "/reminders?limit=4")
    assert len(everything) == 30
    assert everything == sorted(everything, key=lambda line: line["due_on"])
    assert await walk(plan, "/reminders?limit=100") == everything


async def test_the_plan_by_milestone_and_state(plan: Post) -> None:
    lines = await walk(plan, "/reminders?milestone=plenary-2024&state=no_contact&limit=1")
    assert [(line["entity_id"], line["offset_days"], line["due_on"], line["reason"]) for line in lines] == [
        ("nowhere", -30, "2024-11-05", "no_focal_point_with_an_address")
    ]
    skipped = await walk(plan, "/reminders?milestone=plenary-2024&state=skipped")
    assert {(line["offset_days"], line["reason"]) for line in skipped} == {(-90, "overdue")}
    assert await walk(plan, "/reminders?milestone=unheard-of") == []


async def test_deliveries_newest_first_by_state_and_template(plan: Post) -> None:
    await plan.hears("pledge.submitted.v1")
    await plan.expander().once()
    everything = await walk(plan, "/deliveries?limit=2")
    assert [item["id"] for item in everything] == sorted((item["id"] for item in everything), reverse=True)
    assert len(everything) == 6
    assert {item["template"] for item in await walk(plan, "/deliveries?state=sent")} == {"reminder"}
    [waiting] = await walk(plan, "/deliveries?template=pledge_submitted&limit=1")
    assert (waiting["person_id"], waiting["state"], waiting["entity_id"]) == ("nora", "queued", "veridia")
    assert waiting["cause"].startswith("event:")


async def test_no_address_no_name_no_title(plan: Post) -> None:
    shown = (await get(plan, "/deliveries?limit=100")).text + (await get(plan, "/reminders?limit=100")).text
    assert not any(secret in shown for secret in ("@", "Amina", "Schools", "Identity documents"))


@pytest.mark.parametrize("path", ["/reminders", "/deliveries"])
async def test_for_staff_and_reviewers_only(post: Post, path: str) -> None:
    assert (await get(post, path, {})).status_code == 401
    assert (await get(post, path, bearer("amina"))).status_code == 403
    assert (await get(post, path, bearer("machine", "service"))).status_code == 403
    assert (await get(post, path, REVIEWER)).status_code == 200


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/reminders?state=lost", "state"),
        ("/reminders?limit=0", "limit"),
        ("/reminders?cursor=abc", "cursor"),
        ("/reminders?milestone=a%0Ab", "milestone"),
        ("/deliveries?template=spam", "template"),
        ("/deliveries?state=lost", "state"),
        ("/deliveries?cursor=%F0%9F%98%80", "cursor"),
    ],
)
async def test_what_is_wrong_is_named(post: Post, path: str, field: str) -> None:
    answer = await get(post, path)
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["errors"]] == [field]


async def test_a_cursor_of_another_list_is_refused(plan: Post) -> None:
    cursor = (await get(plan, "/reminders?limit=1")).json()["next"]
    assert (await get(plan, f"/reminders?limit=1&state=sent&cursor={cursor}")).status_code == 422
    assert (await get(plan, f"/deliveries?limit=1&cursor={cursor}")).status_code == 422
