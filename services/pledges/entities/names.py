"""Names of entities: the one to show, and how they are found without accents, case or punctuation. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Literal

Language = Literal["ar", "zh", "en", "fr", "ru", "es"]  # those of the United Nations

MOST_WORDS = 10  # of a search; each costs an index look-up
# letters that Unicode does not take apart into a plain letter and a mark
_PLAIN = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
_NO_WORD = re.compile(r"[\W_]+")


def display(names: Mapping[Language, str]) -> str:
    """In English, or else in the first language that the entity gave."""
    return names.get("en") or next(iter(names.values()))


def fold(text: str) -> str:
    """ "Côte d’Ivoire" becomes "cote d ivoire", and so does "COTE D'IVOIRE". Also the order of lists."""
    bare = "".join(letter for letter in _apart(_apart(text)) if not unicodedata.combining(letter))
    return _NO_WORD.sub(" ", bare.translate(_PLAIN)).strip()


def _apart(text: str) -> str:
    """Letters without case, and their marks after them; twice, as Unicode's compatibility caseless match (D146)."""
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())


def searchable(entity_id: str, names: Mapping[Language, str], aliases: Iterable[str]) -> str:
    """What a search looks into: the code, all names and aliases, folded, one a line."""
    return "\n".join(fold(text) for text in (entity_id, *names.values(), *aliases))


def words(query: str) -> list[str]:
    """What an entity must contain, each word, to be found; empty when the query holds no letter or digit."""
    return fold(query).split()[:MOST_WORDS]
