"""Quiet hours and the moments of what comes together, on every clock of the world."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.notifications.preferences.timing import WEEKDAYS, Quiet, Weekday, together, until

ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("posix", "right")))
MINUTE = timedelta(minutes=1)
NIGHT = Quiet(time(22), time(7))
NINE = time(9)

minutes = st.builds(time, st.integers(0, 23), st.integers(0, 59))
moments = st.datetimes(datetime(2010, 1, 1), datetime(2035, 1, 1)).map(  # noqa: DTZ001 - made aware below
    lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC)
)
zones = st.sampled_from(ZONES).map(ZoneInfo)


def clock(moment: datetime, zone: ZoneInfo) -> time:
    return moment.astimezone(zone).time()


@given(moments, zones, minutes, minutes)
def test_it_is_the_first_moment_that_is_not_quiet(moment: datetime, zone: ZoneInfo, since: time, end: time) -> None:
    assume(since != end)
    quiet = Quiet(since, end)
    free = until(moment, zone, quiet)
    assert free >= moment
    assert not quiet.holds(clock(free, zone))
    assert until(free, zone, quiet) == free
    at = moment
    while at < free:
        assert quiet.holds(clock(at, zone))
        at += MINUTE


@given(moments, zones)
def test_without_quiet_hours_nothing_waits(moment: datetime, zone: ZoneInfo) -> None:
    assert until(moment, zone, None) == moment


@given(moments, zones, minutes, st.none() | st.sampled_from(WEEKDAYS))
def test_what_comes_together_comes_next_at_that_hour(
    moment: datetime, zone: ZoneInfo, at: time, weekday: Weekday | None
) -> None:
    found = together(moment, zone, weekday, at)
    assert moment < found <= moment + timedelta(days=9 if weekday else 2, hours=2)
    shown = found.astimezone(zone)
    normal = shown.replace(tzinfo=None) == datetime.combine(shown.date(), at)
    if normal and weekday:
        assert WEEKDAYS[shown.weekday()] == weekday
    passed_over = datetime.combine(shown.date(), at, zone).astimezone(UTC).astimezone(zone).time() != at
    assert normal or passed_over or shown.utcoffset() != (shown - timedelta(days=1)).utcoffset()


@pytest.mark.parametrize(
    ("zone", "moment", "expected"),
    [
        # the same moment is another day on both sides of the date line
        ("Pacific/Kiritimati", datetime(2024, 11, 4, 9, tzinfo=UTC), datetime(2024, 11, 4, 17, tzinfo=UTC)),
        ("Etc/GMT+12", datetime(2024, 11, 4, 11, tzinfo=UTC), datetime(2024, 11, 4, 19, tzinfo=UTC)),
        ("Pacific/Pago_Pago", datetime(2024, 11, 4, 17, 59, tzinfo=UTC), datetime(2024, 11, 4, 18, tzinfo=UTC)),
        ("Pacific/Pago_Pago", datetime(2024, 11, 4, 18, tzinfo=UTC), datetime(2024, 11, 4, 18, tzinfo=UTC)),
        # a night of 23 hours, of 25, and one that is half an hour longer
        ("Europe/Zurich", datetime(2024, 3, 30, 22, tzinfo=UTC), datetime(2024, 3, 31, 5, tzinfo=UTC)),
        ("Europe/Zurich", datetime(2024, 10, 26, 22, tzinfo=UTC), datetime(2024, 10, 27, 6, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2024, 4, 6, 12, tzinfo=UTC), datetime(2024, 4, 6, 20, 30, tzinfo=UTC)),
    ],
)
def test_nights_in_which_clocks_are_changed_and_both_sides_of_the_date_line(
    zone: str, moment: datetime, expected: datetime
) -> None:
    assert until(moment, ZoneInfo(zone), NIGHT) == expected


def test_an_end_that_the_clock_passes_over_is_when_it_does() -> None:
    quiet = Quiet(time(22), time(2, 30))
    assert until(datetime(2024, 3, 31, 0, tzinfo=UTC), ZoneInfo("Europe/Zurich"), quiet) == datetime(
        2024, 3, 31, 1, tzinfo=UTC
    )


def test_an_hour_that_comes_twice_is_quiet_both_times() -> None:
    quiet, zone = Quiet(time(1), time(2, 30)), ZoneInfo("Europe/Zurich")  # 03:00 becomes 02:00 on 27 October, 01:00 UTC
    assert until(datetime(2024, 10, 26, 23, 30, tzinfo=UTC), zone, quiet) == datetime(2024, 10, 27, 0, 30, tzinfo=UTC)
    assert until(datetime(2024, 10, 27, 1, 10, tzinfo=UTC), zone, quiet) == datetime(2024, 10, 27, 1, 30, tzinfo=UTC)


def test_a_day_that_samoa_never_had_keeps_nothing_back() -> None:
    zone = ZoneInfo("Pacific/Apia")  # after Thursday 29 December 2011 came Saturday
    thursday = datetime(2011, 12, 29, 20, tzinfo=UTC)
    assert together(thursday, zone, "friday", NINE) <= thursday + timedelta(days=9)
    assert together(thursday, zone, None, NINE).astimezone(zone).date().day in {30, 31}


def test_what_comes_together_daily_comes_tomorrow_once_it_has_left_today() -> None:
    zone = ZoneInfo("Africa/Nairobi")
    nine = datetime(2024, 11, 4, 6, tzinfo=UTC)
    assert together(nine - MINUTE, zone, None, NINE) == nine
    assert together(nine, zone, None, NINE) == nine + timedelta(days=1)
    assert together(nine, zone, "monday", NINE) == nine + timedelta(days=7)
    assert together(nine, zone, "tuesday", NINE) == nine + timedelta(days=1)
