"""What a mail that comes back says, whatever it is made of."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.deliveries.bounces import reading
from services.notifications.deliveries.bounces.reading import MOST, MOST_ADDRESSES, Returned, hard, read
from tests.support.bounces import complaint, report

PATH, AMINA = "bounces+abc@demo.invalid", "amina@demo.invalid"


def test_a_failure_says_whose_and_why() -> None:
    [found] = read(report(PATH, AMINA))
    assert found == Returned("hard", "5.1.1", (AMINA,), found.paths)
    assert PATH in found.paths


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        *[(status, True) for status in ("5.1.1", "5.1.10", "5.1.2", "5.2.1", "5.0.0", "5.4.1", "5.4.4")],
        *[(status, False) for status in ("5.1.7", "5.1.8", "5.2.2", "5.3.4", "5.4.6", "5.4.7", "5.6.7", "5.7.1")],
        *[(status, False) for status in ("5.7.26", "4.4.7", "")],
    ],
)
def test_only_a_mailbox_that_takes_no_mail_at_all_is_lost(status: str, *, expected: bool) -> None:
    assert hard(status) is expected
    if status:
        [found] = read(report(PATH, AMINA, status=status))
        assert found.kind == ("hard" if expected else "soft")


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", "FAILED?", ""])
def test_what_did_not_fail_says_nothing(action: str) -> None:
    assert read(report(PATH, AMINA, action=action)) == []


def test_the_address_as_it_was_written_is_told_beside_the_one_where_it_failed() -> None:
    raw = report(PATH, "other@elsewhere.example", original=AMINA)
    assert read(raw)[0].recipients == (AMINA, "other@elsewhere.example")


def test_an_international_address_of_rfc_6533() -> None:
    raw = report(PATH, r"am\x{EF}na@demo.invalid", kind="utf-8")
    assert read(raw)[0].recipients == ("amïna@demo.invalid",)


def test_a_complaint_by_what_it_holds_of_the_mail() -> None:
    [found] = read(complaint(PATH, AMINA))
    assert (found.kind, found.status) == ("complaint", "abuse")
    assert AMINA in found.recipients
    assert PATH in found.paths
    assert read(complaint(PATH, AMINA, kind="not-spam")) == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"Subject: I am on holiday\r\n\r\nBack on Monday. Status: 5.1.1\r\nAction: failed",
        b"Content-Type: multipart/report; report-type=delivery-status\r\n\r\nno parts",
        b'Content-Type: multipart/report; boundary="b"\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nx',
        b"Content-Type: multipart/report; boundary=" + b"b" * 10_000,
        (
            b'Content-Type: multipart/report; boundary="b"; charset="no-such"\r\n\r\n--b\r\n'
            b"Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!\r\n--b--"
        ),
        b"".join(
            b'Content-Type: multipart/report; boundary="%d"\r\n\r\n--%d\r\n' % (depth, depth) for depth in range(3000)
        ),
    ],
)
def test_what_is_no_report_says_nothing(raw: bytes) -> None:
    assert read(raw) == []


@given(st.binary(max_size=2000))
def test_nor_does_anything_else(raw: bytes) -> None:
    assert read(raw) == []


@given(st.binary(max_size=200), st.integers(0, 600))
def test_a_report_that_was_damaged_is_read_or_not_and_breaks_nothing(junk: bytes, at: int) -> None:
    whole = report(PATH, AMINA)
    read(whole[:at] + junk + whole[at:])


def _report(*blocks: str, to: str = PATH) -> bytes:
    head = f"To: {to}\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\n"
    status = "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
    return (head + status + "\r\n".join(blocks) + "\r\n--b--\r\n").encode()


def _failed(recipient: str) -> str:
    return f"Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        _report(_failed(AMINA), to="a" * 900_000),
        _report(_failed(AMINA), to="a@" * 400_000),
        _report(_failed("a" * 900_000)),
        _report(_failed(AMINA), to="; ".join(["a" * 300] * 3_000)),
        _report(*[_failed(AMINA)] * 5_000, to="\r\nTo: ".join([PATH] * 5_000)),
        b"Content-Type: multipart/report; boundary=b" + b"; a=b" * 200_000 + b"\r\n\r\n--b\r\n",
        _report("\r\n" * 400_000),
        b"Content-Type: multipart/report; boundary=b\r\n\r\n" + b"--b\r\nContent-Type: message/x\r\n\r\n" * 20_000,
    ],
)
def test_what_is_made_to_hurt_is_read_in_no_time(raw: bytes) -> None:
    """Each took minutes, with no other request answered meanwhile."""
    began = time.process_time()
    found = read(raw)
    assert time.process_time() - began < 5
    assert len(found) <= MOST


def test_addresses_are_looked_for_where_they_stand_and_are_few() -> None:
    assert read(_report(_failed(AMINA), to="x" * 2_000 + f" <{PATH}>"))[0].paths == ()
    assert read(_report(_failed(AMINA), to=f"{'x' * 1_000} <{PATH}>"))[0].paths == (PATH,)
    to = ", ".join(f"a{number}@example.org" for number in range(50))
    assert len(read(_report(_failed(to), to=to))[0].paths) == MOST_ADDRESSES
    assert len(read(_report(_failed(to)))[0].recipients) == MOST_ADDRESSES
    assert len(read(_report(*[_failed(AMINA)] * (MOST + 1)))) == MOST


@pytest.mark.parametrize("error", [AttributeError, AssertionError, IndexError, RecursionError, TypeError])
def test_whatever_the_parser_raises_it_is_no_report(monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(reading, "message_from_bytes", broken)
    assert read(report(PATH, AMINA)) == []
