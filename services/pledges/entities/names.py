"""Names of entities: the one to show, and how they are found without accents, case or punctuation. Pure."""

from collections.abc import Iterable, Mapping
from typing import Literal

from shared.searching.folding import fold

Language = Literal["ar", "zh", "en", "fr", "ru", "es"]  # those of the United Nations

MOST_WORDS = 10  # of a search; each costs an index look-up


def display(names: Mapping[Language, str]) -> str:
    """In English, or else in the first language that the entity gave."""
    return names.get("en") or next(iter(names.values()))


def searchable(entity_id: str, names: Mapping[Language, str], aliases: Iterable[str]) -> str:
    """What a search looks into: the code, all names and aliases, folded, one a line."""
    return "\n".join(fold(text) for text in (entity_id, *names.values(), *aliases))


def words(query: str) -> list[str]:
    """What an entity must contain, each word, to be found; empty when the query holds no letter or digit."""
    return fold(query).split()[:MOST_WORDS]
