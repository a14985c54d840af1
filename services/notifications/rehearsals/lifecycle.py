"""What a rehearsal is asked, and how two of them differ. Pure rules."""

from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from services.notifications.reminders.lifecycle import Milestone, dates, decide, opens
from services.notifications.reminders.policy import Policy


class State(StrEnum):
    """waiting → running → done, or failed with a fault."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


def month_of(first: date) -> tuple[date, date]:
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def moved(milestones: Collection[Milestone], moves: Sequence[Mapping[str, Any]]) -> list[Milestone]:
    """As they would stand."""
    by_code = {move["milestone"]: move for move in moves}
    return [
        replace(one, starts=move["starts"], tentative=move["tentative"]) if (move := by_code.get(one.code)) else one
        for one in milestones
    ]


def in_month(milestones: Collection[Milestone], days: tuple[date, date], policy: Policy) -> list[Milestone]:
    """Those with a reminder due in it."""
    return [one for one in milestones if any(days[0] <= due.due_on <= days[1] for due in dates(one, policy))]


def looks(milestones: Collection[Milestone], days: tuple[date, date], policy: Policy, now: datetime) -> list[datetime]:
    """The moments at which the plan would be looked at, in order: when each day's reminders first are due.

    What is overdue by now goes no more, and is not rehearsed.
    """
    due = sorted({due.due_on for one in milestones for due in dates(one, policy) if days[0] <= due.due_on <= days[1]})
    return [max(now, opens(day, policy)) for day in due if decide(day, now, policy) != "overdue"]
