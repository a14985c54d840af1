"""Which pledges a milestone counts, and which of them have reported."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.pledges.reviews.lifecycle import Counting, begins_at, counting, ends_at, past
from shared.reference.dates import PartialDate

OPENS = datetime(2022, 5, 17, 4, tzinfo=UTC)
ENDS = datetime(2024, 12, 6, 5, tzinfo=UTC)
NOW = datetime(2024, 9, 2, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def at(now: datetime) -> Counting:
    return counting("2022", OPENS, ENDS, now)


def test_counted_are_pledges_of_the_cycle_that_are_public_by_now() -> None:
    assert at(NOW).counts("2022", NOW - SECOND, None)
    assert not at(NOW).counts("2026", NOW - SECOND, None)
    assert not at(NOW).counts(None, NOW - SECOND, None)
    assert not at(NOW).counts("2022", NOW, None)


def test_a_pledge_that_comes_after_the_milestone_is_not_its() -> None:
    later = at(ENDS + timedelta(days=30))
    assert later.counts("2022", ENDS - SECOND, None)
    assert not later.counts("2022", ENDS, None)


@pytest.mark.parametrize(
    ("reason", "counted"), [("fulfilled", True), ("ended", True), ("superseded", True), ("withdrawn", False)]
)
def test_of_closed_pledges_only_withdrawn_ones_are_taken_out(reason: str, counted: bool) -> None:
    assert at(NOW).counts("2022", NOW - SECOND, reason) is counted


def test_reports_count_from_the_opening_of_the_cycle_on() -> None:
    assert at(NOW).voice(None) == "silent"
    assert at(NOW).voice(OPENS - SECOND) == "silent"
    assert at(NOW).voice(OPENS) == "reported"


@pytest.mark.parametrize(
    ("starts", "ends", "zone", "after"),
    [
        ("2024-12-05", None, "America/New_York", datetime(2024, 12, 6, 5, tzinfo=UTC)),
        ("2022-05-17", "2022-05-20", "America/New_York", datetime(2022, 5, 21, 4, tzinfo=UTC)),
        ("2024-07", None, "Asia/Bangkok", datetime(2024, 7, 31, 17, tzinfo=UTC)),
        ("2024", None, "UTC", datetime(2025, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_milestone_ends_with_its_last_possible_day_at_its_seat(
    starts: str, ends: str | None, zone: str, after: datetime
) -> None:
    assert ends_at(PartialDate(starts), PartialDate(ends) if ends else None, zone) == after


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - made aware
def test_nothing_is_counted_that_is_not_published_yet(published: datetime) -> None:
    assert not at(NOW).counts("2022", published, None) or published < NOW


def test_the_rule_is_said_in_words() -> None:
    assert "first published before 2024-09-02 09:00 UTC" in at(NOW).says
    assert "no failure" in at(NOW).says


@given(st.dates(date(1901, 1, 1), date(2199, 12, 30)), st.sampled_from([4, 7, 10]))
def test_a_cycle_opens_with_the_first_day_that_is_meant_and_a_milestone_is_over_after_the_last(
    day: date, length: int
) -> None:
    said = PartialDate(day.isoformat()[:length])
    for zone in ("America/New_York", "Pacific/Kiritimati", "Etc/GMT+12"):
        opens, ends = begins_at(said, zone), ends_at(said, None, zone)
        assert opens < ends
        assert past(said, None, zone, opens, "starts") == []
        assert [fault.field for fault in past(said, None, zone, ends, "x.starts")] == ["x.starts"]
