"""Each step mails exactly the persons of the mail table (docs/mails.md), and no others."""

import asyncio

import pytest
from sqlalchemy import text as sql
from uuid_utils.compat import uuid7

from shared.events.envelope import Data
from shared.events.examples import EXAMPLES
from shared.events.pledges import PledgeStep
from shared.events.registry import TYPES
from shared.messaging.inbox import Outcome
from tests.integration.notifications.inbox import text, to
from tests.integration.notifications.people import address
from tests.integration.notifications.support import Post, pledge

DESK, AMINA, BAO, KOFI = (address(person) for person in ("nora", "amina", "bao", "kofi"))
TABLE = {
    "pledge.submitted.v1": [(AMINA, "pledge_received"), (BAO, "pledge_received"), (DESK, "pledge_submitted")],
    "pledge.changes_requested.v1": [(AMINA, "pledge_changes_requested"), (BAO, "pledge_changes_requested")],
    "pledge.resubmitted.v1": [(DESK, "pledge_resubmitted")],
    "pledge.published.v1": [(AMINA, "pledge_published"), (BAO, "pledge_published")],
    "pledge.acceptance_asked.v1": [(AMINA, "acceptance_asked"), (BAO, "acceptance_asked")],
    "pledge.sign_off_asked.v1": [(KOFI, "sign_off_asked")],
    "pledge.evidence_declined.v1": [
        (AMINA, "evidence_declined"),
        (BAO, "evidence_declined"),
        (address("dario"), "evidence_declined_author"),
    ],
    "request.received.v1": [(AMINA, "support_received"), (BAO, "support_received"), (DESK, "support_requested")],
    "request.refused.v1": [(AMINA, "support_refused"), (BAO, "support_refused")],
    "request.acknowledged.v1": [(AMINA, "support_acknowledged"), (BAO, "support_acknowledged")],
    "request.drafted.v1": [(AMINA, "support_drafted"), (BAO, "support_drafted")],
    "request.accepted.v1": [(AMINA, "support_accepted"), (BAO, "support_accepted")],
    "request.redirected.v1": [(AMINA, "support_redirected"), (BAO, "support_redirected")],
    "request.declined.v1": [(AMINA, "support_declined"), (BAO, "support_declined")],
    "request.merged.v1": [(AMINA, "support_merged"), (BAO, "support_merged")],
    "request.matched.v1": [(AMINA, "support_matched"), (BAO, "support_matched")],
    "request.released.v1": [(AMINA, "support_released"), (BAO, "support_released")],
    "request.delivered.v1": [(AMINA, "support_delivered"), (BAO, "support_delivered")],
    "request.closed.v1": [(AMINA, "support_closed"), (BAO, "support_closed")],
    "request.reopened.v1": [(DESK, "support_reopened")],
    "request.withdrawn.v1": [(DESK, "support_withdrawn")],
    "request.message.v1": [
        (AMINA, "support_message"),
        (BAO, "support_message"),
        (address("dario"), "support_message_asker"),
    ],
    "request.reply.v1": [(DESK, "support_reply")],
    "request.mail_not_taken.v1": [(AMINA, "support_mail_not_taken")],
    "offer.submitted.v1": [(DESK, "offer_submitted")],
    "offer.returned.v1": [(AMINA, "offer_returned"), (BAO, "offer_returned")],
    "offer.accepted.v1": [(AMINA, "offer_accepted"), (BAO, "offer_accepted")],
    "offer.matched.v1": [(AMINA, "offer_matched"), (BAO, "offer_matched")],
    "membership.handed_over.v1": [(AMINA, "handover_former"), (address("bruno"), "handover_successor")],
    "membership.handover_withdrawn.v1": [
        (AMINA, "handover_withdrawn_former"),
        (address("bruno"), "handover_withdrawn_successor"),
    ],
    "invitation.issued.v1": [(address("dora"), "invitation")],
}


@pytest.mark.parametrize("type_", TYPES)
async def test_the_recipients_of_every_event(post: Post, type_: str) -> None:
    post.people.delegates["veridia"] = ["dario"]
    await post.hears(type_)
    await post.send()
    assert post.inbox.sent() == TABLE.get(type_, [])
    assert {row["state"] for row in await post.deliveries()} <= {"sent"}


