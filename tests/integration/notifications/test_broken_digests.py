"""Digests that break on the way: each message is in one mail once, or ends with a reason."""

from typing import Any

import pytest

from tests.integration.notifications.support import NOT_STOPPED, Post
from tests.integration.notifications.test_digests import AMINA, DAILY, WEEKLY, given, nine, rows, states, told
from tests.integration.notifications.test_pauses import ended, paused
from tests.integration.notifications.test_sending import queued


async def due(post: Post) -> None:
    """One message that waits for its digest, whose time has come."""
    await given(post, **DAILY)
    await queued(post)
    await post.send()
    nine(post)


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


async def test_senders_at_the_same_time_put_all_into_one_mail_and_send_it_once(post: Post) -> None:
    await given(post, **DAILY)
    await queued(post, events=20)
    senders = [post.sender() for _ in range(4)]
    await post.send_by(*senders)
    nine(post)
    await post.send_by(*senders)
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
    await due(post)

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
    await due(post)
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
