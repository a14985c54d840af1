"""Mail is paused, of a category or whole: what waits is listed, and its end is no burst of late mail."""

from typing import Any
from uuid import uuid4

import pytest

from services.notifications.deliveries.steps import TEMPLATES
from services.notifications.pauses.lifecycle import CATEGORIES, templates
from tests.integration.notifications.people import address
from tests.integration.notifications.support import REVIEWER, STAFF, Post
from tests.support.api import once

AMINA, BAO, NORA = (address(person) for person in ("amina", "bao", "nora"))
RECEIVED = [(AMINA, "pledge_received"), (BAO, "pledge_received")]


async def paused(post: Post, category: str, reason: str = "The plenary may move") -> str:
    body = {"category": category, "reason": reason}
    answer = await post.service.client.post("/pauses", json=body, headers=once(STAFF))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["pause_id"])


async def ended(post: Post, pause_id: str) -> dict[str, Any]:
    answer = await post.service.client.post(f"/pauses/{pause_id}/end", headers=once(STAFF))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def get(post: Post, path: str) -> Any:
    answer = await post.service.client.get(path, headers=REVIEWER)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
async def due(post: Post) -> Post:
    """Reminders of two pledges fall due on 5 November."""
    for _ in range(2):
        await post.knows(uuid4())
    await post.knows_milestone()
    post.set_clock(2024, 11, 5)
    return post


async def test_reminders_wait_and_are_listed_and_go_when_it_ends_in_time(due: Post) -> None:
    pause_id = await paused(due, "reminders")
    await due.tick()
    await due.hears("pledge.submitted.v1")
    await due.send()
    assert due.inbox.sent() == sorted([*RECEIVED, (NORA, "pledge_submitted")])  # other mail goes
    [shown] = (await get(due, "/pauses"))["items"]
    assert (shown["category"], shown["waiting"], shown["ended_at"]) == ("reminders", 2, None)
    assert (shown["reason"], shown["begun_by"]) == ("The plenary may move", "nora")
    waiting = (await get(due, f"/pauses/{pause_id}/waiting"))["items"]
    assert [(one["template"], one["state"]) for one in waiting] == [("reminder", "queued")] * 2
    due.inbox.forget()
    due.set_clock(2024, 11, 6, 8)
    assert (await ended(due, pause_id))["ended_by"] == "nora"
    await due.tick()
    assert due.inbox.sent() == [(AMINA, "reminder"), (BAO, "reminder")]
    assert (await get(due, f"/pauses/{pause_id}/waiting"))["items"] == []


async def test_what_is_overdue_when_it_ends_is_skipped(due: Post) -> None:
    pause_id = await paused(due, "reminders")
    await due.tick()
    due.set_clock(2024, 11, 8)
    await due.tick()
    await ended(due, pause_id)
    await due.tick()
    assert due.inbox.mails == []
    assert (await due.plan())[-30] == ("skipped", "overdue")
    due.set_clock(2024, 11, 28)
    await due.tick()
    assert due.inbox.sent() == [(AMINA, "reminder"), (BAO, "reminder")]  # the next offset, as planned


async def test_of_all_mail_old_steps_are_skipped_and_new_ones_go(post: Post) -> None:
    pause_id = await paused(post, "all")
    post.people.desk = []
    await post.hears("pledge.submitted.v1")
    await post.send()
    await post.run("update delivery set created_at = created_at - interval '37 hours'")
    await post.hears("pledge.submitted.v1")
    await post.send()
    assert post.inbox.mails == []
    assert (await get(post, "/pauses"))["items"][0]["waiting"] == 4
    assert (await ended(post, pause_id))["skipped"] == 2
    await post.send()
    assert post.inbox.sent() == RECEIVED
    rows = await post.service.rows("select state, reason from delivery where state <> 'sent'")
    assert [(row["state"], row["reason"]) for row in rows] == [("suppressed", "overdue")] * 2


async def test_a_mail_whose_sender_was_lost_waits_too(post: Post) -> None:
    post.people.desk = []
    await post.hears("pledge.submitted.v1")
    await post.expander().once()
    await post.sender().claim()
    await paused(post, "pledges")
    await post.run("update delivery set lease_until = now() - interval '1 second'")
    await post.send()
    assert post.inbox.mails == []


async def test_a_category_is_paused_once_at_a_time(post: Post) -> None:
    pause_id = await paused(post, "support")
    body = {"category": "support", "reason": "again"}
    assert (await post.service.client.post("/pauses", json=body, headers=once(STAFF))).status_code == 409
    await ended(post, pause_id)
    again = await post.service.client.post(f"/pauses/{pause_id}/end", headers=once(STAFF))
    assert again.status_code == 409
    await paused(post, "support")
    assert [one["ended_at"] is None for one in (await get(post, "/pauses"))["items"]] == [True, False]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"category": "newsletters", "reason": "x"}, "category"),
        ({"category": "all", "reason": ""}, "reason"),
        ({"category": "all", "reason": "x" * 501}, "reason"),
        ({"category": "all", "reason": "a\nb"}, "reason"),
        ({"category": "all"}, "reason"),
        ({"category": "all", "reason": "x", "until": "tomorrow"}, "until"),
    ],
)
async def test_a_faulty_pause_names_its_field(post: Post, body: dict[str, str], field: str) -> None:
    answer = await post.service.client.post("/pauses", json=body, headers=once(STAFF))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert (await get(post, "/pauses"))["items"] == []


async def test_reviewers_look_on_and_others_see_nothing(post: Post) -> None:
    body = {"category": "all", "reason": "x"}
    assert (await post.service.client.post("/pauses", json=body, headers=once(REVIEWER))).status_code == 403
    assert (await post.service.client.get("/pauses")).status_code == 401
    assert (await post.service.client.get(f"/pauses/{uuid4()}/waiting", headers=STAFF)).status_code == 404
    assert (await post.service.client.post(f"/pauses/{uuid4()}/end", headers=once(STAFF))).status_code == 404


async def test_a_rehearsal_says_that_reminders_are_paused(due: Post) -> None:
    wanted = {"month": "2024-11"}
    answer = await due.service.client.post("/rehearsals", json=wanted, headers=once(STAFF))
    assert answer.json()["paused"] is False
    await paused(due, "reminders")
    assert (await get(due, answer.headers["location"]))["paused"] is True


def test_each_mail_is_of_one_category() -> None:
    found = [one for category in CATEGORIES for one in templates(category) or []]
    assert sorted([*found, "digest"]) == sorted(TEMPLATES)  # which goes without what is paused
    assert templates("all") is None
