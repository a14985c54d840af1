"""How alike two requests of one entity are, from 0 to 100, and why, in codes with parameters. Pure.

A score orders what officers look at; it decides nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from rapidfuzz import fuzz

LEAST = 50  # below it, nobody is asked to look
LONGEST = 2000  # characters of a text that are compared: what is the same says so by then
CHANCE = 50.0  # how alike any two texts on migration are, letter by letter, in per cent
SAME = 97.0
TEXT, PLEDGE, TYPE = 70.0, 20.0, 10.0  # what each counts
TRANSLATED = 30.0  # for a text that cannot be compared, since it is in another language


@dataclass(frozen=True)
class Said:
    """What is compared of a request. `text` is folded (shared/searching/folding.py)."""

    entity_id: str
    pledge_id: UUID
    type: str
    language: str
    text: str


@dataclass(frozen=True)
class Why:
    code: str
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Likeness:
    score: int
    reasons: tuple[Why, ...]


def compare(one: Said, other: Said) -> Likeness:
    """Which of the two is asked about makes no difference to the score."""
    translated = _primary(one.language) != _primary(other.language)
    share = 0.0 if translated else fuzz.token_sort_ratio(one.text[:LONGEST], other.text[:LONGEST])
    score = TRANSLATED if translated else TEXT * _beyond_chance(share)
    score += PLEDGE * (one.pledge_id == other.pledge_id) + TYPE * (one.type == other.type)
    return Likeness(round(score), tuple(_reasons(one, other, share, translated=translated)))


def _reasons(one: Said, other: Said, share: float, *, translated: bool) -> Iterator[Why]:
    if one.entity_id == other.entity_id:
        yield Why("same_entity")
    if one.pledge_id == other.pledge_id:
        yield Why("same_pledge")
    if one.type == other.type:
        yield Why("same_type", {"type": one.type})
    if translated:
        yield Why("other_language", {"language": other.language})
    elif share >= SAME:
        yield Why("same_text")
    elif _beyond_chance(share) >= 0.25:
        yield Why("similar_text", {"percent": round(share)})


def _beyond_chance(share: float) -> float:
    """From 0 to 1."""
    return max(0.0, (share - CHANCE) / (100 - CHANCE))


def _primary(language: str) -> str:
    return language.split("-", maxsplit=1)[0]
