"""The message on the wire: headers that nobody can add to, both texts, an identity that stays."""

import re
from datetime import UTC, datetime
from email import message_from_string
from email.header import decode_header
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.content.renderer import Content
from services.notifications.deliveries.letters import Letter
from services.notifications.deliveries.mailer import header, mailbox, message
from services.notifications.deliveries.mailer import wire as wire_of

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


LONG = [
    "تعهد: برنامج تعليم اللاجئين في المخيمات والمدن — خطة العمل الوطنية للسنوات الخمس القادمة (2024) تم نشره",
    "承诺已公布： 为难民和 收容社区 提供教育 — 国家 行动计划 2024-2028 年 第一阶段 与 UNHCR 合作 执行 的 方案",
    "Опубликовано обязательство: доступ беженцев к образованию и труду — национальный план действий на 2024-2028 годы",
    "Engagement publié : accès des réfugiés à l’éducation, à l’emploi, à la santé — plan d’action national 2024 – 2028",
    "Published: a plan in plain letters only, which is so long that it is folded over two lines at the very least 2024",
    "Schools — and then a long part of it in plain letters, which the email package would leave as it is, then 语言",
]


@pytest.mark.parametrize("subject", LONG)
@pytest.mark.parametrize("address", ["amina@demo.invalid", "أمينة@demo.invalid"])
def test_a_subject_over_several_lines_says_what_was_written(subject: str, address: str) -> None:
    assert wire(subject=subject, address=address)["Subject"] == subject
    lines = subject_lines(subject, address)
    assert len(lines) > 1
    assert max(map(len, lines)) <= 78
    assert joined(lines) == subject


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=250))
def test_so_does_any_other(subject: str) -> None:
    assert joined(subject_lines(subject)) == header(subject, 300)


def subject_lines(subject: str, address: str = "amina@demo.invalid") -> list[str]:
    letter = Letter(address, "Amina", Content("fr", subject, "Text", "<p>x</p>"), "focal_points; pledge_published")
    made = message(letter, sender="GCM <no-reply@demo.invalid>", message_id="<1@demo.invalid>", now=NOW)
    raw = wire_of(made, "bounces@demo.invalid", None).content.split(b"\r\n\r\n")[0].decode()
    return next(re.finditer("^Subject:[^\r]*(\r\n[ \t][^\r]*)*", raw, re.MULTILINE))[0].split("\r\n")


def joined(lines: list[str]) -> str:
    """As RFC 2047, 6.2 has it: what stands between two encoded words is not shown."""
    unfolded = "".join(lines).removeprefix("Subject:").strip()
    if "=?" not in unfolded:
        return unfolded
    words = unfolded.split()
    assert all(re.fullmatch(r"=\?utf-8\?[bq]\?[^? ]+\?=", word) for word in words)
    assert all(len(word) <= 75 for word in words)
    found = (decode_header(word)[0] for word in words)
    return "".join(raw.decode(charset) for raw, charset in found if charset)


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
