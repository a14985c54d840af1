"""From when and until when somebody acts for an entity: typed as days, kept as moments of business time. Pure.

A day is that of UTC. The last day is the last on which the membership holds; the services have the moment after it.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from services.portal import entering
from services.portal.entering import Unclear
from services.portal.language import Language
from services.portal.typed import Typed
from shared.reference.dates import PartialDate

SINCE, UNTIL = "since", "until"  # fields of forms, named as in the API
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Term:
    """`since` None: from now on; `until` None: no end is set. `faults` by field of the form."""

    since: datetime | None = None
    until: datetime | None = None
    faults: dict[str, str] = field(default_factory=dict)


def term(typed: Typed, now: datetime, language: Language) -> Term:
    """What the two days of a form stand for. Today means from now on: the day has begun already."""
    faults: dict[str, str] = {}
    first, last = (_day(typed, name, faults, language) for name in (SINCE, UNTIL))
    since = _begin(first.first_day()) if first and first.first_day() != now.astimezone(UTC).date() else None
    until = _begin(last.last_day() + timedelta(days=1)) if last else None
    if first and last and last.last_day() < first.first_day():
        faults[UNTIL] = language.gettext("The last day is before the first; exchange or correct the days.")
    return Term(since, until, faults)


def _day(typed: Typed, name: str, faults: dict[str, str], language: Language) -> PartialDate | None:
    try:
        found = entering.day(typed.one(name), language)
    except Unclear as fault:
        faults[name] = str(fault)
        return None
    return PartialDate(found) if found else None


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def last_day(until: datetime) -> datetime:
    """A moment of the last day on which what ends at `until` holds."""
    return until - _MOMENT
