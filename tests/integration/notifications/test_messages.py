"""Mails about what is said of a request: the text is asked at the moment of sending, and answers have an address."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest

from shared.events.support import MailNotTaken, RequestMessage
from tests.integration.notifications.inbox import text
from tests.integration.notifications.people import address
from tests.integration.notifications.support import Post

REQUEST, PLEDGE = UUID(int=1), UUID(int=2)


def message(**changed: Any) -> RequestMessage:
    plain: Mapping[str, Any] = {"request_id": REQUEST, "pledge_id": PLEDGE, "entity_id": "veridia", "number": 1}
    return RequestMessage(**{**plain, **changed})


async def test_what_staff_write_goes_to_focal_points_and_to_who_asked(post: Post) -> None:
    post.people.delegates["veridia"] = ["dario"]
    await post.hears("request.message.v1", message())
    await post.send()
    assert post.inbox.sent() == [
        (address("amina"), "support_message"),
        (address("bao"), "support_message"),
        (address("dario"), "support_message_asker"),
    ]
    for mail in post.inbox.mails:
        [person] = [one for one in ("amina", "bao", "dario") if address(one) == mail["To"].addresses[0].addr_spec]
        assert "Which consulates?" in text(mail)
        assert [one.addr_spec for one in mail["Reply-To"].addresses] == [f"reply+{person}@reply.demo.invalid"]
        assert "are not read" not in text(mail)
        assert mail["Auto-Submitted"] == "auto-generated"
        assert f"/my/pledges/{PLEDGE}/support/{REQUEST}" in text(mail)


async def test_who_asked_as_focal_point_is_told_once(post: Post) -> None:
    post.people.asker = "amina"
    await post.hears("request.message.v1", message())
    await post.send()
    assert post.inbox.sent() == [(address("amina"), "support_message"), (address("bao"), "support_message")]
    reasons = {row["template"]: row["reason"] for row in await post.deliveries() if row["state"] == "suppressed"}
    assert reasons == {"support_message_asker": "focal_point"}


async def test_nothing_of_a_message_is_stored(post: Post) -> None:
    await post.hears("request.message.v1", message())
    await post.send()
    for table in ("mailing", "delivery"):
        [kept] = await post.service.rows(f"select string_agg(t::text, ' ') as all from {table} t")  # noqa: S608
        assert "consulates" not in kept["all"]
        assert "reply+" not in kept["all"]


async def test_a_message_that_is_none_for_them_is_not_sent(post: Post) -> None:
    post.people.messages.clear()
    await post.hears("request.message.v1", message())
    await post.send()
    assert post.inbox.mails == []
    assert {row["reason"] for row in await post.deliveries() if row["person_id"] == "amina"} == {"no_such_message"}


async def test_while_the_text_cannot_be_asked_the_mail_waits(post: Post) -> None:
    def fail(path: str) -> None:
        if path == "/messages/resolve":
            post.people.down = True

    post.people.before = fail
    await post.hears("request.message.v1", message())
    await post.send()
    assert post.inbox.mails == []
    assert {row["state"] for row in await post.deliveries()} & {"sent", "suppressed", "failed"} == set()


async def test_what_the_requester_writes_is_told_to_the_desk_without_its_text(post: Post) -> None:
    await post.hears("request.reply.v1", message())
    await post.send()
    assert post.inbox.sent() == [(address("nora"), "support_reply")]
    [mail] = post.inbox.mails
    assert "consulates" not in text(mail)
    assert f"/desk/requests/{REQUEST}" in text(mail)
    assert mail["Reply-To"] is None


@pytest.mark.parametrize("person", ["amina", "dario", "gone"])
async def test_a_mail_that_was_not_taken_is_told_to_whose_address_it_came_to(post: Post, person: str) -> None:
    post.people.delegates["veridia"] = ["dario"]
    post.people.writer = person
    data = {"request_id": REQUEST, "pledge_id": PLEDGE, "entity_id": "veridia", "mail_id": UUID(int=3)}
    await post.hears("request.mail_not_taken.v1", MailNotTaken.model_validate(data | {"reason": "too_large"}))
    await post.send()
    told = [] if person == "gone" else [(address(person), "support_mail_not_taken")]
    assert post.inbox.sent() == told
    for mail in post.inbox.mails:
        assert "It was too large." in text(mail)
        assert (mail["Reply-To"], mail["Auto-Submitted"]) == (None, "auto-generated")


async def test_mails_about_a_request_can_be_answered(post: Post) -> None:
    for type_ in ("request.received.v1", "request.acknowledged.v1", "request.refused.v1"):
        await post.hears(type_)
    await post.send()
    answered = {mail["X-GCM-Reason"].partition("; ")[2] for mail in post.inbox.mails if mail["Reply-To"]}
    assert answered == {"support_received", "support_acknowledged"}


async def test_a_reply_address_with_more_in_it_begins_no_header(post: Post) -> None:
    post.people.messages[1] = "Dear all,\r\nBcc: everybody@example.org\r\n\r\nSubject: x\x00"
    await post.hears("request.message.v1", message())
    await post.send()
    assert len(post.inbox.mails) == 2
    assert all(mail["Bcc"] is None and "Bcc: everybody" in text(mail) for mail in post.inbox.mails)
