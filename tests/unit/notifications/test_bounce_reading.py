"""What a mail that comes back says, whatever it is made of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.deliveries.bounces.reading import Returned, hard, read
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
        *[(status, False) for status in ("5.2.2", "5.3.4", "5.4.6", "5.4.7", "5.6.7", "5.7.1", "5.7.26", "4.4.7", "")],
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
