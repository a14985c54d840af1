"""Arithmetic of working time, pure: how much of it lies between two instants, and when so much of it will have passed.

An instant is working time when the clock on the wall of the calendar's time zone shows an hour at which that day is
worked. So an hour that a clock change skips is not worked, and one that it repeats is worked twice.

A calendar's working time is kept as pieces in their order, each with the sum of all up to its end. Whatever is asked is
looked up in them, however long the time between: nothing is counted step by step.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

Hours: TypeAlias = tuple[tuple[int, int], ...]  # of one day: (from, until) in minutes since midnight, in order
Pause: TypeAlias = tuple[datetime, datetime | None]  # None: it has not ended

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)  # what is kept are numbers of these since EPOCH
SECOND, MINUTE, DAY = 1_000_000, 60_000_000, 86_400_000_000
YEARS = range(1970, 2200)  # for which there is an answer


class NoWorkingTime(Exception):
    """A calendar has none, or none as far as its days are known."""


class WorkingTime:
    """Of one calendar. `hours` says when a day is worked; it is asked for a year at a time, once or twice a day."""

    def __init__(self, zone: ZoneInfo, hours: Callable[[date], Hours]) -> None:
        self._zone, self._hours = zone, hours
        self._years = range(0)  # that the pieces are of
        self._covered = range(0)  # their instants
        self._begins: list[int] = []
        self._ends: list[int] = []
        self._sums: list[int] = []

    def between(self, begin: datetime, end: datetime, pauses: Sequence[Pause] = ()) -> timedelta:
        """Working time from `begin` until `end` without the pauses; none when `end` is not later.

        Pauses are in order, do not overlap, and may reach beyond both ends. Raises NoWorkingTime outside of YEARS.
        """
        first, last = _ticks(begin), _ticks(end)
        if last <= first:
            return timedelta()
        before = self._until(first)
        found = self._until(last) - before
        for paused, resumed in pauses:
            since = max(first, _ticks(paused))
            until = last if resumed is None else min(last, _ticks(resumed))
            if since < until:
                found -= self._until(until) - self._until(since)
        return found * TICK

    def after(self, begin: datetime, amount: timedelta, pauses: Sequence[Pause] = ()) -> datetime | None:
        """The earliest instant at which `amount` of working time has passed since `begin` outside of the pauses.

        None when it will not have passed before a pause that has not ended. Pauses are in order and do not overlap.
        Raises NoWorkingTime when there is not so much of it in YEARS.
        """
        first = _ticks(begin)
        wanted = self._until(first) + amount // TICK
        for paused, resumed in pauses:
            since = max(first, _ticks(paused))
            already = self._until(since)
            if already >= wanted:
                break
            if resumed is None:
                return None
            wanted += self._until(max(since, _ticks(resumed))) - already
        return EPOCH + max(first, self._when(wanted)) * TICK

    def _until(self, instant: int) -> int:
        """Working time from the first piece until this instant.

        What it says can be compared as long as no earlier year is asked for: the earliest instant comes first.
        """
        if instant not in self._covered:
            self._cover((EPOCH + instant * TICK).year)
        place = bisect_right(self._begins, instant) - 1
        return self._sums[place] - max(0, self._ends[place] - instant) if place >= 0 else 0

    def _when(self, wanted: int) -> int:
        """The earliest instant until which there is so much working time."""
        while not self._sums or self._sums[-1] < wanted:
            self._cover(self._years.stop)
        place = bisect_left(self._sums, wanted)
        return self._ends[place] - (self._sums[place] - wanted)

    def _cover(self, year: int) -> None:
        if year not in YEARS:
            raise NoWorkingTime(f"Working time is known from {YEARS.start} to {YEARS.stop - 1} only, not in {year}.")
        known = self._years or range(year, year)
        if year < known.start:
            known = range(year, known.stop)
            self._years, self._begins, self._ends, self._sums = range(0), [], [], []
        wanted = range(known.start, max(known.stop, year + 1))
        for missing in range(self._years.stop or wanted.start, wanted.stop):
            self._add(missing)
        self._years, self._covered = wanted, range(_year(wanted.start), _year(wanted.stop))

    def _add(self, year: int) -> None:
        total = self._sums[-1] if self._sums else 0
        for begin, end in self._pieces(year):
            total += end - begin
            self._begins.append(begin)
            self._ends.append(end)
            self._sums.append(total)

    def _pieces(self, year: int) -> Iterator[tuple[int, int]]:
        """What is worked in a year of UTC, in order."""
        for begin, end, offset in _offsets(self._zone, _year(year), _year(year + 1)):
            for number in range((begin + offset) // DAY, (end - 1 + offset) // DAY + 1):
                midnight = number * DAY - offset
                for opens, closes in self._hours(EPOCH.date() + timedelta(days=number)):
                    piece = max(begin, midnight + opens * MINUTE), min(end, midnight + closes * MINUTE)
                    if piece[0] < piece[1]:
                        yield piece


def _ticks(instant: datetime) -> int:
    return (instant - EPOCH) // TICK


def _year(year: int) -> int:
    return _ticks(datetime(year, 1, 1, tzinfo=UTC))


def _offsets(zone: ZoneInfo, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """From clock change to clock change, with what is added to UTC meanwhile. Nowhere are there two in one day."""
    since, offset = begin, _offset(zone, begin)
    for day in range(begin, end, DAY):
        next_offset = _offset(zone, day + DAY)
        if next_offset != offset:
            change = min(_change(zone, day, day + DAY), end)
            if since < change:
                yield since, change, offset
            since, offset = change, next_offset
    if since < end:
        yield since, end, offset


def _offset(zone: ZoneInfo, instant: int) -> int:
    offset = (EPOCH + instant * TICK).astimezone(zone).utcoffset()
    return (offset or timedelta()) // TICK


def _change(zone: ZoneInfo, before: int, after: int) -> int:
    """The first instant, in whole seconds, at which the offset is that of `after`."""
    then = _offset(zone, after)
    while after - before > SECOND:
        middle = before + (after - before) // SECOND // 2 * SECOND
        before, after = (before, middle) if _offset(zone, middle) == then else (middle, after)
    return after
