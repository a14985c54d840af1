"""What a public pledge is found by, as codes: "objective:objective-7", "country:KEN". Pure.

A date is a number of five octal digits, each of them as many codes as it counts ("end.3.1", "end.3.2" for a fourth
digit of 2): so bits of documents are compared with a day by at most nine codes, however many days there are.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from shared.events.pledges import PledgeSnapshot
from shared.reference import catalogue

FIRST_DAY = date(1990, 1, 1)
BITS, PLACES = 3, 5  # of a digit; digits
BASE = 1 << BITS
LAST: int = BASE**PLACES - 1  # 18 September 2079, and every day after it
LONGEST = 200  # characters of a code: what is longer is cut, for an index takes no more than some 2,700 bytes
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
    return f"{name}:{value}"[:LONGEST]


def codes(pledge: PledgeSnapshot) -> set[str]:
    """All but those of its texts, its entity's names and the requests for support."""
    plain = {code(name, value) for name, values in CODED.items() for value in values(pledge)}
    return plain | {digit for name, number in _days(pledge) for digit in digits(name, number)}


def _days(pledge: PledgeSnapshot) -> Iterator[tuple[str, int]]:
    """In UTC. An open beginning is before every day; an open end is after all of them.

    `heard`: the last day on which something was heard of it; what is closed is never silent.
    """
    period, reported = pledge.period, pledge.progress.last_reported_at
    first = day(pledge.first_published_at.date())
    yield "start", day(period.start.first_day()) if period.start else 0
    yield "end", day(period.end.last_day()) if period.end else LAST
    yield "first_published", first
    yield "heard", LAST if pledge.state == "closed" else max(first, day(reported.date()) if reported else 0)


def day(when: date) -> int:
    """A day as a number, within what DIGITS can hold: 0 is left for no day."""
    return min(max((when - FIRST_DAY).days, 1), LAST)


def digit_code(name: str, place: int, least: int) -> str:
    """Of days whose digit at that place, counted from the lowest, is at least so much."""
    return f"{name}.{place}.{least}"


def digits(name: str, number: int) -> list[str]:
    return [
        digit_code(name, place, least) for place in range(PLACES) for least in range(1, digit_of(number, place) + 1)
    ]


def digit_of(number: int, place: int) -> int:
    return number >> BITS * place & BASE - 1
