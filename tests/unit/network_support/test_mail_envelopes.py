"""Headers of mails: who wrote, to which of our addresses, and whether anybody did."""

import time

import pytest

from services.network_support.conversation.inbound.envelope import Envelope, Unreadable, envelope
from tests.support.raw_mails import plain, raw

OWN = "demo.invalid"


def read(mail: bytes) -> Envelope:
    return envelope(mail, OWN)


def test_a_mail_that_somebody_wrote() -> None:
    found = read(raw(to="reply+abc@reply.demo.invalid", message_id="<1@example.org>", Cc="b@example.org"))
    assert (found.sender, found.message_id) == ("amina@demo.invalid", "<1@example.org>")
    assert (found.recipients, found.automatic) == (2, None)
    assert found.arrived == ("reply+abc@reply.demo.invalid", "b@example.org")


def test_addresses_that_only_the_mailbox_has_seen() -> None:
    found = read(plain("Delivered-To: reply+blind@reply.demo.invalid", "X-Original-To: x@demo.invalid"))
    assert "reply+blind@reply.demo.invalid" in found.arrived


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("Auto-Submitted: auto-replied", "auto_submitted"),
        ("Auto-Submitted: auto-generated; owner=x", "auto_submitted"),
        ("auto-submitted: AUTO-NOTIFIED", "auto_submitted"),
        ("Precedence: bulk", "precedence"),
        ("Precedence: auto_reply", "precedence"),
        ("List-Id: <news.example.org>", "list_id"),
        ("List-Unsubscribe: <https://example.org/x>", "list_unsubscribe"),
        ("X-Autoreply: yes", "x_autoreply"),
        ("X-Autorespond: On holiday", "x_autorespond"),
        ("X-Auto-Response-Suppress: All", "x_auto_response_suppress"),
        ("X-Failed-Recipients: a@example.org", "x_failed_recipients"),
        ("Return-Path: <>", "no_return_path"),
        ("Content-Type: multipart/report; report-type=delivery-status; boundary=b", "report"),
        ("Content-Type: multipart/report; report-type=disposition-notification; boundary=b", "report"),
        ("X-GCM-Reason: focal_points; support_message", "own_mail"),
        ("Message-ID: <01922f00-0000-7000-8000-000000000001@demo.invalid>", "own_mail"),
        ("Message-ID: <01922f00-0000-7000-8000-000000000001@DEMO.INVALID>", "own_mail"),
    ],
)
def test_automatic_mails_are_known_by_their_marks(header: str, why: str) -> None:
    assert read(plain(header)).automatic == why


def test_postmasters_are_machines() -> None:
    for sender in ("MAILER-DAEMON@example.org", "Mail System <Mailer-Daemon@example.org>", "postmaster@example.org"):
        assert read(raw(sender=sender)).automatic == "machine"


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: no",
        "Precedence: normal",
        "X-Auto-Response-Suppress: DR",
        "Return-Path: <amina@demo.invalid>",
        "Message-ID: <01922f00-0000-7000-8000-000000000001@notdemo.invalid>",
        "Message-ID: <9F3C2A1B-0000-4000-8000-000000000001@demo.invalid>",  # a person's program, from our own domain
        "Subject: Automatic reply",  # what people write is no mark
    ],
)
def test_mails_that_somebody_wrote_are_not(header: str) -> None:
    assert read(plain(header)).automatic is None


@pytest.mark.parametrize(
    ("sender", "read_as"),
    [
        ("amina@demo.invalid", "amina@demo.invalid"),
        ('"Diallo, Amina" <amina@demo.invalid>', "amina@demo.invalid"),
        ("=?utf-8?B?QW1pbmE=?= <amina@demo.invalid>", "amina@demo.invalid"),
        ("a@example.org, b@example.org", ""),
        ("", ""),
        ("<<<>>>", ""),
    ],
)
def test_the_address_that_a_mail_says_it_is_from(sender: str, read_as: str) -> None:
    mail = b"From: " + sender.encode() + b"\r\nTo: x@example.org\r\n\r\nGeneva."
    assert read(mail).sender == read_as


@pytest.mark.parametrize(
    "mail",
    [
        b"A: b\r\n" * 500_000,
        b"\r\n".join(b"H%d: x" % number for number in range(5_000)) + b"\r\n\r\nGeneva.",
        b"To: " + b"a" * 2_000_000 + b"\r\n\r\nGeneva.",
    ],
)
def test_headers_without_end_are_refused_at_once(mail: bytes) -> None:
    began = time.perf_counter()
    with pytest.raises(Unreadable):
        read(mail)
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    "mail",
    [
        b"To: " + b",\r\n ".join(b"a%d@example.org" % number for number in range(10_000)) + b"\r\n\r\nGeneva.",
        b"From: " + b"(" * 100_000 + b"\r\n\r\n",
        b"From: " + b'"' * 100_000 + b"\r\n\r\n",
        b"From: " + b"=?utf-8?q?x?= " * 10_000 + b"\r\n\r\n",
        b"Content-Type: multipart/report" + b"; a=b" * 50_000 + b"\r\n\r\n",
        b"\x00\xff\xfe: \x80\r\n\r\n",
        b"no header at all",
        b"",
    ],
)
def test_odd_headers_are_read_in_bounded_time(mail: bytes) -> None:
    began = time.perf_counter()
    read(mail)
    assert time.perf_counter() - began < 2
