"""What is due for a pledge: the next milestone of its review cycle that people are reminded of. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from shared.client.models.pledges import WorkItem
from shared.client.models.reviews import Cycle, Milestone
from shared.reference.dates import PartialDate

OPEN = {"draft", "submitted", "changes_requested", "published"}  # of a pledge with a public version; not closed


@dataclass(frozen=True)
class Due:
    """`reported`: since the review cycle opened."""

    milestone: Milestone
    reported: bool


def due(pledge: WorkItem, cycles: Sequence[Cycle], today: date) -> Due | None:
    """None for what is not public, is closed, or whose cycle has nothing ahead. `today` is business time."""
    if pledge.version == 0 or pledge.state not in OPEN:
        return None
    cycle = next((cycle for cycle in cycles if cycle.code == pledge.review_cycle), None)
    milestone = following(cycle.milestones, today) if cycle else None
    if cycle is None or milestone is None:
        return None
    last = pledge.last_reported_at
    return Due(milestone, last is not None and last >= cycle.opens_at)


def following(milestones: Iterable[Milestone], today: date) -> Milestone | None:
    """The first that has not passed, of those that people are reminded of."""
    held = (one for one in milestones if one.reminders and not one.cancelled)
    ahead = [one for one in held if PartialDate(one.ends or one.starts).last_day() >= today]
    return min(ahead, key=lambda one: PartialDate(one.starts).first_day(), default=None)
