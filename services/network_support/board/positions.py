"""Places in what the board is told, the same in every process: all before one has been told. Pure.

A place is a transaction and a row in it, with the time of that row, which says whether what came after is still kept.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

KEPT = timedelta(hours=24)
_SPELLED = re.compile(r"([0-9]{1,18})-([0-9]{1,18})-([0-9]{1,11})")


@dataclass(frozen=True, order=True)
class Position:
    """`at`: seconds since 1970, of the system's clock."""

    xact: int
    event_id: int
    at: int

    def __str__(self) -> str:
        return f"{self.xact}-{self.event_id}-{self.at}"

    def kept(self, now: datetime, present: int) -> bool:
        """Whether all that came after it is still there. `present`: the transaction up to which all is known now.

        A database that was put back from a copy may count its transactions from another number.
        """
        since = now - KEPT + timedelta(minutes=10)
        return since.timestamp() <= self.at <= now.timestamp() + 600 and self.xact <= present


def begin(present: int, now: datetime) -> Position:
    """Where all transactions before `present` have been told."""
    return Position(present, 0, int(now.astimezone(UTC).timestamp()))


def read(text: str) -> Position | None:
    """None for what is no place."""
    found = _SPELLED.fullmatch(text)
    return Position(*map(int, found.groups())) if found else None