async def test_an_entity_that_nobody_acts_for_costs_nothing(post: Post) -> None:
    await post.hears("pledge.published.v1", pledge(uuid7(), entity="nowhere"))
    await post.send()
    assert post.inbox.sent() == []
    assert [(row["state"], row["people"]) for row in await post.service.rows("select * from mailing")] == [("done", 0)]


async def test_each_in_their_own_language_with_the_fields_that_staff_named(post: Post) -> None:
    post.people.languages = {"amina": "fr", "bao": "de"}
    await post.hears("pledge.changes_requested.v1")
    await post.send()
    mails = {mail["To"].addresses[0].username: mail for mail in post.inbox.mails}
    assert (mails["amina"]["Content-Language"], mails["bao"]["Content-Language"]) == ("fr", "en")
    assert "- période" in text(mails["amina"])
    assert "- period" in text(mails["bao"])
    assert "http://public.test/my/pledges/" in text(mails["bao"])


async def test_what_another_entity_files_is_told_to_both_each_its_own(post: Post) -> None:
    step = EXAMPLES["pledge.acceptance_asked.v1"]
    post.people.filed_by = "Kalmora"
    for type_ in ("pledge.submitted.v1", "pledge.acceptance_asked.v1"):
        await post.hears(type_, step)
    await post.send()
    assert post.inbox.sent() == [
        (AMINA, "acceptance_asked"),
        (BAO, "acceptance_asked"),
        (KOFI, "pledge_received"),
        (DESK, "pledge_submitted"),
    ]
    [received] = [mail for mail in post.inbox.mails if to(mail) == KOFI]
    assert "once Veridia has accepted it" in " ".join(text(received).split())


async def test_a_partner_is_led_to_the_report_that_awaits_its_answer(post: Post) -> None:
    await post.hears("pledge.sign_off_asked.v1")
    await post.send()
    [mail] = post.inbox.mails
    assert "/answer?entity=kalmora&update=2" in text(mail)
    assert (await post.deliveries())[0]["facts"] == {"update": 2}


async def test_who_made_a_report_as_focal_point_is_told_once(post: Post) -> None:
    post.people.author = ""
    await post.hears("pledge.evidence_declined.v1")
    await post.send()
    assert post.inbox.sent() == [(AMINA, "evidence_declined"), (BAO, "evidence_declined")]
    [suppressed] = [row for row in await post.deliveries() if row["template"] == "evidence_declined_author"]
    assert (suppressed["state"], suppressed["reason"]) == ("suppressed", "focal_point")
    assert suppressed["person_id"] == f"{suppressed['pledge_id']}/2"  # a report, and no person


async def test_many_events_need_few_questions(post: Post) -> None:
    for _ in range(30):
        await post.hears("pledge.submitted.v1")
    await post.expander().once()
    assert post.people.asked["/contacts/search"] == 1
    assert len(await post.deliveries()) == 90


async def test_the_same_event_again_after_the_inbox_was_pruned_mails_nobody_again(post: Post) -> None:
    event_id = uuid7()
    assert set(await post.hears("pledge.published.v1", event_id=event_id)) == {Outcome.HANDLED}
    await post.send()
    await post.run("delete from inbox")
    post.people.focal_points["veridia"].append("successor")  # came after the event
    assert set(await post.hears("pledge.published.v1", event_id=event_id)) == {Outcome.HANDLED}
    await post.send()
    assert post.inbox.sent() == TABLE["pledge.published.v1"]


async def test_a_mailing_that_is_opened_again_mails_nobody_again(post: Post) -> None:
    await post.hears("pledge.published.v1")
    await post.send()
    await post.run("update mailing set state = 'open'")
    await post.send()
    assert post.inbox.sent() == TABLE["pledge.published.v1"]


async def test_who_took_too_long_to_find_recipients_writes_to_nobody(post: Post) -> None:
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        arrived.set()
        await go_on.wait()

    await post.hears("pledge.published.v1")
    post.people.before = lambda _: None if arrived.is_set() else hold()
    slow = asyncio.create_task(post.expander().once())
    await arrived.wait()
    await post.run("update mailing set next_try_at = created_at")  # its lease has run out
    await post.send()
    post.people.focal_points["veridia"].append("successor")  # whom the slow one finds
    go_on.set()
    await slow
    await post.send()
    assert post.inbox.sent() == TABLE["pledge.published.v1"]


