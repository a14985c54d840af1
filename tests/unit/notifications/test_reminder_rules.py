"""When reminders are due: days, zones, lateness, distance. No database, no clock."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.reminders.lifecycle import (
    Due,
    Milestone,
    closes,
    dates,
    decide,
    due_days,
    late,
    opens,
    plannable,
    send_at,
)
from services.notifications.reminders.policy import policy

POLICY = policy()
OPENS = datetime(2022, 5, 17, 4, 0, tzinfo=UTC)
CLOCK_SET = datetime(2024, 11, 5, 21, 0, tzinfo=UTC)  # what a date alone means to `gcm clock set`
DUE_ON = date(2024, 11, 5)
DAYS = st.dates(date(2022, 1, 1), date(2037, 12, 31))
ZONES = st.sampled_from(sorted(available_timezones()))


def milestone(starts: str = "2024-12-05", *, tentative: bool = False, reminders: bool = True) -> Milestone:
    return Milestone("plenary-2024", "2022", OPENS, starts, tentative, reminders)


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def test_offsets_count_from_the_first_day() -> None:
    assert dates(milestone(), POLICY) == [
        Due(-90, date(2024, 9, 6)),
        Due(-30, date(2024, 11, 5)),
        Due(-7, date(2024, 11, 28)),
        Due(-1, date(2024, 12, 4)),
        Due(14, date(2024, 12, 19)),
    ]


@pytest.mark.parametrize(
    "uncertain",
    [milestone("2024-12"), milestone("2024"), milestone(tentative=True), milestone(reminders=False)],
    ids=["month", "year", "tentative", "none wanted"],
)
def test_nobody_is_reminded_of_an_uncertain_day(uncertain: Milestone) -> None:
    assert dates(uncertain, POLICY) == []
    assert plannable(uncertain, POLICY, CLOCK_SET) == []


def test_before_the_milestone_all_offsets_are_in_the_plan_also_overdue_ones() -> None:
    assert len(plannable(milestone(), POLICY, CLOCK_SET)) == len(POLICY.offsets)


def test_of_a_passed_milestone_only_what_can_still_be_sent_enters_the_plan() -> None:
    assert [due.offset_days for due in plannable(milestone(), POLICY, at(2024, 12, 10))] == [14]
    assert [due.offset_days for due in plannable(milestone(), POLICY, at(2024, 12, 6, 3))] == [-1, 14]
    assert plannable(milestone(), POLICY, at(2025, 1, 10)) == []


@pytest.mark.parametrize(
    ("zone", "utc"),
    [
        ("Pacific/Kiritimati", at(2024, 11, 4, 19)),  # UTC+14
        ("Etc/GMT+12", at(2024, 11, 5, 21)),  # UTC-12
        ("America/St_Johns", at(2024, 11, 5, 12, 30)),  # UTC-3:30, two days after summer time ended
        ("America/New_York", at(2024, 11, 5, 14)),
        ("Europe/Zurich", at(2024, 11, 5, 8)),
        ("Asia/Kathmandu", at(2024, 11, 5, 3, 15)),
        ("Mars/Olympus", at(2024, 11, 5, 9)),
        ("../../etc/passwd", at(2024, 11, 5, 9)),
        ("", at(2024, 11, 5, 9)),
    ],
)
def test_nine_in_the_morning_where_the_recipient_lives(zone: str, utc: datetime) -> None:
    assert send_at(DUE_ON, zone, POLICY) == utc


@pytest.mark.parametrize(
    ("zone", "day", "hour"),
    [
        ("America/St_Johns", date(2024, 3, 9), (12, 30)),
        ("America/St_Johns", date(2024, 3, 10), (11, 30)),
        ("Europe/Zurich", date(2024, 10, 26), (7, 0)),
        ("Europe/Zurich", date(2024, 10, 27), (8, 0)),
        ("Australia/Lord_Howe", date(2024, 10, 6), (22, 0)),
    ],
)
def test_daylight_saving_time_moves_utc_and_not_nine_o_clock(zone: str, day: date, hour: tuple[int, int]) -> None:
    moment = send_at(day, zone, POLICY)
    assert (moment.hour, moment.minute) == hour
    assert moment.astimezone(ZoneInfo(zone)).time() == POLICY.send_at


@given(DAYS, ZONES)
def test_every_zone_falls_due_while_the_reminder_is_due(day: date, zone: str) -> None:
    moment = send_at(day, zone, POLICY)
    assert opens(day, POLICY) <= moment <= closes(day, POLICY)
    assert decide(day, moment, POLICY) == "due"
    assert not late(moment, closes(day, POLICY), POLICY) or moment < opens(day, POLICY) + timedelta(hours=26)


@given(ZONES)
def test_a_date_alone_as_the_clock_is_due_in_every_zone(zone: str) -> None:
    moment = send_at(DUE_ON, zone, POLICY)
    assert decide(DUE_ON, CLOCK_SET, POLICY) == "due"
    assert moment <= CLOCK_SET
    assert not late(moment, CLOCK_SET, POLICY)


def test_waits_before_and_is_overdue_after() -> None:
    assert decide(DUE_ON, at(2024, 11, 4, 18, 59), POLICY) == "wait"
    assert decide(DUE_ON, at(2024, 11, 4, 19), POLICY) == "due"
    assert decide(DUE_ON, at(2024, 11, 7, 9), POLICY) == "due"
    assert decide(DUE_ON, at(2024, 11, 7, 9, 1), POLICY) == "overdue"


@given(st.builds(datetime.combine, DAYS, st.times(timezones=st.just(UTC))), st.integers(1, 240))
def test_due_days_are_exactly_those_that_are_due(now: datetime, hours: int) -> None:
    own = POLICY.model_copy(update={"late_hours": hours})
    first, last = due_days(now, own)
    for days in range(-15, 6):
        day = now.date() + timedelta(days=days)
        assert (decide(day, now, own) == "due") == (first <= day <= last)


def test_the_policy_keeps_its_own_distance() -> None:
    assert all(later - earlier >= POLICY.minimum_days_between for earlier, later in pairwise(POLICY.offsets))
