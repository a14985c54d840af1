"""Text as it is compared: without accents, case or punctuation. Pure."""

import re
import unicodedata

# letters that Unicode does not take apart into a plain letter and a mark
_PLAIN = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
_NO_WORD = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """ "Côte d’Ivoire" becomes "cote d ivoire", and so does "COTE D'IVOIRE". Also the order of lists."""
    bare = "".join(letter for letter in _apart(_apart(text)) if not unicodedata.combining(letter))
    return _NO_WORD.sub(" ", bare.translate(_PLAIN)).strip()


def _apart(text: str) -> str:
    """Letters without case, and their marks after them; twice, as Unicode's compatibility caseless match (D146)."""
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
