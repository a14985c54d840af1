"""Milestones as iCalendar, read again by the library that others use too: identity, order, days, languages."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from services.notifications.calendar.entries import Entries, Entry, Place, calendar, in_calendars
from services.notifications.content.words import LANGUAGES

PLACE = Place("demo.invalid", "https://pledges.example")
TOLD = datetime(2024, 9, 2, 9, tzinfo=UTC)


def entry(**changed: Any) -> Entry:
    plain: dict[str, Any] = {
        "code": "plenary-2024",
        "names": {"en": "Plenary 2024", "fr": "Plénière 2024", "ar": "الجلسة العامة 2024"},
        "starts": "2024-12-05",
        "ends": None,
        "time_zone": "America/New_York",
        "tentative": False,
        "cancelled": False,
        "sequence": 3,
        "told_at": TOLD,
    }
    return Entry(**(plain | changed))


def read(*entries: Entry, language: str = "en", **how: Any) -> Calendar:
    return Calendar.from_ical(calendar(entries, language, PLACE, **how))


def event(language: str = "en", **changed: Any) -> Any:
    [found] = read(entry(**changed), language=language).walk("VEVENT")
    return found


def test_a_milestone_is_days_of_its_seat_without_hours() -> None:
    found = event(ends="2024-12-06")
    assert (found["DTSTART"].dt, found["DTEND"].dt) == (date(2024, 12, 5), date(2024, 12, 7))
    assert found["DTSTART"].params["VALUE"] == "DATE"
    assert found["SUMMARY"] == "Plenary 2024"
    assert "America/New_York" in found["DESCRIPTION"]
    assert "5 December 2024" in found["DESCRIPTION"]
    assert found["URL"] == "https://pledges.example/reviews/plenary-2024"
    assert (found["STATUS"], found["TRANSP"]) == ("CONFIRMED", "TRANSPARENT")


def test_a_moved_one_is_the_same_with_a_higher_sequence() -> None:
    before, after = event(), event(starts="2024-12-12", sequence=4)
    assert before["UID"] == after["UID"] == "milestone-plenary-2024@demo.invalid"
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (3, 4)
    assert after["DTSTART"].dt == date(2024, 12, 12)
    assert before["DTSTAMP"].dt == TOLD


def test_a_cancelled_one_says_so() -> None:
    assert event(cancelled=True)["STATUS"] == "CANCELLED"
    assert read(entry(cancelled=True), method="CANCEL")["METHOD"] == "CANCEL"
    assert read(entry())["METHOD"] == "PUBLISH"


@pytest.mark.parametrize(
    ("starts", "tentative", "shown", "status"),
    [
        ("2024-11", False, (date(2024, 11, 1), date(2024, 12, 1)), "TENTATIVE"),
        ("2024-12-05", True, (date(2024, 12, 5), date(2024, 12, 6)), "TENTATIVE"),
        ("2024-02", False, (date(2024, 2, 1), date(2024, 3, 1)), "TENTATIVE"),
    ],
)
def test_a_day_that_is_not_certain_is_tentative(
    starts: str, tentative: bool, shown: tuple[date, date], status: str
) -> None:
    found = event(starts=starts, tentative=tentative)
    assert (found["DTSTART"].dt, found["DTEND"].dt) == shown
    assert found["STATUS"] == status


def test_of_which_only_the_year_is_known_is_in_no_calendar() -> None:
    assert [in_calendars(entry(starts=starts)) for starts in ("2024", "2024-11", "2024-12-05")] == [False, True, True]


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_each_language_and_said_where_a_name_is_english(language: str) -> None:
    found = event(language, names={"en": "Plenary 2024"})
    assert found["SUMMARY"].params["LANGUAGE"] == language
    assert "Plenary 2024" in found["SUMMARY"]
    assert (found["SUMMARY"] == "Plenary 2024") == (language == "en")
    assert read(entry(), language=language)["X-WR-CALNAME"] != ""


def test_lines_are_short_and_end_as_the_standard_says() -> None:
    made = calendar([entry(names={"en": "长" * 200})], "en", PLACE)
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
    assert b"\n" not in made.replace(b"\r\n", b"")


@given(st.text(max_size=300))
def test_no_name_adds_a_line_of_its_own(name: str) -> None:
    found = read(entry(names={"en": name}))
    [one] = found.walk("VEVENT")
    plain = read(entry())
    [other] = plain.walk("VEVENT")
    assert (set(found), set(one)) == (set(plain), set(other))


@pytest.mark.parametrize(
    "evil",
    ["A\r\nATTENDEE:mailto:x@example.org", "A\nEND:VEVENT\nBEGIN:VALARM", "A\\nX:y", "a;b,c:d", "A\u202eB\u2028C"],
)
def test_what_looks_like_a_line_is_part_of_the_name(evil: str) -> None:
    made = calendar([entry(names={"en": evil})], "en", PLACE)
    [found] = Calendar.from_ical(made).walk("VEVENT")
    assert "ATTENDEE" not in found
    assert "\u202e" not in str(found["SUMMARY"])
    assert made.count(b"\r\nBEGIN:") == 1


def test_calendars_strike_what_a_mail_says_is_cancelled() -> None:
    entries, gone = Entries(PLACE), entry(cancelled=True, sequence=4)
    assert entries.of([gone], "en").method == "CANCEL"
    assert b"METHOD:CANCEL" in entries.of([gone], "en").content
    assert entries.of([gone, entry(code="other")], "en").method == "PUBLISH"


def test_what_is_the_same_for_all_is_made_once() -> None:
    entries = Entries(PLACE)
    assert entries.of([entry()], "fr") is entries.of([entry()], "fr")
    assert entries.of([entry()], "fr") != entries.of([entry()], "en")
    assert entries.of([entry(sequence=4)], "fr") != entries.of([entry()], "fr")
    for number in range(250):
        entries.of([entry(sequence=number)], "en")
    assert len(entries._made) <= 100  # noqa: SLF001
