"""The movable clock of a local stack: its file, which all processes read."""

from datetime import UTC, date, datetime, time
from pathlib import Path

from shared import clock
from shared.refusal import Refused

BEGIN = datetime(2024, 9, 2, 9, tzinfo=UTC)
# from the adoption of the Compact (General Assembly resolution 73/195); further off, the calendar holds nothing, and
# at the ends of time there is no day to add
FIRST, LAST = datetime(2018, 12, 19, tzinfo=UTC), datetime(2100, 12, 31, 23, 59, 59, tzinfo=UTC)
# by then it is past nine in the morning of that day everywhere west of UTC+12, and before midnight in most places
EVENING = time(21, tzinfo=UTC)


def parse(when: str) -> datetime:
    """ISO 8601; a date alone means 21:00 UTC of that day, a time without a zone is UTC. Raises Refused."""
    try:
        found = _read(when)
    except ValueError as error:
        raise Refused(f"“{when}” is no time: write 2024-11-05 or 2024-11-05T09:00:00Z.") from error
    if not FIRST <= found <= LAST:
        raise Refused(f"“{when}” is out of range: business time goes from {FIRST:%Y-%m-%d} to {LAST:%Y-%m-%d}.")
    return found


def _read(when: str) -> datetime:
    if len(when) == 10:
        return datetime.combine(date.fromisoformat(when), EVENING)
    found = datetime.fromisoformat(when)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def set_clock(file: Path, business: datetime) -> None:
    """From now on business time goes on from `business`."""
    clock.write(file, business, clock.Clock().system())


def set_real(file: Path) -> None:
    """Business time is system time again."""
    now = clock.Clock().system()
    clock.write(file, now, now)


def shown(file: Path) -> str:
    """Both clocks in words."""
    clocks = clock.Clock(file)
    business, system = clocks.business(), clocks.system()
    same = abs(business - system).total_seconds() < 1
    moved = "" if same else f" (moved; system time is {system:%Y-%m-%d %H:%M:%S} UTC)"
    return f"{business:%Y-%m-%d %H:%M:%S} UTC{moved}"
