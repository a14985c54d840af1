"""One mail each, whatever breaks: two senders, crashes, refusals, outages."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.notifications.deliveries import smtp
from services.notifications.deliveries.sender import MARGIN
from tests.integration.notifications.people import address
from tests.integration.notifications.support import NOT_STOPPED, Post

AMINA, BAO = address("amina"), address("bao")


async def queued(post: Post, events: int = 1) -> None:
    """Deliveries to both focal points of Veridia for each event."""
    for _ in range(events):
        await post.hears("pledge.published.v1")
    while await post.expander().once():
        pass


async def try_again(post: Post) -> None:
    """Time passes until the next attempt is due."""
    await post.run("update delivery set next_try_at = created_at where state in ('queued', 'deferred')")
    await post.send()


async def none_left(post: Post) -> None:
    """All wait for another attempt; of those that were not tried, it is the first."""
    rows = await post.deliveries()
    assert {row["state"] for row in rows} <= {"queued", "deferred"}
    assert all((row["state"] == "deferred") == bool(row["attempts"]) == bool(row["reason"]) for row in rows)
    assert any(row["attempts"] for row in rows)


async def only(post: Post) -> dict[str, Any]:
    [found] = [row for row in await post.deliveries() if row["person_id"] == "amina"]
    return found


async def test_two_senders_at_the_same_time_send_each_mail_once(post: Post) -> None:
    await queued(post, events=20)
    await post.send_by(*(post.sender() for _ in range(4)))
    assert len(post.inbox.mails) == 40
    assert len({mail["Message-ID"] for mail in post.inbox.mails}) == 40


async def test_a_crash_after_the_claim_sends_once_with_the_same_identity(post: Post) -> None:
    post.people.focal_points["veridia"] = ["amina"]
    await queued(post)
    crashed = post.sender()
    [claimed] = await crashed.claim()
    await post.send()
    assert post.inbox.mails == []  # the lease still holds
    await post.run("update delivery set lease_until = created_at")
    await post.send()
    assert [mail["Message-ID"] for mail in post.inbox.mails] == [claimed.message_id]
    assert claimed.message_id == f"<{claimed.id}@demo.invalid>"
    row = await only(post)
    assert (row["state"], row["attempts"]) == ("sent", 2)


async def test_who_lost_the_lease_neither_sends_nor_settles(post: Post) -> None:
    """A sender is held up between its claim and DATA until another has taken over."""
    post.people.focal_points["veridia"] = ["amina"]
    await queued(post)
    slow, arrived, go_on = post.sender(), asyncio.Event(), asyncio.Event()
    slow.lease = MARGIN + timedelta(seconds=0.3)

    async def hold() -> None:
        arrived.set()
        await go_on.wait()

    post.people.before = lambda path: None if arrived.is_set() or path != "/contacts/resolve" else hold()
    working = asyncio.create_task(slow.once(NOT_STOPPED))
    await arrived.wait()
    await asyncio.sleep(0.4)  # the rest of its lease no longer suffices for DATA
    await post.run("update delivery set lease_until = created_at")
    await post.sender().once(NOT_STOPPED)
    go_on.set()
    await working
    assert len(post.inbox.mails) == 1
    assert (await only(post))["state"] == "sent"


async def test_a_short_lease_is_given_back_right_before_data(post: Post) -> None:
    await queued(post)
    sender = post.sender()
    sender.lease = MARGIN
    await sender.once(NOT_STOPPED)
    assert post.inbox.mails == []
    row = await only(post)
    assert (row["state"], row["attempts"], row["lease_token"]) == ("queued", 0, None)
    await post.send()
    assert len(post.inbox.mails) == 2


@pytest.mark.parametrize("where", ["rcpt", "data"])
async def test_4xx_is_tried_again_and_holds_up_nobody_else(post: Post, where: str) -> None:
    getattr(post.inbox, where)[AMINA] = "451 4.3.0 try later"
    await queued(post)
    await post.send()
    assert post.inbox.sent() == [(BAO, "pledge_published")]
    row = await only(post)
    assert (row["state"], row["reason"], row["attempts"]) == ("deferred", "smtp_451_4.3.0", 1)
    assert row["next_try_at"] > row["created_at"] + timedelta(seconds=50)
    getattr(post.inbox, where).clear()
    await try_again(post)
    assert post.inbox.sent() == [(AMINA, "pledge_published"), (BAO, "pledge_published")]


@pytest.mark.parametrize("where", ["rcpt", "data"])
async def test_5xx_fails_for_good_without_repeating_what_the_relay_said(post: Post, where: str) -> None:
    getattr(post.inbox, where)[AMINA] = f"550 5.1.1 <{AMINA}> is unknown here"
    await queued(post)
    await post.send()
    await try_again(post)
    assert post.inbox.sent() == [(BAO, "pledge_published")]
    row = await only(post)
    assert (row["state"], row["reason"]) == ("failed", "smtp_550_5.1.1")


async def test_a_relay_that_is_down_loses_nothing(post: Post) -> None:
    await post.inbox.stop()
    await queued(post, events=8)
    await post.send()
    rows = await post.deliveries()
    assert sum(row["attempts"] for row in rows) <= 4  # one for each connection; the others were not even tried
    await none_left(post)
    await post.inbox.start()
    await try_again(post)
    assert len(post.inbox.mails) == 16


async def test_a_relay_that_says_goodbye_gets_the_rest_later(post: Post) -> None:
    post.inbox.data["*"] = "421 4.3.2 closing"
    await queued(post, events=2)
    await post.send()
    await none_left(post)
    post.inbox.data.clear()
    await try_again(post)
    assert len(post.inbox.mails) == 4


async def test_a_relay_that_falls_silent_is_given_up_and_asked_again(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "DATA_TIMEOUT", 0.2)
    silent = asyncio.Event()
    post.inbox.before_data = silent.wait
    await queued(post)
    await post.send()
    await none_left(post)
    post.inbox.before_data = None
    silent.set()  # the mail that was under way arrives after all: the one case that cannot be decided
    await try_again(post)
    per_mail = {mail["Message-ID"] for mail in post.inbox.mails}
    assert len(per_mail) == 2  # whoever gets one twice can see that it is the same


async def test_a_sender_refused_by_the_relay_is_our_fault_and_costs_no_mail(post: Post) -> None:
    async def handle_MAIL(*_: Any) -> str:  # noqa: N802 - aiosmtpd's name
        return "553 5.7.1 sender not allowed"

    post.inbox.handle_MAIL = handle_MAIL  # type: ignore[attr-defined]
    await queued(post)
    await post.send()
    await none_left(post)


async def test_a_few_connections_carry_all_batches(post: Post) -> None:
    await queued(post, events=50)
    await post.send()
    assert len(post.inbox.mails) == 100
    assert post.inbox.connections <= 4


async def test_a_membership_that_ended_meanwhile_suppresses_the_mail(post: Post) -> None:
    await queued(post)
    post.people.focal_points["veridia"] = ["bao"]
    await post.send()
    assert post.inbox.sent() == [(BAO, "pledge_published")]
    row = await only(post)
    assert (row["state"], row["reason"]) == ("suppressed", "no_membership")


async def test_real_people_get_nothing_from_a_test_system(post: Post) -> None:
    post.people.focal_points["veridia"] = ["minister@interior.gov.example", "amina"]
    await queued(post)
    await post.send()
    assert post.inbox.sent() == [(AMINA, "pledge_published")]
    reasons = {row["person_id"]: row["reason"] for row in await post.deliveries()}
    assert reasons["minister@interior.gov.example"] == "address_not_allowed_here"


async def test_an_address_in_another_script_arrives_by_smtputf8(post: Post) -> None:
    post.people.focal_points["veridia"] = ["amïna@demo.invalid"]
    await queued(post)
    await post.send()
    assert post.inbox.sent() == [("amïna@demo.invalid", "pledge_published")]


async def test_a_domain_in_another_script_arrives_as_dns_has_it(post: Post) -> None:
    post.people.focal_points["veridia"] = ["amina@köln.demo.invalid"]
    await queued(post)
    await post.send()
    assert post.inbox.sent() == [("amina@xn--kln-sna.demo.invalid", "pledge_published")]


@pytest.mark.parametrize(
    "evil",
    [
        "a@example.org\r\nBcc: b@demo.invalid",
        "a\x01@demo.invalid",
        "a@evil.example\uff20.demo.invalid",
        "=?utf-8?q?a=0D=0ABcc:_b=40example.org?=@demo.invalid",
        "a" * 65 + "@demo.invalid",
    ],
)
async def test_an_address_that_cannot_be_written_to_holds_up_no_other(post: Post, evil: str) -> None:
    post.people.focal_points["veridia"] = [evil, "bao"]
    await queued(post)
    await post.send()
    assert post.inbox.sent() == [(BAO, "pledge_published")]


@pytest.mark.parametrize(
    "evil", ["T\r\nBcc: x@example.org", "=?utf-8?q?T=0D=0ABcc:_x=40example.org?=", "<b>T</b>\n.\nQUIT"]
)
async def test_a_hostile_title_is_only_a_title(post: Post, evil: str) -> None:
    post.people.title = evil
    await queued(post)
    await post.send()
    assert post.inbox.sent() == [(AMINA, "pledge_published"), (BAO, "pledge_published")]
    assert all(mail["Bcc"] is None for mail in post.inbox.mails)
    html = post.inbox.mails[0].get_body(("html",))
    assert html is not None
    assert "<b>" not in html.get_content()


async def test_a_mail_that_cannot_be_made_holds_up_no_other(post: Post) -> None:
    await queued(post)
    await post.run("update delivery set template = 'unheard_of' where person_id = 'amina'")
    await post.send()
    assert post.inbox.sent() == [(BAO, "pledge_published")]
    row = await only(post)
    assert (row["state"], row["reason"]) == ("deferred", "KeyError")


async def test_while_the_pledges_service_is_away_mails_wait(post: Post) -> None:
    await queued(post)
    post.people.down = True
    await post.send()
    assert {(row["state"], row["reason"]) for row in await post.deliveries()} == {("deferred", "contacts_unavailable")}
    post.people.down = False
    await try_again(post)
    assert len(post.inbox.mails) == 2


async def test_a_process_that_ends_gives_back_what_it_claimed(post: Post) -> None:
    await queued(post, events=3)
    stop = asyncio.Event()
    post.inbox.before_data = stop.set
    await post.sender().once(stop)
    left = len(post.inbox.mails)
    assert 1 <= left <= 4  # those that were under way
    rows = await post.deliveries()
    states = sorted((row["state"], row["attempts"]) for row in rows)
    assert states == [("queued", 0)] * (6 - left) + [("sent", 1)] * left


async def test_event_mails_do_not_mind_where_the_business_clock_stands(post: Post) -> None:
    post.set_clock(2030, 1, 1)
    await queued(post)
    post.set_clock(2024, 9, 2)
    await post.send()
    assert len(post.inbox.mails) == 2
    assert post.inbox.mails[0]["Date"].startswith("Mon, 02 Sep 2024")


async def test_the_application_cannot_delete_what_keeps_mails_from_going_out_twice(post: Post) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import ProgrammingError

    for table in ("mailing", "delivery", "reminder", "reminder_delivery"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with post.service.database.transaction() as session:
                await session.execute(text(f"delete from {table}"))  # noqa: S608 - names from the line above
