"""Business time of a local stack."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.local.business_time import BEGIN, parse, set_clock, set_real, shown
from deploy.local.settle import set_first_clock
from deploy.local.state import State
from shared.clock import Clock
from shared.refusal import Refused

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("when", "means"),
    [
        ("2024-11-05", datetime(2024, 11, 5, 21, tzinfo=UTC)),
        ("2024-11-05T09:00:00Z", datetime(2024, 11, 5, 9, tzinfo=UTC)),
        ("2024-11-05T09:00:00+03:00", datetime(2024, 11, 5, 6, tzinfo=UTC)),
        ("2024-11-05 09:00", datetime(2024, 11, 5, 9, tzinfo=UTC)),
    ],
)
def test_a_date_alone_means_its_evening(when: str, means: datetime) -> None:
    assert parse(when) == means


def test_nonsense_is_refused_with_an_example() -> None:
    with pytest.raises(Refused, match="write 2024-11-05"):
        parse("tomorrow")


@pytest.mark.parametrize(
    "when",
    [
        "0001-01-01",
        "0001-01-01T00:00:00+14:00",
        "2018-12-18",
        "2018-12-19T00:00:00+01:00",
        "2101-01-01T00:00:00",
        "9999-12-31",
        "9999-12-31T23:59:59.999999-14:00",
    ],
)
def test_what_is_far_from_the_compact_is_refused_with_the_range(when: str) -> None:
    with pytest.raises(Refused, match="out of range: business time goes from 2018-12-19 to 2100-12-31"):
        parse(when)


@pytest.mark.parametrize("when", ["2018-12-19", "2018-12-19T00:00:00Z", "2100-12-31"])
def test_the_first_and_the_last_day_can_be_set_and_shown(tmp_path: Path, when: str) -> None:
    set_clock(tmp_path / "clock.json", parse(when))
    assert shown(tmp_path / "clock.json").startswith(when[:10])


@pytest.mark.parametrize("wanted", ["nonsense", "NOW", "2024-11-05", "real"])
def test_a_wish_that_is_none_is_refused_with_the_values_that_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    monkeypatch.setenv("GCM_CLOCK", wanted)
    state = State(tmp_path)
    with pytest.raises(Refused, match=f"GCM_CLOCK is “{wanted}”: set it to now .* or leave it out"):
        set_first_clock(state)
    assert not state.clock_file.exists()


def test_it_ticks_on_from_where_it_was_set_and_system_time_stays(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    set_clock(file, parse("2024-11-05"))
    clock = Clock(file)
    first = clock.business()
    assert timedelta() <= first - parse("2024-11-05") < 60 * SECOND
    assert clock.business() > first
    assert abs(clock.system() - datetime.now(UTC)) < 60 * SECOND
    assert "moved" in shown(file)


def test_it_can_be_todays_again(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    set_clock(file, BEGIN)
    set_real(file)
    assert "moved" not in shown(file)


def test_the_first_start_sets_it_before_the_plenary_and_the_second_leaves_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GCM_CLOCK", raising=False)
    state = State(tmp_path)
    set_first_clock(state)
    assert Clock(state.clock_file).business() - BEGIN < 60 * SECOND
    set_clock(state.clock_file, parse("2025-01-01"))
    set_first_clock(state)
    assert Clock(state.clock_file).business().year == 2025
    monkeypatch.setenv("GCM_CLOCK", "now")
    set_first_clock(state)
    assert "moved" not in shown(state.clock_file)
