"""How alike two pledges are, from 0 to 100, and why, in codes with parameters. Pure.

A score orders what people look at; it decides nothing. The thresholds were set by the real pledges: of the 38 that the
demonstration holds, no two that differ reach `LEAST` (tests/unit/pledges/duplicates/test_likeness.py).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from services.pledges.duplicates.texts import Said, Wording
from shared.reference.dates import PartialDate

LEAST = 60  # below it, nobody is asked to look
CHANCE = 50.0  # how alike any two titles or texts on migration are, letter by letter, in per cent
SAME = 97.0
SHORTEST = 40  # characters that make a text worth comparing
NUMBERS = 2  # so many in common are hardly chance


@dataclass(frozen=True)
class Why:
    """A reason: its code, and what fills in its sentence."""

    code: str
    parameters: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Likeness:
    score: int
    reasons: tuple[Why, ...]


@dataclass(frozen=True)
class _Alike:
    """Titles and texts, in per cent; None where one of the two has no text."""

    title: float
    text: float | None
    language: str | None = None  # of a translation by which they are alike


def compare(one: Said, other: Said) -> Likeness:
    """Which of the two is asked about makes no difference to the score."""
    wording = max(_wordings(one, other), key=_strength)
    numbers = one.numbers & other.numbers
    translated = one.language != other.language and wording.language is None and len(numbers) >= NUMBERS
    base = max(_strength(wording), _by_numbers(one, other) if translated else 0.0)
    same_ids = one.external_ids & other.external_ids
    score = 100.0 if same_ids else base + _context(one, other)
    reasons = [
        *(Why("same_external_id", {"system": system, "id": code}) for system, code in sorted(same_ids)),
        *_of_wording(wording),
        *(_of_translation(other, numbers) if translated else ()),
        *_of_context(one, other),
    ]
    return Likeness(round(min(100.0, max(0.0, score))), tuple(reasons))


def _wordings(one: Said, other: Said) -> Iterator[_Alike]:
    """In their own languages, whatever those are called, and in each that both have."""
    yield _alike(one.own, other.own, None)
    for language in sorted(one.wordings.keys() & other.wordings.keys()):
        if (one.language, other.language) != (language, language):
            yield _alike(one.wordings[language], other.wordings[language], language)


def _alike(one: Wording, other: Wording, language: str | None) -> _Alike:
    title = fuzz.token_sort_ratio(one.title, other.title)
    return _Alike(title, _texts(one.text, other.text), language)


def _texts(one: str, other: str) -> float | None:
    """Also a text that goes on where the other ends: a report was added to it, or it was cut."""
    shortest = min(len(one), len(other))
    if shortest < SHORTEST:
        return None
    whole = fuzz.ratio(one, other, score_cutoff=CHANCE)
    return max(whole, fuzz.ratio(one[:shortest], other[:shortest], score_cutoff=90.0) * 0.95)


def _strength(alike: _Alike) -> float:
    """Same text under two titles, or a title and a text that are both alike; a title alone says less."""
    title = _beyond_chance(alike.title)
    if alike.text is None:
        return title * 0.8
    text = _beyond_chance(alike.text)
    return max(0.95 * text, 0.5 * title + 0.5 * text)


def _beyond_chance(share: float) -> float:
    return max(0.0, (share - CHANCE) / (100 - CHANCE) * 100)


def _by_numbers(one: Said, other: Said) -> float:
    """A translation that was filed by itself: nothing is alike but what no translation changes."""
    shared = len(one.numbers & other.numbers) / len(one.numbers | other.numbers)
    return 30 + 40 * shared


def _context(one: Said, other: Said) -> float:
    """What speaks for or against it besides the words."""
    bonus = 5.0 * bool(one.objectives & other.objectives) + 5.0 * (one.objectives == other.objectives != frozenset())
    bonus += 5.0 * _same_period(one, other)
    return bonus - 25.0 * _apart(one, other)


def _same_period(one: Said, other: Said) -> bool:
    return one.end is not None and (one.start, one.end) == (other.start, other.end)


def _apart(one: Said, other: Said) -> bool:
    """The later edition of a pledge begins when the first has ended."""
    return _ends_before(one, other) or _ends_before(other, one)


def _ends_before(one: Said, other: Said) -> bool:
    if one.end is None or other.start is None or one.end[:4] > other.start[:4]:
        return False
    return PartialDate(one.end).ends_before(PartialDate(other.start))


def _of_wording(alike: _Alike) -> Iterator[Why]:
    by = {"language": alike.language} if alike.language else {}
    for what, share in (("title", alike.title), ("text", alike.text)):
        if share is not None and share >= SAME:
            yield Why(f"same_{what}", dict(by))
        elif share is not None and _beyond_chance(share) >= 25:
            yield Why(f"similar_{what}", {"percent": round(share), **by})


def _of_translation(other: Said, numbers: Iterable[str]) -> Iterator[Why]:
    yield Why("other_language", {"language": other.language})
    yield _shared("same_numbers", numbers)


def _of_context(one: Said, other: Said) -> Iterator[Why]:
    if one.entity_id == other.entity_id:
        yield Why("same_entity")
    elif other.entity_id in one.partners or one.entity_id in other.partners:
        yield Why("partner_entity", {"entity": other.entity_id})
    if shared := one.objectives & other.objectives:
        yield _shared("shared_objectives", shared)
    if _same_period(one, other):
        yield Why("same_period", {"start": one.start, "end": one.end})
    if _apart(one, other):
        yield Why("other_period", {"start": other.start, "end": other.end})


def _shared(code: str, values: Iterable[str]) -> Why:
    return Why(code, {"values": sorted(values)})
