"""What is in a mail: files, HTML, machines' words, and what is made to hurt. Every mail ends in a stated outcome."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from services.network_support.conversation.inbound.receiving import LARGEST_MAIL
from services.network_support.conversation.lifecycle import MOST_ANSWERS
from tests.integration.network_support.arriving import GATEWAY, address, arrives, mails, told
from tests.integration.network_support.support import DELEGATE, STAFF, Support
from tests.integration.network_support.test_conversation import begun, path, said
from tests.support.files import PDF
from tests.support.raw_mails import nested, plain, raw

ELF = b"\x7fELF\x02\x01\x01" + b"\x00" * 100
MZ = b"MZ\x90\x00" + b"\x00" * 200


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
