"""Duty stations: what their files may say, and when they work."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from services.network_support.clocks import rules
from services.network_support.clocks.calendars import Day, week
from services.network_support.clocks.rules import Rules, load
from shared.policies import Faulty


@pytest.fixture(scope="module")
def own() -> Rules:
    return load()


def test_the_stations_are_those_that_the_network_has(own: Rules) -> None:
    assert set(own.stations) >= {
        *("new-york", "geneva", "nairobi", "bangkok", "santiago", "addis-ababa", "beirut", "cairo", "vienna"),
    }


@pytest.mark.parametrize(
    ("station", "day", "why", "name"),
    [
        ("geneva", date(2024, 9, 2), None, None),
        ("geneva", date(2024, 9, 5), "holiday", "Genevan Fast"),
        ("geneva", date(2024, 9, 7), "not_a_weekday", None),
        ("cairo", date(2024, 9, 6), "not_a_weekday", None),  # a Friday
        ("cairo", date(2024, 9, 8), None, None),  # a Sunday
        ("santiago", date(2024, 9, 18), "holiday", "Independence Day"),
        ("new-york", date(2024, 11, 28), "holiday", "Thanksgiving Day"),
    ],
)
def test_what_days_are(own: Rules, station: str, day: date, why: str | None, name: str | None) -> None:
    found = own.stations[station].day(day)
    assert (found.why, found.name, bool(found.hours)) == (why, name, why is None)


@pytest.mark.parametrize("station", load().stations)
def test_each_station_works_most_days_of_each_year(own: Rules, station: str) -> None:
    for year in range(2024, 2035):
        days = (own.stations[station].day(date(year, 1, 1) + timedelta(days=number)) for number in range(365))
        assert 200 < sum(bool(day.hours) for day in days) < 261


@pytest.mark.parametrize(
    ("entity", "station"),
    [
        *(("KEN", "nairobi"), ("EGY", "cairo"), ("LBN", "beirut"), ("FRA", "geneva"), ("PER", "santiago")),
        *(("THA", "bangkok"), ("FJI", "bangkok"), ("SEN", "addis-ababa"), ("JAM", "new-york"), ("veridia", "geneva")),
    ],
)
def test_who_is_answered_from_where(own: Rules, entity: str, station: str) -> None:
    assert own.station_of(entity, None).code == station


def test_a_stakeholder_is_answered_as_its_country_is(own: Rules) -> None:
    assert own.station_of("city-of-nakuru", "KEN").code == "nairobi"
    assert own.station_of("city-of-nakuru", "XXX").code == "geneva"


def test_a_working_day_is_as_long_as_the_average_one(own: Rules) -> None:
    assert own.stations["geneva"].working_day == timedelta(hours=8)
    assert own.stations["nairobi"].working_day == timedelta(hours=(4 * 8 + 6) / 5)
    assert own.allowed("acknowledge", own.stations["geneva"]) == timedelta(hours=16)
    assert own.allowed("matched", own.stations["nairobi"]) == 40 * timedelta(hours=7, minutes=36)


def test_a_week_may_begin_on_any_day() -> None:
    assert [bool(hours) for hours in week({"sun-tue": "08:00-24:00", "fri": "00:00-12:00"})] == [
        *(True, True, False, False, True, False, True),
    ]


DAYS_OFF = """
geneva:
  days_off:
    - { day: 2024-12-24, until: 2024-12-31, name: Office closed }
  days_at_work:
    - { day: 2024-09-05, name: No holiday of the United Nations }
    - { day: 2024-12-26, name: Never mind }
