"""What a person gets together in one mail: each message in it once, whatever breaks on the way."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from services.notifications.preferences.links import Links
from shared.events.people import PersonErased
from tests.integration.notifications.support import NOT_STOPPED, Post, address, text
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


async def test_one_that_was_kept_for_days_is_still_patient_with_the_relay(post: Post) -> None:
    await given(post, **WEEKLY)
    await queued(post)
    await post.send()
    await post.run("update delivery set created_at = created_at - interval '4 days'")
    nine(post, 8)
    post.inbox.rcpt[AMINA] = "451 4.3.0 later"
    await post.send()
    [digest] = await rows(post, digests=True)
    assert (digest["state"], digest["reason"]) == ("deferred", "smtp_451_4.3.0")
    assert await states(post) == {("deferred", "digest"): 1}
    post.inbox.rcpt.clear()
    await post.run("update delivery set next_try_at = created_at where template = 'digest'")
    await post.send()
    assert await states(post) == {("sent", "in_digest"): 1}


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


async def test_senders_at_the_same_time_put_all_into_one_mail_and_send_it_once(post: Post) -> None:
    await given(post, **DAILY)
    await queued(post, events=20)
    senders = [post.sender() for _ in range(4)]

    async def work(sender: Any) -> None:
        while await sender.once(NOT_STOPPED):
            pass

    await asyncio.gather(*map(work, senders))
    nine(post)
    await asyncio.gather(*map(work, senders))
    assert [told(mail) for mail in post.inbox.mails] == [20]
    assert await states(post) == {("sent", "in_digest"): 20}


@pytest.mark.parametrize("of", ["message", "digest"])
async def test_a_sender_that_dies_after_a_claim_loses_and_doubles_nothing(post: Post, of: str) -> None:
    await given(post, **DAILY)
    await queued(post, events=2)
    if of == "digest":
        await post.send()
        nine(post)
    claimed = await post.sender().claim()  # and is never heard of again
    assert len(claimed) == (1 if of == "digest" else 2)
    await post.send()
    assert post.inbox.mails == []
    await post.run("update delivery set lease_until = now() - interval '1 second' where state = 'sending'")
    await post.send()
    nine(post)
    await post.send()
    [mail] = post.inbox.mails
    assert told(mail) == 2
    [digest] = await rows(post, digests=True)
    assert mail["Message-ID"] == f"<{digest['id']}@demo.invalid>"
    assert await states(post) == {("sent", "in_digest"): 2}


async def test_one_whose_lease_runs_out_at_the_final_dot_is_the_same_mail_again(post: Post) -> None:
    """The one moment that nobody can decide: the copy has the same Message-ID, and what is in it counts once."""
    await given(post, **DAILY)
    await queued(post)
    await post.send()
    nine(post)

    async def overtaken() -> None:
        """While the relay takes its mail the sender's lease runs out, and another one sends it too."""
        post.inbox.before_data = None
        await post.run("update delivery set lease_until = now() - interval '1 second' where state = 'sending'")
        await post.sender().once(NOT_STOPPED)

    post.inbox.before_data = overtaken
    await post.send()
    assert len(post.inbox.mails) == 2
    assert len({mail["Message-ID"] for mail in post.inbox.mails}) == 1
    assert await states(post) == {("sent", "in_digest"): 1}


async def test_a_refused_digest_ends_its_messages_and_the_contact_is_lost_for_their_entity(post: Post) -> None:
    await given(post, **DAILY)
    await queued(post)
    await post.send()
    nine(post)
    post.inbox.rcpt[AMINA] = "550 5.1.1 nobody here"
    await post.send()
    assert await states(post) == {("failed", "smtp_550_5.1.1"): 1}
    lost = await post.service.rows("select payload from outbox where type = 'contact.lost.v1'")
    assert len(lost) == 1
    assert "veridia" in str(lost[0])


async def test_a_refused_digest_ends_none_that_it_did_not_tell(post: Post) -> None:
    await given(post, **DAILY)
    await queued(post)
    await post.hears("request.acknowledged.v1")
    await post.send()
    pause_id = await paused(post, "pledges")
    nine(post)
    post.inbox.rcpt[AMINA] = "550 5.7.1 not this one"
    await post.send()
    assert await states(post) == {("failed", "smtp_550_5.7.1"): 1, ("deferred", "digest"): 1}
    post.inbox.rcpt.clear()
    await ended(post, pause_id)
    await post.send()
    nine(post, 6)
    await post.send()
    assert [told(mail) for mail in post.inbox.mails] == [1]


async def test_one_that_cannot_be_put_together_for_days_ends_what_it_should_have_told(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise KeyError("digest")

    await given(post, **DAILY)
    await queued(post)
    await post.hears("request.acknowledged.v1")
    await post.send()
    await paused(post, "pledges")
    await post.run("update delivery set created_at = created_at - interval '4 days'")
    nine(post, 9)
    monkeypatch.setattr("services.notifications.deliveries.composing.of_digest", broken)
    await post.send()
    assert [(row["state"], row["reason"]) for row in await rows(post, digests=True)] == [("failed", "KeyError")]
    assert await states(post) == {("failed", "KeyError"): 1, ("deferred", "digest"): 1}


async def test_one_to_an_address_that_cannot_be_written_to_ends_what_it_told(post: Post) -> None:
    await given(post, **DAILY)
    post.people.addresses["amina"] = '"amina x"@demo.invalid'
    post.configure(environment="production")  # whom else it may write to is another question
    await queued(post)
    await post.send()
    nine(post)
    await post.send()
    assert await states(post) == {("suppressed", "address_unusable"): 1}
    nine(post, 6)
    await post.send()
    assert [row["reason"] for row in await rows(post, digests=True)] == ["address_unusable"]


async def test_what_an_older_release_left_of_a_digest_that_it_failed_is_in_the_next_one(post: Post) -> None:
    await given(post, **DAILY)
    await queued(post, events=2)
    await post.send()
    await post.run("update delivery set state = 'failed', reason = 'KeyError' where template = 'digest'")
    await post.send()
    assert await states(post) == {("deferred", "digest"): 2}
    assert [row["state"] for row in await rows(post, digests=True)] == ["failed", "queued"]
    nine(post)
    await post.send()
    assert [told(mail) for mail in post.inbox.mails] == [2]
    assert await states(post) == {("sent", "in_digest"): 2}


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
