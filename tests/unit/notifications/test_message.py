"""The message on the wire: headers that nobody can add to, both texts, an identity that stays."""

from datetime import UTC, datetime
from email import message_from_string
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.content.renderer import Content
from services.notifications.deliveries.letters import Letter
from services.notifications.deliveries.mailer import mailbox, message

NOW = datetime(2024, 11, 5, 21, tzinfo=UTC)
HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "X-GCM-Reason",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
}


def wire(
    subject: str = "Published",
    name: str = "Amina",
    text: str = "Text",
    html: str = "<p>é</p>",
    address: str = "amina@demo.invalid",
) -> EmailMessage:
    """Made, sent, and read as a stranger would."""
    letter = Letter(address, name, Content("fr", subject, text, html), "focal_points; pledge_published")
    made = message(letter, sender="GCM pledges <no-reply@demo.invalid>", message_id="<1@demo.invalid>", now=NOW)
    sent = made.as_bytes(policy=SMTP if address.isascii() else SMTPUTF8)
    read = message_from_string(sent.decode(), policy=SMTPUTF8)  # RFC 6532: headers are UTF-8
    assert isinstance(read, EmailMessage)
    return read


def test_headers() -> None:
    read = wire()
    assert read["From"] == "GCM pledges <no-reply@demo.invalid>"
    assert read["To"] == "Amina <amina@demo.invalid>"
    assert read["Message-ID"] == "<1@demo.invalid>"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Content-Language"] == "fr"
    assert read["X-GCM-Reason"] == "focal_points; pledge_published"
    assert read["Date"] == "Tue, 05 Nov 2024 21:00:00 +0000"
    assert set(read.keys()) == HEADERS


def test_plain_text_comes_before_html() -> None:
    read = wire(text="Bonjour « Véridia »\n", html="<p>Bonjour « Véridia »</p>")
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_content().strip() for part in read.iter_parts()] == [
        "Bonjour « Véridia »",
        "<p>Bonjour « Véridia »</p>",
    ]


@pytest.mark.parametrize(
    "evil",
    [
        "Title\r\nBcc: everybody@example.org",
        "Title\nBcc: everybody@example.org\n\nBody",
        "Title\r\n\r\n<html>",
        "Title\u2028Bcc: everybody@example.org",
        "Title\x0bBcc: everybody@example.org",
        "Title\x00",
        "é" * 300 + "\r\nBcc: everybody@example.org",
        "=?utf-8?q?Title=0D=0ABcc:_everybody=40example.org?=",
        "a =?utf-8?b?VGl0bGUNCkJjYzogZXZlcnlib2R5QGV4YW1wbGUub3Jn?=",
    ],
)
def test_no_text_adds_a_header_or_a_recipient(evil: str) -> None:
    read = wire(subject=evil, name=evil)
    assert set(read.keys()) == HEADERS
    assert [address.addr_spec for address in read["To"].addresses] == ["amina@demo.invalid"]
    assert read.get_body(("plain",)).get_content() == "Text\r\n"  # type: ignore[union-attr]


@given(st.text(max_size=200), st.text(max_size=200))
def test_nor_does_any_other(subject: str, name: str) -> None:
    read = wire(subject, name)
    assert set(read.keys()) == HEADERS
    assert [address.addr_spec for address in read["To"].addresses] == ["amina@demo.invalid"]


ADDRESSES = st.one_of(
    st.emails(),
    st.text(max_size=20).map("a{}@demo.invalid".format),
    st.text(max_size=20).map("a@{}.invalid".format),
    st.text(st.sampled_from('a.@-"<>,;:=?\r\n\x00\uff20。é'), max_size=30).map("a@a{}".format),
)


@given(ADDRESSES, st.text(max_size=50))
def test_an_address_is_refused_or_the_only_one_that_the_mail_goes_to(address: str, name: str) -> None:
    try:
        expected = mailbox("", address).addr_spec
    except ValueError:
        return
    read = wire(name=name, address=address)
    assert set(read.keys()) == HEADERS
    assert [found.addr_spec for found in read["To"].addresses] == [expected]


def test_no_line_is_too_long_for_a_relay() -> None:
    read = wire(
        *("é" * 400, "n" * 400, "x" * 5000, "y" * 5000), address="a" * 64 + "@" + ".".join(["b" * 46] * 4) + ".c"
    )
    assert max(map(len, read.as_bytes().split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    "address",
    [
        "",
        "amina",
        "@demo.invalid",
        "amina@",
        "a\r\nb@demo.invalid",
        "a@b\r\nRCPT TO:<c@d>",
        "=?utf-8?q?a=0D=0ABcc:_b=40example.org?=@demo.invalid",
    ],
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever the email package says of it
        mailbox("Amina", address)


def test_international_addresses() -> None:
    assert mailbox("", "post@köln.example").addr_spec == "post@xn--kln-sna.example"
    assert mailbox("", "amïna@demo.invalid").addr_spec == "amïna@demo.invalid"
