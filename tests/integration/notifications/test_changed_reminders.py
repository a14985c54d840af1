"""What happens after a reminder was planned or queued: a report, another day, copies that are read anew."""

from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from services.notifications.reminders import known as copies
from tests.integration.notifications.inbox import text
from tests.integration.notifications.support import Post
from tests.integration.notifications.test_reminders import AMINA, BAO, KOFI, OVERDUE, PLANNED, REPORTED


async def test_a_merged_pledge_is_reminded_of_no_more_until_that_is_undone(post: Post, known: UUID) -> None:
    await post.tick()
    await post.knows(known, "pledge.merged.v1", sequence=2, state="closed", merged=True)
    post.set_clock(2024, 11, 5)
    await post.tick()
    assert post.inbox.mails == []
    assert set((await post.plan()).values()) == {("skipped", "closed")}
    await post.knows(known, "pledge.unmerged.v1", sequence=3)
    await post.tick()
    assert post.inbox.sent() == [(AMINA, "reminder"), (BAO, "reminder")]
    assert await post.plan() == {-90: OVERDUE, -30: ("sent", None), -7: PLANNED, -1: PLANNED, 14: PLANNED}


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"reported": REPORTED}, "reported"), ({"state": "closed"}, "closed"), ({"review_cycle": "2026"}, "moved")],
)
async def test_what_happened_since_it_was_queued_counts(
    post: Post, known: UUID, change: dict[str, Any], reason: str
) -> None:
    other = uuid7()
    await post.knows(other, entity="kalmora")
    post.set_clock(2024, 11, 5)
    await post.planner().tick()
    await post.knows(known, sequence=2, **change)
    await post.send()
    assert post.inbox.sent() == [(KOFI, "reminder")]
    rows = await post.service.rows(
        "select state, reason from reminder where pledge_id = :id and offset_days = -30", id=known
    )
    assert rows == [{"state": "skipped", "reason": reason}]
    assert {(row["state"], row["reason"]) for row in await post.deliveries() if row["person_id"] != "kofi"} == {
        ("suppressed", reason)
    }
    assert await post.service.outbox() == []  # nobody is unreachable


async def test_planned_reminders_go_when_the_entity_reports(post: Post, known: UUID) -> None:
    await post.tick()
    await post.knows(known, sequence=2, reported=REPORTED)
    await post.tick()
    assert set((await post.plan()).values()) == {("skipped", "reported")}


@pytest.mark.usefixtures("known")
async def test_a_moved_milestone_sends_no_offset_twice_and_none_too_few(post: Post) -> None:
    post.set_clock(2024, 11, 5)
    await post.tick()
    post.inbox.forget()
    await post.knows_milestone("2024-12-19", sequence=2)
    await post.tick()
    post.set_clock(2024, 11, 19)  # thirty days before the new day
    await post.tick()
    assert post.inbox.mails == []
    post.set_clock(2024, 12, 12)  # seven days before it
    await post.tick()
    assert post.inbox.sent() == [(AMINA, "reminder"), (BAO, "reminder")]
    assert "19 December 2024" in text(post.inbox.mails[0])


@pytest.mark.usefixtures("known")
async def test_a_milestone_that_moves_away_and_back_is_planned_as_before(post: Post) -> None:
    await post.tick()
    await post.knows_milestone("2025-03-01", sequence=2)
    await post.tick()
    await post.knows_milestone("2024-12-05", sequence=3)
    await post.tick()
    assert (await post.states())[-30, "planned"] == 1
    post.set_clock(2024, 11, 5)
    await post.tick()
    assert len(post.inbox.mails) == 2


@pytest.mark.parametrize("change", [{"tentative": True}, {"reminders": False}])
@pytest.mark.usefixtures("known")
async def test_an_uncertain_milestone_reminds_nobody(post: Post, change: dict[str, Any]) -> None:
    await post.tick()
    await post.knows_milestone(sequence=2, **change)
    post.set_clock(2024, 11, 5)
    await post.tick()
    assert post.inbox.mails == []
    assert set((await post.plan()).values()) == {("skipped", "moved")}


async def test_a_milestone_whose_day_becomes_known_begins_to_remind(post: Post) -> None:
    await post.knows(uuid7())
    await post.knows_milestone("2024-12")
    await post.tick()
    assert await post.plan() == {}
    await post.knows_milestone("2024-12-05", sequence=2)
    post.set_clock(2024, 11, 5)
    await post.tick()
    assert len(post.inbox.mails) == 2


@pytest.mark.usefixtures("known")
async def test_moved_after_it_was_queued_and_before_it_left(post: Post) -> None:
    post.set_clock(2024, 11, 5)
    await post.planner().tick()
    await post.knows_milestone("2024-12-20", sequence=2)
    await post.send()
    assert post.inbox.mails == []
    await post.tick()
    post.set_clock(2024, 11, 20)
    await post.tick()
    assert post.inbox.sent() == [(AMINA, "reminder"), (BAO, "reminder")]


async def test_an_older_snapshot_changes_nothing(post: Post, known: UUID) -> None:
    await post.knows(known, sequence=3, reported=REPORTED)
    await post.knows(known, sequence=2)
    await post.knows_milestone("2024-12-05", sequence=3)
    await post.knows_milestone("2024-11-20", sequence=2)
    rows = await post.service.rows("select last_reported_at, sequence from known_pledge")
    assert rows == [{"last_reported_at": REPORTED, "sequence": 3}]
    assert (await post.service.rows("select starts from known_milestone")) == [{"starts": "2024-12-05"}]


async def test_copies_that_are_cleared_and_read_anew_send_no_mail(post: Post, known: UUID) -> None:
    reporting = uuid7()
    await post.knows(reporting, sequence=2, reported=REPORTED)
    post.set_clock(2024, 11, 5)
    await post.tick()
    before = await post.service.rows("select pledge_id, title, sequence from known_pledge order by pledge_id")
    assert len(post.inbox.mails) == 2
    await post.rebuilds()
    await post.tick()  # nothing is known
    await post.knows_milestone()
    await post.tick()
    await post.knows(known, title="Schools")
    await post.knows(reporting, sequence=2, reported=REPORTED)
    await post.tick()
    assert len(post.inbox.mails) == 2
    assert await post.service.rows("select pledge_id, title, sequence from known_pledge order by pledge_id") == before


async def test_a_queued_mail_waits_while_its_pledges_are_read_anew(post: Post, known: UUID) -> None:
    post.set_clock(2024, 11, 5)
    await post.planner().tick()
    await post.rebuilds()
    await post.send()
    assert {(row["state"], row["reason"]) for row in await post.deliveries()} == {("deferred", "pledges_are_read_anew")}
    await post.knows(known)
    await post.knows_milestone()
    await post.run("update delivery set next_try_at = created_at")
    await post.send()
    assert len(post.inbox.mails) == 2


async def test_a_tombstone_ends_the_reminders(post: Post, known: UUID) -> None:
    await post.tick()
    async with post.service.database.transaction() as session:
        await copies.forget_pledge(session, str(known))
        await copies.forget_milestone(session, "elsewhere")
    post.set_clock(2024, 11, 5)
    await post.tick()
    assert post.inbox.mails == []
