"""What people type as numbers and dates."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.portal import entering
from services.portal.entering import Unclear, as_typed
from services.portal.language import languages
from shared.speaking import ENGLISH

EN = languages()[ENGLISH]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        (" ", None),
        ("1500", "1500"),
        ("1 500", "1500"),
        ("1\u202f500\u00a0000", "1500000"),
        ("1’500", "1500"),
        ("1,234,567", "1234567"),
        ("1,234.5", "1234.5"),
        ("2.5", "2.5"),
        ("2,5", "2.5"),
        ("0,125", "0.125"),
        ("-3", "-3"),
        ("٣", "3"),
    ],
)
def test_numbers_as_people_type_them(text: str, value: str | None) -> None:
    assert entering.number(text, EN) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    "text", ["many", "3 or 4", "40 %", "1e3", "1,2,3", "--1", "½", "NaN", "Infinity", "x" * 10_000]
)
def test_what_is_no_number_is_said_with_a_remedy(text: str) -> None:
    with pytest.raises(Unclear, match=r"no number\. Write digits, like 1500") as said:
        entering.number(text, EN)
    assert len(str(said.value)) < 200


def test_a_number_that_can_be_read_in_two_ways_is_not_guessed() -> None:
    with pytest.raises(Unclear, match=r"Write 1500 or 1\.500"):
        entering.number("1,500", EN)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("2026", "2026"),
        ("2026-06", "2026-06"),
        ("2026-6", "2026-06"),
        ("2026-06-30", "2026-06-30"),
        (" 2026/6/30 ", "2026-06-30"),
        ("06/2026", "2026-06"),
        ("June 2026", "2026-06"),
        ("jun 2026", "2026-06"),
        ("30 June 2026", "2026-06-30"),
        ("June 30th, 2026", "2026-06-30"),
        ("1st of June 2026", "2026-06-01"),
        ("30.06.2026", "2026-06-30"),
        ("30/06/2026", "2026-06-30"),
        ("06/30/2026", "2026-06-30"),
        ("06/06/2026", "2026-06-06"),
    ],
)
def test_dates_as_people_type_them(text: str, value: str | None) -> None:
    assert entering.day(text, EN) == value


@pytest.mark.parametrize(
    "text", ["soon", "the 1st", "26", "2026-02-31", "2026-13", "31 June 2026", "1 2 3 4", "0000", "5.6", "²"]
)
def test_what_is_no_date_is_said_with_a_remedy(text: str) -> None:
    with pytest.raises(Unclear, match="Write as much as you know"):
        entering.day(text, EN)


def test_a_date_that_can_be_read_in_two_ways_is_not_guessed() -> None:
    with pytest.raises(Unclear, match="Write 2026-05-06 or 2026-06-05"):
        entering.day("5/6/2026", EN)


@given(st.text())
def test_any_text_is_a_value_or_a_sentence(text: str) -> None:
    for read in (entering.number, entering.day, entering.reference):
        try:
            read(text, EN)
        except Unclear as fault:
            assert str(fault)  # noqa: PT017 - either is right, and nothing else


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**24), max_value=10**24))
def test_a_number_is_shown_as_it_can_be_typed(value: Decimal) -> None:
    assert entering.number(as_typed(value), EN) == value


@pytest.mark.parametrize(
    "text",
    ["01922f00-0000-7000-8000-000000000001", "https://x.example/pledges/01922F00-0000-7000-8000-000000000001/history"],
)
def test_a_pledge_is_named_by_its_address_too(text: str) -> None:
    assert entering.reference(text, EN) == UUID("01922f00-0000-7000-8000-000000000001")


def test_another_text_names_no_pledge() -> None:
    with pytest.raises(Unclear, match="Copy the address"):
        entering.reference("the one of Kalmora", EN)
    assert entering.reference(" ", EN) is None
