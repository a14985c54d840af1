"""Dates of the precision that is known."""

import re
from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from shared.reference.dates import EXAMPLES, PATTERN, PartialDate

DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))
TEXTS = st.builds(lambda day, length: day.isoformat()[:length], DAYS, st.sampled_from([4, 7, 10]))
DATES = st.builds(PartialDate, TEXTS)


class Period(BaseModel):
    start: PartialDate | None = None
    end: PartialDate | None = None


@given(TEXTS)
def test_the_text_comes_back_as_it_was_written(text: str) -> None:
    found = PartialDate(text)
    assert str(found) == text
    assert found == PartialDate(text)
    assert hash(found) == hash(PartialDate(text))


@given(DATES)
def test_the_days_it_can_mean_are_those_that_begin_with_its_text(found: PartialDate) -> None:
    first, last = found.first_day(), found.last_day()
    assert first <= last
    assert first.isoformat().startswith(found.text)
    assert last.isoformat().startswith(found.text)
    assert not (first - timedelta(days=1)).isoformat().startswith(found.text)
    assert not (last + timedelta(days=1)).isoformat().startswith(found.text)


@pytest.mark.parametrize(("text", "precision"), [("2024", "year"), ("2024-11", "month"), ("2024-11-05", "day")])
def test_precision_is_what_was_written(text: str, precision: str) -> None:
    assert PartialDate(text).precision == precision


@given(DATES, DATES)
def test_ends_before_only_if_every_reading_is_before(end: PartialDate, start: PartialDate) -> None:
    assert end.ends_before(start) == (end.last_day() < start.first_day())
    assert not (end.ends_before(start) and start.ends_before(end))


@given(DATES)
def test_nothing_ends_before_itself_or_its_own_year(found: PartialDate) -> None:
    year = PartialDate(found.text[:4])
    assert not found.ends_before(found)
    assert not found.ends_before(year)
    assert not year.ends_before(found)


@pytest.mark.parametrize(
    ("end", "start", "before"),
    [
        ("2023", "2024", True),
        ("2024", "2024-11", False),
        ("2024-10", "2024-11", True),
        ("2024-11-05", "2024-11", False),
        ("2024-11-05", "2024-11-06", True),
    ],
)
def test_ends_before(end: str, start: str, before: bool) -> None:
    assert PartialDate(end).ends_before(PartialDate(start)) is before


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("2023-02-29", "write a day from 01 to 28"),
        ("2024-02-30", "write a day from 01 to 29"),
        ("2024-11-00", "write a day from 01 to 30"),
        ("2024-13", "write a month from 01 to 12"),
        ("2024-00-01", "write a month from 01 to 12"),
        ("1899", "write a year from 1900 to 2200"),
        ("2201-01-01", "write a year from 1900 to 2200"),
        ("", "write as much as you know"),
        ("24", "write as much as you know"),
        ("2024-1", "write as much as you know"),
        ("05.11.2024", "write as much as you know"),
        ("2024-11-05T00:00:00Z", "write as much as you know"),
        ("2024\n", "write as much as you know"),
        ("٢٠٢٤", "write as much as you know"),
    ],
)
def test_what_is_no_date_is_told_what_to_write(text: str, remedy: str) -> None:
    with pytest.raises(ValueError, match=remedy):
        PartialDate(text)


@given(st.integers(1900, 2200), st.integers(1, 12), st.integers(1, 31))
def test_days_that_do_not_exist_are_refused(year: int, month: int, day: int) -> None:
    text = f"{year}-{month:02}-{day:02}"
    if day <= monthrange(year, month)[1]:
        assert PartialDate(text).first_day() == date(year, month, day)
    else:
        with pytest.raises(ValueError, match="no such day"):
            PartialDate(text)


@given(TEXTS)
def test_a_model_takes_and_gives_the_text(text: str) -> None:
    period = Period.model_validate({"start": text})
    assert period.start == PartialDate(text)
    assert period.model_dump() == {"start": text, "end": None}
    assert Period.model_validate_json(period.model_dump_json()) == period
    assert Period(start=PartialDate(text)) == period


@pytest.mark.parametrize("value", ["2024-02-30", 2024, 20.24, ["2024"], date(2024, 11, 5)])
def test_a_model_names_one_fault_for_the_field(value: object) -> None:
    with pytest.raises(ValidationError) as raised:
        Period.model_validate({"end": value})
    assert [error["loc"] for error in raised.value.errors()] == [("end",)]
    assert "write" in raised.value.errors()[0]["msg"]


@given(TEXTS)
def test_the_schema_describes_every_date(text: str) -> None:
    assert re.search(PATTERN, text)


@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_the_schema_is_a_string_with_pattern_and_examples(mode: str) -> None:
    schema = TypeAdapter(PartialDate).json_schema(mode="validation" if mode == "validation" else "serialization")
    assert schema["type"] == "string"
    assert schema["pattern"] == PATTERN
    assert schema["examples"] == list(EXAMPLES)
    assert all(PartialDate(example) for example in EXAMPLES)


def test_it_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        PartialDate("2024").text = "2025"  # type: ignore[misc]


def test_half_a_character_is_shown_escaped() -> None:
    with pytest.raises(ValueError, match=r'"\\ud800" is no date'):
        PartialDate("\ud800")
