"""Two texts of one draft, put together field by field. Pure.

A form carries marks of what it was filled from. So when a colleague was faster, it is known which fields its reader has
changed, and only those stand against the colleague's.
"""

import hashlib
from collections.abc import Iterable, Mapping

from services.portal.typed import MATCHED, Typed
from shared.client.models.pledges import Content

TAKE = "take."  # with the field's name: the choice between two texts
MINE, THEIRS, BOTH = "mine", "theirs", "both"
JOINED = {"description": "\n\n", "partners": "\n"}  # fields of which one can keep both texts, and what stands between


def marks(typed: Typed) -> str:
    """Of each field that says something: "title=1a2b3c4d;period=…"."""
    return ";".join(f"{field}={mark}" for field, mark in _marks(typed).items())


def untouched(typed: Typed, before: str) -> set[str]:
    """The fields that stand as they did when the form was filled; nothing is known of a form without marks."""
    if not before:
        return set()
    then = dict(part.split("=", 1) for part in before.split(";") if "=" in part)
    now = _marks(typed)
    return {field for field in Content.model_fields if then.get(field) == now.get(field)}


def choices(fields: Iterable[str], unchanged: set[str]) -> dict[str, str]:
    """What is proposed for each field that differs: who changed it, goes first."""
    return {field: THEIRS if field in unchanged else BOTH if field in JOINED else MINE for field in fields}


def together(mine: Typed, theirs: Typed, chosen: Mapping[str, str]) -> Typed:
    """My form, with the fields that I chose of theirs, and of some fields both texts, theirs first."""
    taken = {field for field, choice in chosen.items() if choice in {THEIRS, BOTH}}
    kept = [(name, value) for name, value in mine.items() if field_of(name) not in taken]
    added = [(name, _joined(name, value, mine, chosen)) for name, value in theirs.items() if field_of(name) in taken]
    return Typed([*kept, *added])


def field_of(name: str) -> str:
    """The field of a pledge that a field of the form belongs to."""
    return "matches" if name == MATCHED else name.partition(".")[0]


def _joined(name: str, theirs: str, mine: Typed, chosen: Mapping[str, str]) -> str:
    if name not in JOINED or chosen.get(name) != BOTH:
        return theirs
    return JOINED[name].join(text for text in (theirs, mine.one(name)) if text.strip())


def _marks(typed: Typed) -> dict[str, str]:
    said: dict[str, list[str]] = {}
    for name, value in sorted(typed.items()):
        if value.strip():
            said.setdefault(field_of(name), []).append(f"{name}\n{value}")
    return {field: hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8] for field, parts in said.items()}
