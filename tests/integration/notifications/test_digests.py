"""What a person gets together in one mail: each message in it once, whatever breaks on the way."""

from collections import Counter
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from uuid_utils.compat import uuid7

from services.notifications.preferences.links import Links
from shared.events.people import PersonErased
from tests.integration.notifications.inbox import text
from tests.integration.notifications.people import address
from tests.integration.notifications.support import Post
from tests.integration.notifications.test_headers import ways
from tests.integration.notifications.test_pauses import ended, paused
from tests.integration.notifications.test_preferences import choose
from tests.integration.notifications.test_sending import queued
from tests.support.api import MAIL_KEYS

AMINA = address("amina")
DAILY: dict[str, Any] = {"off": [], "rhythm": "daily"}
WEEKLY: dict[str, Any] = {"off": [], "rhythm": "weekly", "weekday": "friday"}


async def given(post: Post, **choice: Any) -> None:
    """Amina alone acts for Veridia, and chose so; it is Monday, 4 November 2024, noon."""
    post.people.focal_points = {"veridia": ["amina"], "kalmora": ["kofi"]}
    await choose(post, **choice)
    post.set_clock(2024, 11, 4, 12)


def nine(post: Post, day: int = 5) -> None:
    post.set_clock(2024, 11, day, 9)


async def rows(post: Post, *, digests: bool = False) -> list[dict[str, Any]]:
    return [row for row in await post.deliveries() if (row["template"] == "digest") == digests]


async def states(post: Post) -> Counter[tuple[str, str | None]]:
    return Counter((row["state"], row["reason"]) for row in await rows(post))


def told(mail: EmailMessage) -> int:
    """How many messages are in it."""
    return text(mail).count("\n- ")


async def test_what_happens_in_a_day_is_one_mail_at_nine_of_the_next(post: Post) -> None:
    await given(post, **DAILY)
    await queued(post, events=2)
    await post.hears("request.acknowledged.v1")
    await post.send()
    assert post.inbox.mails == []
    assert await states(post) == {("deferred", "digest"): 3}
    [digest] = await rows(post, digests=True)
    assert (digest["person_id"], digest["not_before"]) == ("amina", datetime(2024, 11, 5, 9, tzinfo=UTC))
    nine(post)
    await post.send()
    [mail] = post.inbox.mails
    assert mail["Subject"] == "Your news in one mail (3 messages)"
    assert told(mail) == 3
    assert "Network staff have seen the request" in text(mail)
    html = mail.get_body(("html",))
    assert html is not None
    assert html.get_content().count("See the published pledge</a>") == 2
    assert await states(post) == {("sent", "in_digest"): 3}
    [digest] = await rows(post, digests=True)
    assert (digest["state"], digest["reason"]) == ("sent", None)
    await post.send()
    assert len(post.inbox.mails) == 1


async def test_weekly_comes_on_its_day_and_what_comes_after_it_in_the_next_week(post: Post) -> None:
    await given(post, **WEEKLY)
    await queued(post)
    await post.send()
    nine(post, 7)
    await post.send()
    assert post.inbox.mails == []
    nine(post, 8)  # Friday
    await post.send()
    assert [told(mail) for mail in post.inbox.mails] == [1]
    await queued(post)
    await post.send()
    assert len(post.inbox.mails) == 1
    assert [row["not_before"] for row in await rows(post, digests=True)][-1] == datetime(2024, 11, 15, 9, tzinfo=UTC)


async def test_reminders_and_what_nobody_can_turn_off_keep_their_own_day(post: Post) -> None:
    await given(post, **DAILY)
    await post.knows(uuid7())
    await post.knows_milestone()
    nine(post)
    await post.tick()
    assert post.inbox.sent() == [(AMINA, "reminder")]
    await post.hears("membership.handed_over.v1")
    await post.send()
    assert (AMINA, "handover_former") in post.inbox.sent()


