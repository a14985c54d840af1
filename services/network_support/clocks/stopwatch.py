"""What happens to one clock: pure, apart from the clock that is changed. `time` is that of its station."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.network_support.clocks.lifecycle import Ended
from services.network_support.clocks.models import RequestClock
from services.network_support.clocks.working_time import Pause, WorkingTime

NONE = timedelta()


def run(clock: RequestClock, time: WorkingTime, at: datetime) -> None:
    """It begins, or goes on. One that is overdue already stays due when it was."""
    clock.running_since, clock.paused_since = at, None
    if clock.due_at is None:
        clock.due_at = time.after(at, clock.allowed - clock.spent)


def pause(clock: RequestClock, time: WorkingTime, at: datetime) -> None:
    _stop(clock, time, at)
    clock.paused_since = at
    _forget_due(clock)


def end(clock: RequestClock, time: WorkingTime, at: datetime, how: Ended) -> None:
    _stop(clock, time, at)
    clock.paused_since, clock.ended, clock.ended_at = None, how, at


def restore(clock: RequestClock, time: WorkingTime, at: datetime) -> None:
    """As if it had been paused since it ended."""
    clock.ended = clock.ended_at = None
    _forget_due(clock)
    run(clock, time, at)


def computed(
    time: WorkingTime, started_at: datetime, until: datetime, allowed: timedelta, pauses: Sequence[Pause]
) -> tuple[timedelta, datetime | None]:
    """From the beginning on: what was spent `until` it last went on or was paused, and when it is due."""
    return time.between(started_at, until, pauses), time.after(started_at, allowed, pauses)


def spent(clock: RequestClock, time: WorkingTime, now: datetime) -> timedelta:
    """Working time until now, or until it was paused or ended."""
    return clock.spent + (time.between(clock.running_since, now) if clock.running_since else NONE)


def _stop(clock: RequestClock, time: WorkingTime, at: datetime) -> None:
    clock.spent, clock.running_since = spent(clock, time, at), None


def _forget_due(clock: RequestClock) -> None:
    """While it does not run, nobody knows, unless it is overdue."""
    if clock.spent < clock.allowed:
        clock.due_at = None
