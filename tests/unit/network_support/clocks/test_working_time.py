"""Working time, against a reference that is slow and obvious: it walks in steps of half an hour and looks at the clock.

The zones are those with whole half-hours from UTC, of both hemispheres, with clock changes at night, at midnight, of
half an hour, and none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from services.network_support.clocks.working_time import Hours, NoWorkingTime, Pause, WorkingTime

STEP = timedelta(minutes=30)
ZONES = (
    "America/New_York",
    "America/Santiago",  # changes at midnight
    "Africa/Cairo",  # changes at midnight, with a part of the night twice
    "Asia/Beirut",  # changes at midnight
    "Asia/Kolkata",
    "Australia/Lord_Howe",  # changes by half an hour
    "Europe/Zurich",
    "Africa/Casablanca",  # changes for Ramadan
    "Pacific/Apia",
    "UTC",
)
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
WEEKDAYS_NINE_TO_FIVE: tuple[Hours, ...] = (((9 * 60, 17 * 60),),) * 5 + ((),) * 2


@dataclass(frozen=True)
class Calendar:
    zone: str
    week: tuple[Hours, ...]
    free: frozenset[date] = frozenset()

    def hours(self, day: date) -> Hours:
        return () if day in self.free else self.week[day.weekday()]

    def time(self) -> WorkingTime:
        return WorkingTime(ZoneInfo(self.zone), self.hours)

    def is_worked(self, instant: datetime) -> bool:
        """What the reference asks: what does the clock on the wall show."""
        wall = instant.astimezone(ZoneInfo(self.zone))
        minute = wall.hour * 60 + wall.minute
        return any(opens <= minute < closes for opens, closes in self.hours(wall.date()))


def slow_between(calendar: Calendar, begin: datetime, end: datetime, pauses: Sequence[Pause]) -> timedelta:
    worked, instant = timedelta(), begin
    while instant < end:
        if calendar.is_worked(instant) and not _paused(instant, pauses):
            worked += STEP
        instant += STEP
    return worked


def slow_after(
    calendar: Calendar, begin: datetime, amount: timedelta, pauses: Sequence[Pause], until: datetime
) -> datetime | None:
    """None also when there is not so much until then."""
    left, instant = amount, begin
    while left and instant < until:
        if calendar.is_worked(instant) and not _paused(instant, pauses):
            left -= STEP
        instant += STEP
    return None if left else instant


def _paused(instant: datetime, pauses: Sequence[Pause]) -> bool:
    return any(paused <= instant and (resumed is None or instant < resumed) for paused, resumed in pauses)


@st.composite
def hours_of_a_day(draw: st.DrawFn) -> Hours:
    ends = sorted(draw(st.sets(st.integers(0, 48), max_size=6)))
    pairs = zip(ends[::2], ends[1::2], strict=False)
    return tuple((opens * 30, closes * 30) for opens, closes in pairs)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    week = tuple(draw(hours_of_a_day()) for _ in range(7))
    assume(any(week))
    free = draw(st.frozensets(st.dates(date(2024, 1, 1), date(2025, 12, 31)), max_size=12))
    return Calendar(draw(st.sampled_from(ZONES)), week, free)


# a year and a half, so that a case sees several clock changes, and a year's end
instants = st.integers(0, 24 * 2 * 540).map(lambda steps: FIRST + steps * STEP)
# near the clock changes of Europe, New York, Santiago, Cairo and Beirut
near_changes = st.tuples(
    st.sampled_from([(2024, 3, 9), (2024, 3, 30), (2024, 4, 6), (2024, 4, 25), (2024, 9, 7), (2024, 10, 26)]),
    st.integers(0, 24 * 2 * 4),
).map(lambda drawn: datetime(*drawn[0], tzinfo=UTC) + drawn[1] * STEP)
anywhere = st.one_of(instants, near_changes)


@st.composite
def pauses_of(draw: st.DrawFn, *, may_be_open: bool = True) -> list[Pause]:
    ends = sorted(draw(st.sets(anywhere, max_size=8)))
    spans: list[Pause] = list(zip(ends[::2], ends[1::2], strict=False))
    if may_be_open and len(ends) % 2:
        spans.append((ends[-1], None))
    return spans


@given(calendars(), anywhere, st.integers(0, 24 * 2 * 60), pauses_of())
@example(Calendar("Africa/Cairo", (((0, 24 * 60),),) * 7), datetime(2024, 10, 31, 12, tzinfo=UTC), 48, [])
@example(Calendar("America/Santiago", (((0, 120),),) * 7), datetime(2024, 9, 7, 12, tzinfo=UTC), 96, [])
def test_working_time_between_two_instants_is_what_the_steps_count(
    calendar: Calendar, begin: datetime, steps: int, pauses: list[Pause]
) -> None:
    end = begin + steps * STEP
    assert calendar.time().between(begin, end, pauses) == slow_between(calendar, begin, end, pauses)


@given(calendars(), anywhere, st.integers(1, 200), pauses_of())
@example(Calendar("Europe/Zurich", (((60, 180),),) * 7), datetime(2024, 10, 26, 20, tzinfo=UTC), 6, [])
@example(Calendar("Europe/Zurich", (((60, 180),),) * 7), datetime(2024, 3, 30, 20, tzinfo=UTC), 4, [])
def test_so_much_working_time_has_passed_when_the_steps_say_so(
    calendar: Calendar, begin: datetime, steps: int, pauses: list[Pause]
) -> None:
    amount, until = steps * STEP, begin + timedelta(days=150)
    found, expected = calendar.time().after(begin, amount, pauses), slow_after(calendar, begin, amount, pauses, until)
    if expected is None:
        assert found is None or found > until
    else:
        assert found == expected


@given(calendars(), anywhere, st.integers(0, 10**11), pauses_of(may_be_open=False))
def test_what_was_added_is_what_is_measured_to_the_microsecond(
    calendar: Calendar, begin: datetime, microseconds: int, pauses: list[Pause]
) -> None:
    time, amount = calendar.time(), timedelta(microseconds=microseconds)
    end = time.after(begin, amount, pauses)
    assert end is not None
    assert time.between(begin, end, pauses) == amount
    if amount:
        assert time.between(begin, end - timedelta(microseconds=1), pauses) < amount


@given(calendars(), st.lists(anywhere, min_size=3, max_size=3), pauses_of())
def test_parts_add_up_whatever_was_asked_before(
    calendar: Calendar, instants: list[datetime], pauses: list[Pause]
) -> None:
    begin, middle, end = sorted(instants)
    time = calendar.time()
    whole = time.between(middle, end, pauses) + time.between(begin, middle, pauses)
    assert whole == time.between(begin, end, pauses) == calendar.time().between(begin, end, pauses)


@pytest.mark.parametrize(
    ("zone", "begin", "hours", "due"),
    [
        # Friday at four, eight hours: one is left on Friday, Monday has seven of its eight
        ("Europe/Zurich", "2024-09-06T14:00", 8, "2024-09-09T14:00"),
        # over the weekend in which the clocks go back: Monday's nine o'clock is an hour later in UTC
        ("Europe/Zurich", "2024-10-25T14:00", 8, "2024-10-28T15:00"),
        ("America/Santiago", "2024-09-06T20:00", 8, "2024-09-09T19:00"),
        # on a Saturday nothing begins before Monday
        ("America/New_York", "2024-09-07T12:00", 1, "2024-09-09T14:00"),
        # a day that is used up ends when it closes, not when the next one opens
        ("Europe/Zurich", "2024-09-06T07:00", 8, "2024-09-06T15:00"),
    ],
)
def test_what_people_would_say(zone: str, begin: str, hours: int, due: str) -> None:
    time = Calendar(zone, WEEKDAYS_NINE_TO_FIVE).time()
    assert time.after(_utc(begin), timedelta(hours=hours)) == _utc(due)


def _utc(said: str) -> datetime:
    return datetime.fromisoformat(f"{said}+00:00")


def test_none_where_the_end_is_not_later() -> None:
    time, now = Calendar("UTC", WEEKDAYS_NINE_TO_FIVE).time(), datetime(2024, 9, 3, 12, tzinfo=UTC)
    assert time.between(now, now) == time.between(now, now - timedelta(days=9)) == timedelta()
    assert time.after(now, timedelta()) == now


def test_a_calendar_without_working_time_is_said_to_have_none() -> None:
    with pytest.raises(NoWorkingTime, match="from 1970 to 2199"):
        Calendar("UTC", ((),) * 7).time().after(FIRST, STEP)


def test_years_are_looked_at_only_when_they_are_needed() -> None:
    asked: list[date] = []

    def hours(day: date) -> Hours:
        asked.append(day)
        return WEEKDAYS_NINE_TO_FIVE[day.weekday()]

    time = WorkingTime(ZoneInfo("UTC"), hours)
    for begin in (FIRST, FIRST + timedelta(days=100)):
        time.after(begin, timedelta(hours=80))
    assert len(asked) == 366