async def test_a_person_found_twice_gets_one_mail(post: Post) -> None:
    post.people.focal_points["veridia"] = ["amina", "amina"]
    await post.hears("pledge.published.v1")
    await post.send()
    assert post.inbox.sent() == [(AMINA, "pledge_published")]


async def test_rows_hold_ids_and_codes_and_nothing_that_people_wrote(post: Post) -> None:
    step: Data = PledgeStep(
        pledge_id=uuid7(), entity_id="veridia", state="changes_requested", revision=3, fields=["title"]
    )
    await post.hears("pledge.changes_requested.v1", step)
    await post.send()
    dump = str(await post.deliveries()) + str(await post.service.rows("select * from mailing"))
    assert "changes_requested" in dump
    assert not any(secret in dump for secret in ("demo.invalid', 'name", "amina@", "Amina", "Schools", "Veridia"))


async def test_no_connection_is_held_while_the_pledges_service_thinks(post: Post) -> None:
    held = []
    query = sql(
        "select count(*) from pg_stat_activity where datname = current_database() and usename = current_user"
        " and state like 'idle in %'"
    )

    async def look() -> None:
        async with post.service.database.transaction() as session:
            held.append(await session.scalar(query))

    post.configure(smtp_connections=1)  # of several, one may be settling its mail meanwhile
    post.people.before = lambda _: look()
    post.inbox.before_data = look
    await post.hears("pledge.submitted.v1")
    await post.send()
    assert held == [0] * (1 + 3 + 3)  # one search, three contacts, three mails


async def test_while_the_pledges_service_is_away_mailings_wait(post: Post) -> None:
    post.people.down = True
    await post.hears("pledge.published.v1")
    with pytest.raises(Exception, match="does not answer"):
        await post.expander().once()
    assert await post.expander().once() is False  # not at once again
    post.people.down = False
    await post.run("update mailing set next_try_at = created_at")
    await post.send()
    assert post.inbox.sent() == TABLE["pledge.published.v1"]


async def test_an_invitation_that_was_withdrawn_meanwhile_is_not_sent(post: Post) -> None:
    await post.hears("invitation.issued.v1")
    post.people.invited = ""
    await post.send()
    assert post.inbox.sent() == []
    assert [(row["state"], row["reason"]) for row in await post.deliveries()] == [("suppressed", "over")]


async def test_a_handover_that_was_withdrawn_before_its_mail_left_is_told_as_withdrawn_only(post: Post) -> None:
    await post.hears("membership.handed_over.v1")
    await post.hears("membership.handover_withdrawn.v1")
    post.people.withdrawn = True
    await post.send()
    assert post.inbox.sent() == TABLE["membership.handover_withdrawn.v1"]
    assert sorted((row["state"], row["reason"]) for row in await post.deliveries() if row["reason"]) == [
        ("suppressed", "over"),
        ("suppressed", "over"),
    ]


async def test_mails_about_memberships_are_kept_as_numbers_only(post: Post) -> None:
    post.people.languages[address("dora")] = "fr"
    await post.hears("membership.handed_over.v1")
    await post.hears("invitation.issued.v1")
    await post.send()
    [mail] = [mail for mail in post.inbox.mails if to(mail) == address("dora")]
    assert "http://public.test/invitations/gAAAA_invitation" in text(mail)
    assert "Vous êtes invité(e) à agir pour Veridia" in text(mail)
    for table in ("mailing", "delivery"):
        # `whose` is the id by which an erasure finds what is kept of an address
        rows = await post.service.rows(f"select * from {table}")  # noqa: S608
        kept = str([{name: value for name, value in row.items() if name != "whose"} for row in rows])
        assert not [word for word in ("amina", "bruno", "dora", "gAAAA") if word in kept.lower() + kept]


async def test_an_outage_does_not_cost_the_mail_about_a_membership(post: Post) -> None:
    await post.hears("membership.handed_over.v1")
    await post.expander().once()
    post.people.down = True
    await post.send()
    assert {row["state"] for row in await post.deliveries()} == {"deferred"}