async def test_what_is_turned_off_or_paused_meanwhile_is_not_in_it(post: Post) -> None:
    await given(post, **DAILY)
    await queued(post)
    await post.hears("request.acknowledged.v1")
    await post.send()
    await choose(post, off=["support"], rhythm="daily")
    pause_id = await paused(post, "pledges")
    nine(post)
    await post.send()
    assert post.inbox.mails == []
    assert (await rows(post, digests=True))[0]["reason"] == "nothing_to_tell"
    assert await states(post) == {("suppressed", "turned_off"): 1, ("deferred", "digest"): 1}
    await ended(post, pause_id)
    await post.send()
    nine(post, 6)
    await post.send()
    assert [told(mail) for mail in post.inbox.mails] == [1]


async def test_what_a_pause_kept_from_its_digest_is_in_the_next_one_however_old(post: Post) -> None:
    await given(post, **WEEKLY)
    await queued(post)
    await post.send()
    pause_id = await paused(post, "pledges")
    nine(post, 8)  # Friday
    await post.send()
    assert [row["reason"] for row in await rows(post, digests=True)] == ["nothing_to_tell"]
    await post.run("update delivery set created_at = created_at - interval '3 days'")
    assert (await ended(post, pause_id))["skipped"] == 0
    await post.send()
    nine(post, 15)
    await post.send()
    assert [told(mail) for mail in post.inbox.mails] == [1]
    assert await states(post) == {("sent", "in_digest"): 1}


async def test_another_rhythm_lets_go_what_waits(post: Post) -> None:
    await given(post, **WEEKLY)
    await queued(post, events=2)
    await post.send()
    await choose(post, off=[], rhythm="at_once")
    await post.send()
    assert [told(mail) for mail in post.inbox.mails] == [2]
    await queued(post)
    await post.send()
    assert post.inbox.sent() == [(AMINA, "digest"), (AMINA, "pledge_published")]


async def test_a_digest_waits_for_the_end_of_quiet_hours(post: Post) -> None:
    await given(post, **DAILY, quiet_from="08:00", quiet_until="18:30")
    await queued(post)
    await post.send()
    assert [row["not_before"] for row in await rows(post, digests=True)] == [datetime(2024, 11, 5, 18, 30, tzinfo=UTC)]


async def test_one_click_in_a_digest_stops_what_it_collects_and_can_be_undone(post: Post) -> None:
    await given(post, **DAILY)
    await queued(post)
    await post.send()
    nine(post)
    await post.send()
    [mail] = post.inbox.mails
    _, leave = ways(mail)
    assert f"<{leave}>" == mail["List-Unsubscribe"]
    held = {"token": leave.rpartition("/")[2]}
    assert Links(MAIL_KEYS).stop(held["token"]).stops == "digest"
    stopped = (await post.service.client.post("/unsubscribe", json=held)).json()
    assert (stopped["category"], stopped["off_since"] is None) == ("digest", False)
    off = "select category from mail_preference where off_since is not null order by category"
    assert [row["category"] for row in await post.service.rows(off)] == ["desk", "pledges", "support"]
    assert (await post.service.client.post("/unsubscribe/undo", json=held)).json()["off_since"] is None
    assert await post.service.rows(off) == []


async def test_fifty_are_in_one_mail_and_the_rest_in_a_second(post: Post) -> None:
    await given(post, **DAILY)
    await queued(post, events=53)
    await post.send()
    nine(post)
    await post.send()
    assert sorted(told(mail) for mail in post.inbox.mails) == [3, 50]
    assert await states(post) == {("sent", "in_digest"): 53}
    assert max(len(str(mail)) for mail in post.inbox.mails) < 102_000


async def test_nothing_that_waits_in_a_digest_goes_to_who_was_erased(post: Post) -> None:
    await given(post, **DAILY)
    await queued(post)
    await post.send()
    await post.hears("person.erased.v1", PersonErased(erasure_id=uuid7(), person_id="amina"))
    nine(post)
    await post.send()
    assert post.inbox.mails == []
    assert await states(post) == {("suppressed", "person_erased"): 1}


async def test_a_member_who_left_is_told_nothing_more(post: Post) -> None:
    await given(post, **DAILY)
    await queued(post)
    await post.send()
    post.people.focal_points = {"veridia": ["bao"]}
    nine(post)
    await post.send()
    assert post.inbox.mails == []
    assert await states(post) == {("suppressed", "no_membership"): 1}
