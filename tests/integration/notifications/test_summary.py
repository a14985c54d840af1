"""Who was invited before a milestone, and what a move would do to the plan: the same as the move then does."""

from collections import Counter
from typing import Any
from uuid import uuid4

import pytest

from tests.integration.notifications.support import REVIEWER, STAFF, Post


async def summary(post: Post, **asked: Any) -> dict[str, Any]:
    params = {"milestone": "plenary-2024"} | asked
    answer = await post.service.client.get("/reminders/summary", params=params, headers=STAFF)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def by_state(post: Post) -> Counter[tuple[str, str | None]]:
    rows = await post.service.rows("select state, reason from reminder")
    return Counter((row["state"], row["reason"]) for row in rows)


@pytest.fixture
async def sent(post: Post) -> Post:
    """Two pledges, on which everybody was reminded thirty days before; the rest is planned."""
    for _ in range(2):
        await post.knows(uuid4())
    await post.knows_milestone()
    post.set_clock(2024, 11, 5)
    await post.tick()
    return post


async def test_who_was_invited(sent: Post) -> None:
    found = await summary(sent)
    assert (found["pledges"], found["entities"], found["moved"]) == (2, 1, None)
    assert found["reminders"] == {"planned": 6, "sent": 2, "skipped": 2}


async def test_a_preview_is_what_the_move_does(sent: Post) -> None:
    found = (await summary(sent, starts="2024-12-12"))["moved"]
    assert (found["kept"], found["dropped"]) == (0, 6)
    new = {one["offset_days"]: (one["reminders"], one["overdue"]) for one in found["planned"]}
    assert new == {-90: (2, True), -30: (0, False), -7: (2, False), -1: (2, False), 14: (2, False)}
    await sent.knows_milestone(starts="2024-12-12", sequence=2)
    await sent.tick()
    assert await by_state(sent) == {
        ("sent", None): 2,
        ("skipped", "overdue"): 2 + 2,
        ("skipped", "moved"): found["dropped"],
        ("planned", None): 6,
    }


async def test_an_uncertain_day_drops_what_is_planned(sent: Post) -> None:
    for asked in ({"starts": "2024-12"}, {"starts": "2024-12-12", "tentative": True}):
        found = (await summary(sent, **asked))["moved"]
        assert (found["kept"], found["dropped"], found["planned"]) == (0, 6, [])


async def test_where_it_is_nothing_changes(sent: Post) -> None:
    found = (await summary(sent, starts="2024-12-05"))["moved"]
    assert (found["kept"], found["dropped"]) == (6, 0)
    assert {one["reminders"] for one in found["planned"]} == {0}


async def test_a_wrong_question(post: Post) -> None:
    client = post.service.client
    assert (await client.get("/reminders/summary?milestone=plenary-1999", headers=REVIEWER)).status_code == 404
    assert (await client.get("/reminders/summary", headers=STAFF)).status_code == 422
    wrong = {"milestone": "plenary-2024", "starts": "soon"}
    answer = await client.get("/reminders/summary", params=wrong, headers=STAFF)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "starts")
