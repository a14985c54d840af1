"""Patience: pauses that grow, and an end."""

import asyncio

import pytest

from shared.messaging import retry
from shared.messaging.retry import Patience


async def test_pauses_grow_up_to_the_longest_and_end_with_the_error_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    now, pauses = 1000.0, []

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds
        pauses.append(seconds)

    monkeypatch.setattr("time.monotonic", lambda: now)
    monkeypatch.setattr(asyncio, "sleep", sleep)
    with pytest.raises(OSError, match="the database is away"):
        await _fail_for_ever(OSError("the database is away"))
    assert pauses[0] <= retry.FIRST
    assert retry.LONGEST / 2 <= pauses[-1] <= retry.LONGEST
    assert retry.LIMIT <= sum(pauses) <= retry.LIMIT + retry.LONGEST


async def _fail_for_ever(error: Exception) -> None:
    patience = Patience()
    while True:
        await patience.wait(error)
