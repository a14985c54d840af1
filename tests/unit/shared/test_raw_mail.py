"""What is too much to be read of a mail, told from its raw bytes."""

import pytest

from shared.raw_mail import LARGEST_HEADERS, LONGEST_HEADER, MOST_NESTED, MOST_PARAMETERS, MOST_STEPS, too_much
from tests.support.raw_mails import nested, plain, raw

MANY = "; a=b" * (MOST_PARAMETERS + 1)
LONG = "; name=" + "n" * LONGEST_HEADER


@pytest.mark.parametrize("name", ["Content-Type", "CONTENT-TYPE", "Content-Disposition"])
@pytest.mark.parametrize("value", [MANY, LONG, ";\r\n a=b" * (MOST_PARAMETERS + 1), "\r\n\t" + LONG, "\r " + LONG])
def test_a_header_with_too_many_parameters_or_too_long(name: str, value: str) -> None:
    assert too_much(plain(f"{name}: text/plain{value}")) == "headers_too_large"
    inner = plain("Content-Type: multipart/mixed; boundary=b", body=f"--b\r\n{name}: x{value}\r\n\r\nx".encode())
    assert too_much(inner) == "headers_too_large"
    assert too_much(f"{name}: x{value}\n\nx".encode()) == "headers_too_large"
    assert too_much(f"A: b\r{name}: x{value}\r\rx".encode()) == "headers_too_large"  # so does the email package


def test_what_only_looks_like_one_is_none() -> None:
    assert too_much(plain(f"Subject: Content-Type: {MANY}", body=f"> Content-Type: x{MANY}\r\n".encode())) is None
    assert too_much(plain("Content-Type: text/plain", body=b"\r\n  " + MANY.encode())) is None


def test_many_that_are_almost_too_long() -> None:
    head = b"--b\r\nContent-Type: text/plain; name=" + b"n" * (LONGEST_HEADER - 100) + b"\r\n\r\nx\r\n"
    most = LARGEST_HEADERS // LONGEST_HEADER
    assert too_much(plain("Content-Type: multipart/mixed; boundary=b", body=head * (most // 2))) is None
    assert too_much(plain("Content-Type: multipart/mixed; boundary=b", body=head * (most * 2))) == "headers_too_large"


@pytest.mark.parametrize("kind", ["multipart/mixed; boundary=b", "message/rfc822", "message/external-body"])
def test_what_is_nested_too_deep(kind: str) -> None:
    assert too_much(f"Content-Type: {kind}\r\n\r\n".encode() * (MOST_NESTED + 1)) == "nested_too_deep"


def test_lines_count_more_the_deeper_they_lie() -> None:
    lines = b"x\n" * (MOST_STEPS // 20)
    assert too_much(nested(10) + lines) is None
    assert too_much(nested(30) + lines) == "nested_too_deep"


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_lines_count_however_they_end(end: bytes) -> None:
    assert too_much(b"x" + end * 50, most_lines=100) is None
    assert too_much(b"x" + end * 150, most_lines=100) == "too_many_lines"


def test_what_people_send_is_not_too_much() -> None:
    files = tuple((f"{number} план работы.pdf", b"%PDF" * 1_000) for number in range(20))
    assert too_much(raw(html="<p>Geneva.</p>", files=files)) is None
