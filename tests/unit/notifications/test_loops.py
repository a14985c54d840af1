"""Loops: woken, slow at rest, patient with outages; and the scheduler, which looks into tables only with a cause."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from services.notifications.reminders import scheduler
from services.notifications.reminders.planner import Planner
from services.notifications.reminders.scheduler import Scheduler
from shared import clock as clocks
from shared import waking
from shared.clock import Clock
from shared.errors import Unavailable
from shared.waking import Wake, repeat

DAY = datetime(2024, 11, 5, 21, 0, 30, tzinfo=UTC)


async def test_a_bell_ends_the_pause() -> None:
    stop, wake, runs = asyncio.Event(), Wake(), 0
    bell = wake.bell()

    async def once() -> bool:
        nonlocal runs
        runs += 1
        if runs == 3:
            stop.set()
        asyncio.get_running_loop().call_soon(wake)
        return False

    await asyncio.wait_for(repeat("test", once, stop, bell, 3600), 5)
    assert runs == 3


async def test_a_bell_that_rings_during_the_work_is_heard() -> None:
    stop, wake, runs = asyncio.Event(), Wake(), 0
    bell = wake.bell()

    async def once() -> bool:
        nonlocal runs
        runs += 1
        wake() if runs == 1 else stop.set()
        return False

    await asyncio.wait_for(repeat("test", once, stop, bell, 3600), 5)
    assert runs == 2


async def test_found_work_goes_on_at_once_and_stop_ends_a_pause() -> None:
    stop, left = asyncio.Event(), [True, True, False]

    async def once() -> bool:
        asyncio.get_running_loop().call_later(0.01, stop.set)
        return left.pop(0)

    await asyncio.wait_for(repeat("test", once, stop, asyncio.Event(), 3600), 5)
    assert left == []


async def test_an_outage_is_waited_out_and_a_fault_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waking, "OUTAGE_PAUSE", 0.001)
    errors: list[Exception] = [Unavailable("away"), OSError(), ZeroDivisionError()]

    async def once() -> bool:
        raise errors.pop(0)

    with pytest.raises(ZeroDivisionError):
        await repeat("test", once, asyncio.Event(), asyncio.Event(), 3600)
    assert errors == []


class Recorder:
    """In the planner's place: counts."""

    def __init__(self) -> None:
        self.looks = self.plans = self.queues = 0
        self.changed_at: datetime | None = None

    async def changed(self) -> datetime | None:
        self.looks += 1
        return self.changed_at

    async def plan(self) -> None:
        self.plans += 1

    async def queue(self) -> None:
        self.queues += 1


class Bench:
    """A scheduler whose two clocks the test moves."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.file, self.recorder, self.heard = folder / "clock.json", Recorder(), Wake()
        self.moment = 1000.0
        monkeypatch.setattr("services.notifications.reminders.scheduler.monotonic", lambda: self.moment)
        self.clock = Clock(self.file)
        self.set(DAY)
        planner = cast(Planner, self.recorder)
        self.scheduler = Scheduler(planner, self.clock, self.heard, Wake(), lambda: None)

    def set(self, business: datetime) -> None:
        clocks.write(self.file, business, self.clock.system())

    async def look(self) -> tuple[int, int, int]:
        await self.scheduler.look()
        return self.recorder.looks, self.recorder.plans, self.recorder.queues


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(tmp_path, monkeypatch)


async def test_at_rest_it_reads_no_table(bench: Bench) -> None:
    assert await bench.look() == (1, 1, 1)
    assert await bench.look() == (1, 1, 1)


async def test_each_minute_it_queues_and_each_day_it_plans(bench: Bench) -> None:
    await bench.look()
    bench.set(DAY + timedelta(minutes=1))
    assert await bench.look() == (2, 1, 2)
    bench.set(DAY + timedelta(days=1))
    assert await bench.look() == (3, 2, 3)
    bench.set(DAY)
    assert await bench.look() == (4, 3, 4)


async def test_a_bell_is_heard_but_not_every_second(bench: Bench) -> None:
    await bench.look()
    bench.heard()
    assert await bench.look() == (1, 1, 1)
    bench.moment += scheduler.BETWEEN
    assert await bench.look() == (2, 1, 2)  # nothing changed: nothing to plan
    bench.recorder.changed_at = bench.clock.system() - timedelta(seconds=10)
    bench.heard()
    bench.moment += scheduler.BETWEEN
    assert await bench.look() == (3, 2, 3)


async def test_it_waits_until_changes_pause_but_not_for_ever(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.recorder.changed_at = bench.clock.system() + timedelta(seconds=60)
    assert await bench.look() == (1, 0, 0)
    assert await bench.look() == (2, 0, 0)
    monkeypatch.setattr(scheduler, "PATIENCE", timedelta())
    assert await bench.look() == (3, 1, 1)
