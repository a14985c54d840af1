"""What differs between two contents of a pledge, field by field, in words. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher

from shared.client.models.pledges import Content

MOST_WORDS = 4000  # a side; more are shown without marks, because a comparison takes their product
_WORDS = re.compile(r"\s+|\S+")

Say = Callable[[Content, str], str]


@dataclass(frozen=True)
class Piece:
    text: str
    only_here: bool


@dataclass(frozen=True)
class Difference:
    """One field in two versions; the pieces of each, joined, are all of it."""

    field: str
    ours: list[Piece]
    theirs: list[Piece]


def differences(ours: Content, theirs: Content, say: Say) -> list[Difference]:
    """Of the fields that differ, in the order of the content. `say` puts a field into words."""
    differing = [name for name in Content.model_fields if getattr(ours, name) != getattr(theirs, name)]
    return [Difference(name, *_apart(say(ours, name), say(theirs, name))) for name in differing]


def _apart(ours: str, theirs: str) -> tuple[list[Piece], list[Piece]]:
    left, right = _WORDS.findall(ours), _WORDS.findall(theirs)
    if max(len(left), len(right)) > MOST_WORDS:
        return [Piece(ours, only_here=True)], [Piece(theirs, only_here=True)]
    steps = SequenceMatcher(None, left, right).get_opcodes()
    return (
        [Piece("".join(left[a:b]), step != "equal") for step, a, b, _, _ in steps if a < b],
        [Piece("".join(right[c:d]), step != "equal") for step, _, _, c, d in steps if c < d],
    )
