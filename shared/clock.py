"""Two clocks: business time for milestones, reminders and dates shown, system time for tokens, leases and backoff."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path


@dataclass(frozen=True)
class Moment:
    """When something is done, by both clocks (UTC)."""

    business: datetime
    system: datetime


class Clock:
    """The only place that asks what time it is. All answers are aware and in UTC.

    A file moves business time in every process that reads it (local stack and tests); nothing moves system time.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._stamp = -1
        self._offset = timedelta()

    def system(self) -> datetime:
        return datetime.now(UTC)

    def business(self) -> datetime:
        return self.system() + self._moved_by()

    def moment(self) -> Moment:
        system = self.system()
        return Moment(system + self._moved_by(), system)

    def _moved_by(self) -> timedelta:
        if self._file is None:
            return timedelta()
        try:
            stamp = self._file.stat().st_mtime_ns
        except FileNotFoundError:
            return timedelta()
        if stamp != self._stamp:
            self._offset, self._stamp = read(self._file), stamp
        return self._offset


def read(file: Path) -> timedelta:
    """How far business time is from system time."""
    moved = json.loads(file.read_text())
    return datetime.fromisoformat(moved["business"]) - datetime.fromisoformat(moved["system"])


def write(file: Path, business: datetime, system: datetime) -> None:
    """From `system` on, business time goes on from `business`. Readers never see half a file."""
    text = json.dumps({"business": business.isoformat(), "system": system.isoformat()})
    draft = file.with_suffix(".draft")
    draft.write_text(text)
    draft.replace(file)
