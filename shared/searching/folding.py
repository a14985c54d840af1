"""Text as it is compared: without accents, case or punctuation. Pure."""

import re
import unicodedata
from functools import cache

# letters that Unicode does not take apart into a plain letter and a mark
_PLAIN = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
_NO_WORD = re.compile(r"[\W_]+")
MOST_MARKS = 30  # on one letter, as the Stream-Safe Text Format has it (UAX 15); no language needs as many


def fold(text: str) -> str:
    """ "Côte d’Ivoire" becomes "cote d ivoire", and so does "COTE D'IVOIRE". Also the order of lists."""
    bare = "".join(letter for letter in _apart(_apart(stream_safe(text))) if not unicodedata.combining(letter))
    return _NO_WORD.sub(" ", bare.translate(_PLAIN)).strip()


def stream_safe(text: str) -> str:
    """The text without the marks that are too many on one letter: to order n of them takes n * n steps."""
    return text if text.isascii() else _too_many().sub(r"\1", text)


@cache
def _too_many() -> re.Pattern[str]:
    """More marks in a row than MOST_MARKS; counted is also what becomes one when it is taken apart."""
    marks = "".join(letter for letter in map(chr, range(0x300, 0x20000)) if is_mark(letter))
    return re.compile(f"([{marks}]{{{MOST_MARKS}}})[{marks}]+")


def is_mark(letter: str) -> bool:
    return bool(unicodedata.combining(unicodedata.normalize("NFKD", letter)[0]))


def _apart(text: str) -> str:
    """Letters without case, and their marks after them; twice, as Unicode's compatibility caseless match (D146)."""
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
