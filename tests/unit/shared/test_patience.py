"""When a client tries again, and for how long."""

from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.client.patience import Patience, retry_after, worth_repeating

NOW = datetime(2024, 9, 2, 9, 0, tzinfo=UTC)
PATIENCE = Patience()


@given(st.integers(1, 10), st.none() | st.floats(0, 100), st.floats(0, 1))
def test_pauses_are_bounded(attempt: int, asked: float | None, jitter: float) -> None:
    pause = PATIENCE.pause(attempt, asked, jitter)
    last, too_long = attempt >= PATIENCE.attempts, (asked or 0) > PATIENCE.longest_pause
    assert (pause is None) == (last or too_long)
    if pause is not None:
        assert max(asked or 0.0, PATIENCE.first_pause / 2) <= pause <= PATIENCE.longest_pause


def test_pauses_grow() -> None:
    assert [PATIENCE.pause(attempt, None, 1.0) for attempt in (1, 2, 3, 4)] == [0.2, 0.4, 0.8, None]


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("3", 3.0),
        ("Mon, 02 Sep 2024 09:00:10 GMT", 10.0),
        ("Mon, 02 Sep 2024 08:00:00 GMT", 0.0),
        ("soon", None),
        ("-1", None),
        ("²", None),
        (None, None),
    ],
)
def test_retry_after(said: str | None, seconds: float | None) -> None:
    headers = {} if said is None else {"Retry-After": said}
    assert retry_after(httpx.Response(503, headers=httpx.Headers(headers, encoding="utf-8")), NOW) == seconds


def test_only_what_cannot_count_twice_is_repeated() -> None:
    never_sent, dropped, busy = httpx.ConnectError(""), httpx.ReadTimeout(""), httpx.Response(503)
    assert worth_repeating(never_sent, repeatable=False, in_doubt=False)
    assert not any(worth_repeating(one, repeatable=False, in_doubt=False) for one in (dropped, busy))
    assert all(worth_repeating(one, repeatable=True, in_doubt=False) for one in (never_sent, dropped, busy))
    assert not worth_repeating(httpx.UnsupportedProtocol(""), repeatable=True, in_doubt=False)


def test_a_conflict_is_believed_unless_ones_own_request_may_be_at_work() -> None:
    conflict = httpx.Response(409)
    assert not worth_repeating(conflict, repeatable=True, in_doubt=False)
    assert worth_repeating(conflict, repeatable=True, in_doubt=True)
