"""Places in what boards are told: spelled, ordered, and known when what came after is gone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.network_support.board.positions import KEPT, Position, begin, read

NOW = datetime(2024, 9, 2, 9, 0, tzinfo=UTC)
NUMBERS = st.integers(0, 10**17)


@given(NUMBERS, NUMBERS, st.integers(0, 10**10))
def test_what_is_spelled_is_read_again(xact: int, event_id: int, at: int) -> None:
    place = Position(xact, event_id, at)
    assert read(str(place)) == place


@pytest.mark.parametrize("text", ["", "1-2", "1-2-3-4", "a-b-c", "-1-2-3", "1-2-3 ", "١-2-3", "9" * 19 + "-1-1"])
def test_what_is_no_place_is_none(text: str) -> None:
    assert read(text) is None


def test_all_of_a_transaction_comes_after_where_it_is_not_told_yet() -> None:
    here = begin(7, NOW)
    assert Position(6, 99, 0) < here < Position(7, 1, 0) < Position(7, 2, 0) < begin(8, NOW)


def test_a_place_is_kept_for_about_a_day_and_never_ahead_of_the_database() -> None:
    assert begin(7, NOW).kept(NOW, 7)
    assert begin(7, NOW - KEPT + timedelta(minutes=11)).kept(NOW, 7)
    assert not begin(7, NOW - KEPT).kept(NOW, 7)
    assert not begin(8, NOW).kept(NOW, 7)
    assert not begin(7, NOW + timedelta(hours=1)).kept(NOW, 7)