"""


def test_local_days_off_come_before_all_else_and_days_at_work_before_holidays(tmp_path: Path) -> None:
    (tmp_path / rules.DAYS_OFF).write_text(DAYS_OFF)
    geneva = load(tmp_path).stations["geneva"]
    assert geneva.day(date(2024, 12, 24)) == Day(date(2024, 12, 24), (), "day_off", "Office closed")
    assert geneva.day(date(2024, 12, 26)).why == "day_off"
    assert geneva.day(date(2024, 9, 5)).hours == geneva.day(date(2024, 9, 4)).hours != ()
    assert geneva.day(date(2025, 1, 2)).hours


def test_the_mark_changes_with_each_file_and_with_nothing_else(tmp_path: Path, own: Rules) -> None:
    marks = {own.mark}
    assert load().mark in marks
    for name, old, new in (
        (rules.POLICY, "scoping: 10 ", "scoping: 11 "),
        (rules.CALENDARS, "13:30-17:30", "13:30-17:00"),
        (rules.DAYS_OFF, "", DAYS_OFF),
    ):
        (tmp_path / name).write_text((rules.FOLDER / name).read_text().replace(old, new, 1))
        marks.add(load(tmp_path).mark)
    assert len(marks) == 4
    assert all(-(2**63) <= mark < 2**63 for mark in marks)


NO_DAY = "geneva has no working day in 2025; take away some of its days off."


@pytest.mark.parametrize(
    ("name", "old", "new", "at", "said"),
    [
        (rules.POLICY, "acknowledge:", "acknowlege:", None, "acknowlege is not known here. Did you mean acknowledge?"),
        (rules.POLICY, "acknowledge: 2", "acknowledge: two", None, "should be a valid integer"),
        (rules.POLICY, "acknowledge: 2", "acknowledge: 0", None, "greater than or equal to 1"),
        (rules.POLICY, "acknowledge: 2", "acknowledge: 11", "working_days:", "must not become shorter"),
        (
            rules.POLICY,
            "  matched: 40",
            "  # matched: 40",
            "working_days:",
            "working_days.matched is missing; write it.",
        ),
        (
            rules.POLICY,
            "otherwise: geneva",
            "otherwise: genova",
            None,
            "is no duty station of calendars.yaml; name one of",
        ),
        (rules.POLICY, "Oceania: bangkok", "Oceania: bankok", None, "is no duty station of calendars.yaml"),
        (rules.POLICY, "Oceania: bangkok", "Ozeania: bangkok", None, "is no region; name one of"),
        (rules.POLICY, "Oceania: bangkok", "Asia: bangkok", "bangkok\n    Europe", "stands in line"),
        (
            rules.CALENDARS,
            '{ mon-fri: "09:00-13:00 14:00-18:00" }',
            "{}",
            None,
            "has no working day; name one at least",
        ),
        (rules.CALENDARS, '"09:00-13:00 14:00-18:00"', '""', None, "has a weekday without hours"),
        (rules.CALENDARS, "09:00-13:00 14:00-18:00", "09:00-14:00 13:00-18:00", None, "write them in order"),
        (rules.CALENDARS, "09:00-13:00 14:00-18:00", "9-17", None, "write them in order"),
        (rules.CALENDARS, "09:00-13:00 14:00-18:00", "09:00-24:30", None, "write them in order"),
        (rules.CALENDARS, "mon-fri", "mon-fry", None, "which is no weekday"),
        (rules.CALENDARS, "{ mon-fri:", '{ fri: "09:00-10:00", mon-fri:', None, "has fri twice"),
        (rules.CALENDARS, "America/New_York", "America/New-York", None, "is no IANA time zone"),
        (rules.CALENDARS, "America/New_York", "../../etc/passwd", None, "is no IANA time zone"),
        (rules.CALENDARS, "US/NY", "XX", None, "is not known to the library"),
        (rules.CALENDARS, "US/NY", "US/XX", None, "is not known to the library"),
        (
            rules.CALENDARS,
            "holidays: US/NY",
            "holiday: US/NY",
            None,
            "holiday is not known here. Did you mean holidays?",
        ),
        (rules.CALENDARS, "new-york:", "New York:", None, "should match pattern"),
        (rules.DAYS_OFF, "geneva:", "genf:", None, "is no duty station of calendars.yaml"),
        (rules.DAYS_OFF, "2024-12-31", "2024-12-01", None, "ends before it begins"),
        (rules.DAYS_OFF, "2024-12-31", "2034-12-01", None, "or is longer than a year"),
        (rules.DAYS_OFF, "2024-12-24", "2024-12-32", None, "2024-12-32 is not possible"),
        (rules.DAYS_OFF, "name: Office closed", "nmae: Office closed", None, "Did you mean name?"),
        (rules.DAYS_OFF, "2024-12-24, until: 2024-12-31", "2025-01-01, until: 2025-12-31", "geneva:", NO_DAY),
    ],
)
def test_a_faulty_file_is_refused_with_its_line_and_the_remedy(
    tmp_path: Path, name: str, old: str, new: str, at: str | None, said: str
) -> None:
    whole = DAYS_OFF if name == rules.DAYS_OFF else (rules.FOLDER / name).read_text()
    assert old in whole
    changed = whole.replace(old, new, 1)
    (tmp_path / name).write_text(changed)
    line = changed[: changed.index(at or new)].count("\n") + 1
    with pytest.raises(Faulty) as refused:
        load(tmp_path)
    assert str(refused.value).startswith(f"{tmp_path / name}, line {line}: ")
    assert said in str(refused.value)
