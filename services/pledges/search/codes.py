"""What a public pledge is found by, as codes: "objective:objective-7", "country:KEN". Pure.

A date is one code for each of its binary digits that is one ("end.3"): bits of documents are then compared with a day,
however many days there are.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from shared.events.pledges import PledgeSnapshot
from shared.reference import catalogue

FIRST_DAY = date(1990, 1, 1)
DIGITS = 15
LAST: int = 2**DIGITS - 1  # 18 September 2079, and every day after it
NONE = "none"  # the status of a pledge that nobody has reported on

CODED: dict[str, Callable[[PledgeSnapshot], Iterable[object]]] = {
    "entity": lambda pledge: [pledge.entity.entity_id],
    "entity_kind": lambda pledge: [pledge.entity.kind],
    "objective": lambda pledge: pledge.objectives,
    "round_table": lambda pledge: (catalogue.objective(code).round_table for code in pledge.objectives),
    "principle": lambda pledge: pledge.principles,
    "commitment": lambda pledge: pledge.commitments,
    "form": lambda pledge: pledge.forms,
    "kind": lambda pledge: [pledge.kind],
    "state": lambda pledge: [pledge.state],
    "closed_reason": lambda pledge: [pledge.closed_reason] if pledge.closed_reason else [],
    "status": lambda pledge: [pledge.progress.status or NONE],
    "cycle": lambda pledge: [pledge.review_cycle] if pledge.review_cycle else [],
    "level": lambda pledge: pledge.levels,
    "country": lambda pledge: (place.country for place in pledge.places if place.country),
    "sdg_target": lambda pledge: pledge.sdg_targets,
    "framework": lambda pledge: pledge.frameworks,
    "partner": lambda pledge: pledge.partner_entities,
    "language": lambda pledge: [pledge.language, *(text.language for text in pledge.translations)],
    "origin": lambda pledge: [pledge.origin],
}


def code(name: str, value: object) -> str:
    return f"{name}:{value}"


def codes(pledge: PledgeSnapshot) -> set[str]:
    """All but those of its texts, its entity's names and the requests for support."""
    plain = {code(name, value) for name, values in CODED.items() for value in values(pledge)}
    return plain | {digit for name, number in _days(pledge) for digit in digits(name, number)}


def _days(pledge: PledgeSnapshot) -> Iterator[tuple[str, int]]:
    """In UTC. An open beginning, and a report that nobody made, are before every day; an open end is after all."""
    period, reported = pledge.period, pledge.progress.last_reported_at
    yield "start", day(period.start.first_day()) if period.start else 0
    yield "end", day(period.end.last_day()) if period.end else LAST
    yield "reported", day(reported.date()) if reported else 0
    yield "first_published", day(pledge.first_published_at.date())


def day(when: date) -> int:
    """A day as a number, within what DIGITS can hold: 0 is left for no day."""
    return min(max((when - FIRST_DAY).days, 1), LAST)


def digits(name: str, number: int) -> list[str]:
    return [f"{name}.{place}" for place in range(DIGITS) if number >> place & 1]
