"""Answers by mail: only the address that a mail comes to tells whose it is, and every mail ends in a stated outcome."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.network_support.conversation.inbound.filing import Filing
from services.network_support.conversation.inbound.receiving import LARGEST_MAIL
from services.network_support.conversation.lifecycle import MOST_ANSWERS
from tests.integration.network_support.support import DELEGATE, FOCAL_POINT, OTHER, REVIEWER, STAFF, VIEWER, Support
from tests.integration.network_support.test_conversation import MACHINE, begun, path, said
from tests.support.api import MAIL
from tests.support.files import PDF
from tests.support.raw_mails import nested, plain, raw
from tests.support.tokens import bearer

GATEWAY = {"Authorization": f"Bearer {MAIL.inbound_secret}", "Content-Type": "message/rfc822"}
ELF = b"\x7fELF\x02\x01\x01" + b"\x00" * 100
MZ = b"MZ\x90\x00" + b"\x00" * 200


async def arrives(support: Support, mail: bytes) -> list[str]:
    answer = await support.service.client.post("/inbound/mail", content=mail, headers=GATEWAY)
    assert answer.status_code == 200, answer.text
    outcomes: list[str] = answer.json()["outcomes"]
    return outcomes


async def address(support: Support, request: dict[str, Any], person: str = FOCAL_POINT) -> str:
    wanted = {"request_id": request["request_id"], "person_id": person}
    made: str = (await support.post("/messages/resolve", wanted, MACHINE)).json()["reply_to"]
    return made


async def mails(support: Support) -> list[dict[str, Any]]:
    """What staff see of those that arrived, the oldest first."""
    items: list[dict[str, Any]] = (await support.get("/inbound/mails?limit=100", STAFF)).json()["items"]
    return items[::-1]


async def told(support: Support) -> list[str]:
    """Why people were written to about their mails."""
    rows = [row for row in await support.service.outbox() if row.type == "request.mail_not_taken.v1"]
    return [row.data["reason"] for row in rows]


async def test_an_answer_by_mail_is_the_answer(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge, "needs_info")
    text = "Geneva.\n\nOn Monday, GCM pledges <no-reply@demo.invalid> wrote:\n> Which consulates?\n"
    mail = raw(await address(support, request), text, files=(("plan.pdf", PDF),))
    assert await arrives(support, mail) == ["accepted"]
    [_, message] = await said(support, request)
    assert message | {"at": None} == {
        "number": 2,
        "sender": "requester",
        "internal": False,
        "asks": False,
        "text": "Geneva.",
        "quoted": "On Monday, GCM pledges <no-reply@demo.invalid> wrote:\n> Which consulates?",
        "language": None,
        "channel": "mail",
        "elsewhere": False,
        "left_out": [],
        "at": None,
    }
    assert (await support.read(request))["state"] == "triage"
    [row] = await support.service.rows("select person, by from request_history where step = 'answered'")
    assert row == {"person": FOCAL_POINT, "by": "entity"}
    [file] = (await support.get(path(request, "attachments"), STAFF)).json()["items"]
    assert (file["name"], file["message"], file["by"]) == ("plan.pdf", 2, "entity")
    assert (await support.get(path(request, f"attachments/{file['attachment_id']}"), STAFF)).content == PDF
    [line] = await mails(support)
    assert (line["outcome"], line["request_id"], line["number"]) == ("accepted", request["request_id"], 2)
    assert "request.reply.v1" in await support.events()


async def test_subject_and_from_give_nobody_anything(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    subject = f"Re: [{request['request_id']}]"
    mail = plain(f"Subject: {subject}", "To: support@reply.demo.invalid", "In-Reply-To: <request@demo.invalid>")
    assert await arrives(support, mail) == ["unknown_address"]
    assert await said(support, request) == []


async def test_a_forged_from_acts_for_nobody_but_whose_address_it_is(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    mail = raw(await address(support, request, DELEGATE), sender="Amina Diallo <amina@demo.invalid>")
    assert await arrives(support, mail) == ["accepted"]
    [row] = await support.service.rows("select person from message")
    assert row["person"] == DELEGATE
    assert [one["elsewhere"] for one in await said(support, request)] == [True]
    for reader in (bearer(FOCAL_POINT), REVIEWER):
        assert [one["elsewhere"] for one in await said(support, request, reader)] == [None]


@pytest.mark.parametrize("place", [10, 20, 40])
async def test_a_forged_address_is_unknown(support: Support, pledge: UUID, place: int) -> None:
    request = await begun(support, pledge)
    made = await address(support, request)
    forged = made[:place] + ("a" if made[place] != "a" else "b") + made[place + 1 :]
    assert await arrives(support, raw(forged)) == ["unknown_address"]
    assert (await said(support, request), await told(support)) == ([], [])


@pytest.mark.parametrize("person", [OTHER, VIEWER, "gone"])
async def test_who_is_no_member_any_more_is_not_heard(support: Support, pledge: UUID, person: str) -> None:
    request = await begun(support, pledge)
    assert await arrives(support, raw(await address(support, request, person))) == ["not_a_member"]
    assert (await said(support, request), await told(support)) == ([], [])


async def test_a_membership_that_ends_ends_the_address(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    to = await address(support, request, DELEGATE)
    assert await arrives(support, raw(to)) == ["accepted"]
    del support.people.roles[DELEGATE]
    assert await arrives(support, raw(to, message_id="<2@example.org>")) == ["not_a_member"]


async def test_long_after_the_end_the_address_is_over_and_the_person_is_told(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    to = await address(support, request)
    await support.post(path(request, "withdraw"), seen=3)
    assert await arrives(support, raw(to)) == ["accepted"]
    support.service.set_clock(support.moment.business + timedelta(days=91))
    assert await arrives(support, raw(to, message_id="<2@example.org>")) == ["expired"]
    assert await told(support) == ["expired"]
    [*_, event] = await support.service.outbox()
    asked = {"request_id": request["request_id"], "mail_id": event.data["mail_id"]}
    assert (await support.post("/messages/resolve", asked, MACHINE)).json()["person_id"] == FOCAL_POINT


async def test_while_it_is_not_known_who_may_write_the_mail_comes_again(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    mail = raw(await address(support, request))
    support.people.down = True
    answer = await support.service.client.post("/inbound/mail", content=mail, headers=GATEWAY)
    assert (answer.status_code, await mails(support)) == (503, [])
    support.people.down = False
    assert await arrives(support, mail) == ["accepted"]


async def test_the_same_mail_twice_is_one(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    to = await address(support, request)
    mail = raw(to)
    by_another_way = b"Received: from elsewhere\r\n" + mail + b"\r\n"
    for again in (mail, mail, by_another_way, mail.replace(b"\r\n", b"\n")):
        assert await arrives(support, again) == ["accepted"]
    assert len(await said(support, request)) == len(await mails(support)) == 1
    assert await arrives(support, raw(to, "Something else.")) == ["accepted"]  # a Message-ID alone proves nothing
    assert await arrives(support, raw(to, message_id="<2@example.org>")) == ["accepted"]
    assert len(await said(support, request)) == 3


async def test_the_same_mail_at_the_same_time_is_one(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    mail = raw(await address(support, request), files=(("plan.pdf", PDF),))
    assert await asyncio.gather(*(arrives(support, mail) for _ in range(6))) == [["accepted"]] * 6
    assert len(await said(support, request)) == len(await mails(support)) == 1
    assert len((await support.get(path(request, "attachments"), STAFF)).json()["items"]) == 1


async def test_a_mail_to_two_requests_is_said_on_both_and_twice_on_none(support: Support, pledge: UUID) -> None:
    one, other = await begun(support, pledge), await support.opened(pledge)
    to = [await address(support, one), await address(support, other), await address(support, one, DELEGATE)]
    assert await arrives(support, raw(", ".join(to))) == ["accepted"] * 2
    assert (len(await said(support, one)), len(await said(support, other))) == (1, 1)


@pytest.mark.parametrize(
    ("name", "program"),
    [("plan.pdf", ELF), ("setup.exe", MZ), ("../../x", b"#!/bin/sh\nrm -rf /"), ("plan.docx", b"PK\x03\x04broken")],
)
async def test_a_program_is_left_out_and_the_text_stands(
    support: Support, pledge: UUID, name: str, program: bytes
) -> None:
    request = await begun(support, pledge)
    mail = raw(await address(support, request), files=((name, program), ("good.pdf", PDF)))
    assert await arrives(support, mail) == ["accepted"]
    [message] = await said(support, request)
    assert message["text"] == "Geneva and Nairobi."
    [left_out] = message["left_out"]
    assert left_out["problem"]
    assert left_out["remedy"]
    files = (await support.get(path(request, "attachments"), STAFF)).json()["items"]
    assert [file["name"] for file in files] == ["good.pdf"]
    assert await told(support) == ["files_left_out"]


async def test_a_picture_in_the_text_is_nothing_to_be_told_of(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    body = (
        b"--b\r\nContent-Type: text/html\r\n\r\n<p>Geneva.</p>\r\n"
        b"--b\r\nContent-Type: image/png\r\nContent-ID: <logo>\r\n\r\nPNG\r\n--b--\r\n"
    )
    head = f"To: {await address(support, request)}", "Content-Type: multipart/related; boundary=b"
    assert await arrives(support, plain(*head, body=body)) == ["accepted"]
    assert await told(support) == []


async def test_more_files_than_a_mail_may_have(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    files = tuple((f"plan-{number}.pdf", PDF) for number in range(25))
    assert await arrives(support, raw(await address(support, request), files=files)) == ["accepted"]
    [message] = await said(support, request)
    assert len(message["left_out"]) == 5


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Precedence: bulk",
        "X-Autoreply: yes",
        "List-Id: <x.example.org>",
        "Return-Path: <>",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
    ],
)
async def test_an_automatic_mail_changes_nothing_and_is_never_answered(
    support: Support, pledge: UUID, header: str
) -> None:
    request = await begun(support, pledge, "needs_info")
    mail = plain(f"To: {await address(support, request)}", header, body=b"I am on holiday.")
    assert await arrives(support, mail) == ["automatic"]
    assert (await support.read(request))["state"] == "needs_info"
    assert (len(await said(support, request)), await told(support)) == (1, [])
    [line] = await mails(support)
    assert (line["request_id"], line["answered"]) == (request["request_id"], False)


async def test_ten_thousand_recipients_are_no_answer(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    many = ", ".join(f"a{number}@example.org" for number in range(10_000))
    head = f"To: {await address(support, request)}, {many}".encode()
    mail = b"From: amina@demo.invalid\r\n" + head + b"\r\n\r\nGeneva."
    assert await arrives(support, mail) == ["mass_mail"]
    assert (await said(support, request), await told(support)) == ([], [])


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (nested(200), "nested_too_deep"),
        (plain("Content-Type: multipart/mixed; boundary=b", body=b"--b\r\n" * 50_000), "too_many_parts"),
        (plain(body=b""), "empty"),
    ],
)
async def test_a_broken_mail_is_told_to_who_sent_it(support: Support, pledge: UUID, more: bytes, why: str) -> None:
    request = await begun(support, pledge)
    mail = f"Delivered-To: {await address(support, request)}\r\n".encode() + more
    assert await arrives(support, mail) == ["broken"]
    assert [line["detail"] for line in await mails(support)] == [why]
    assert await told(support) == ["broken"]


async def test_a_bomb_of_headers_is_broken_whoever_it_is_for(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    mail = f"To: {await address(support, request)}\r\n".encode() + b"A: b\r\n" * 100_000 + b"\r\nGeneva."
    assert await arrives(support, mail) == ["broken"]
    assert (await said(support, request), await told(support)) == ([], [])


async def test_html_alone_is_kept_as_text(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    html = "<script>alert(1)</script><p>Geneva &amp; Nairobi</p><img src='https://tracker.example'>"
    assert await arrives(support, raw(await address(support, request), None, html=html)) == ["accepted"]
    assert [one["text"] for one in await said(support, request)] == ["Geneva & Nairobi"]


@pytest.mark.parametrize("mail", [b"", b"\x00", b"\r\n\r\n", bytes(range(256)) * 50, b"A" * 1_000_000])
async def test_what_is_no_mail_has_an_outcome_too(support: Support, mail: bytes) -> None:
    assert await arrives(support, mail) in (["unknown_address"], ["broken"])
    assert len(await mails(support)) == 1


async def test_a_mail_of_more_than_30_megabytes_is_refused_in_plain_words(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    mail = raw(await address(support, request)) + b"A" * LARGEST_MAIL
    answer = await support.service.client.post("/inbound/mail", content=mail, headers=GATEWAY)
    assert (answer.status_code, "30,000,000" in answer.json()["detail"]) == (413, True)

    async def parts() -> AsyncIterator[bytes]:
        for start in range(0, len(mail), 1_000_000):
            yield mail[start : start + 1_000_000]

    answer = await support.service.client.post("/inbound/mail", content=parts(), headers=GATEWAY)
    assert answer.status_code == 413  # also when it was not said before how long it would be
    assert await said(support, request) == []


async def test_a_mail_of_almost_30_megabytes_is_taken(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    pdf = PDF + b"\n" + b"%" * 20_000_000 + b"\n%%EOF\n"
    assert await arrives(support, raw(await address(support, request), files=(("plan.pdf", pdf),))) == ["accepted"]
    assert [one["left_out"] for one in await said(support, request)] == [[]]


async def test_nobody_gets_more_than_a_few_answers_a_day(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    to = await address(support, request)
    for number in range(MOST_ANSWERS + 3):
        mail = plain(f"To: {to}", f"Message-ID: <{number}@example.org>", body=b"")
        assert await arrives(support, mail) == ["broken"]
    assert len(await told(support)) == MOST_ANSWERS
    assert [line["answered"] for line in await mails(support)] == [True] * MOST_ANSWERS + [False] * 3
    await arrives(support, plain(f"To: {await address(support, request, DELEGATE)}", body=b""))
    assert len(await told(support)) == MOST_ANSWERS + 1  # somebody else


async def test_only_the_gateway_brings_mails(support: Support) -> None:
    mail = raw()
    for who in (STAFF, MACHINE, {}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer "}):
        assert (await support.service.client.post("/inbound/mail", content=mail, headers=who)).status_code == 403
    for who, status in ((bearer(FOCAL_POINT), 403), (REVIEWER, 403), (STAFF, 200)):
        assert (await support.get("/inbound/mails", who)).status_code == status


async def test_what_is_kept_of_refused_mails_is_nothing_of_anybody(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    to = await address(support, request)
    for mail in (raw("zanzibar@example.org", "zanzibar"), plain(f"To: {to}", "Precedence: bulk", body=b"zanzibar")):
        await arrives(support, mail)
    [kept] = await support.service.rows("select string_agg(mail_in::text, ' ') as all from mail_in")
    assert not {"zanzibar", "amina", "@"} & set(kept["all"].lower().replace("@", " @ ").split())
    answer = await support.get("/inbound/mails?outcome=automatic", STAFF)
    assert [line["detail"] for line in answer.json()["items"]] == ["precedence"]
    [kept] = await support.service.rows("select string_agg(reply_address::text, ' ') as all from reply_address")
    assert to.partition("+")[2].partition("@")[0] not in kept["all"]


async def test_an_answer_about_a_merged_request_arrives_where_it_goes_on(support: Support, pledge: UUID) -> None:
    merged, into = await begun(support, pledge), await support.opened(pledge)
    to = await address(support, merged)
    body = {"into": into["request_id"], "reason": "The same."}
    assert (await support.post(path(merged, "merge"), body, STAFF, seen=3)).status_code == 200
    assert await arrives(support, raw(to)) == ["accepted"]
    assert (len(await said(support, merged)), len(await said(support, into))) == (0, 1)
    for who in (STAFF, bearer(FOCAL_POINT)):
        answer = await support.post(path(merged), {"text": "Hello."}, who)
        assert (answer.status_code, answer.json()["into"]) == (409, into["request_id"])


async def test_an_answer_is_not_lost_when_its_request_is_merged_while_it_is_read(
    support: Support, pledge: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    merged, into = await begun(support, pledge), await support.opened(pledge)
    mail = raw(await address(support, merged))
    take = Filing.take

    async def meanwhile(self: Filing, files: Any) -> Any:
        body = {"into": into["request_id"], "reason": "The same."}
        assert (await support.post(path(merged, "merge"), body, STAFF, seen=3)).status_code == 200
        return await take(self, files)

    with monkeypatch.context() as context:
        context.setattr(Filing, "take", meanwhile)
        answer = await support.service.client.post("/inbound/mail", content=mail, headers=GATEWAY)
    assert answer.status_code == 503  # the gateway brings it again
    assert await mails(support) == []
    assert await arrives(support, mail) == ["accepted"]
    assert (len(await said(support, merged)), len(await said(support, into))) == (0, 1)
