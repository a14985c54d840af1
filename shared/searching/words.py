"""Texts as the words that they are found by. Pure; PostgreSQL brings words to their stems (stems.py).

Each word counts as it is written and without its marks: "migración" is found by "migracion", and its stem too. Chinese
has no spaces, so each character counts, and each two that stand together: 移民 is found in mid-sentence.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from shared.searching.folding import fold, stream_safe

DICTIONARIES = {
    "ar": "search_arabic",
    "en": "search_english",
    "fr": "search_french",
    "ru": "search_russian",
    "es": "search_spanish",
}
PLAIN = "simple"  # of other languages, and of Chinese: words as they are
LONGEST = 40  # characters of a word; what is longer is cut
LONGEST_KEPT = 100  # of what is remembered: 20,000 long ones would fill the memory
MOST_TEXT = 200_000  # characters of a document, all its languages together, that are searched
MOST_WORDS = 10  # of a query

_CHINESE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # and Japanese
_RUNS = re.compile(rf"([{_CHINESE}]+)|([^\W_{_CHINESE}]+)")

Word = tuple[str, str]  # its dictionary, and the word


def words(found: Iterable[tuple[str, str]]) -> set[Word]:
    """Of texts in their languages, as a document has them."""
    left, all_words = MOST_TEXT, set[Word]()
    for language, text in found:
        dictionary = DICTIONARIES.get(language.split("-")[0], PLAIN)
        all_words |= {word for run in _runs(text[:left]) for word in _of_document(run, dictionary)}
        left -= len(text[:left])
    return all_words


def wanted(query: str) -> list[set[Word]]:
    """Of a query in whatever language, what each of its words may be; empty when it holds no letter or digit."""
    runs = list(dict.fromkeys(_runs(query)))
    return [word for run in runs for word in _of_query(run)][:MOST_WORDS]


def _runs(text: str) -> Iterator[tuple[str, str]]:
    """What stands between spaces and signs, without case: Chinese characters, or a word of another script."""
    # twice: what case folding leaves may be composed again (Unicode's compatibility caseless match, D146)
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", stream_safe(text)).casefold())
    return ((chinese, word) for chinese, word in _RUNS.findall(plain))


def _of_document(run: tuple[str, str], dictionary: str) -> Iterator[Word]:
    chinese, word = run
    yield from ((PLAIN, one) for one in (*chinese, *_pairs(chinese)))
    yield from ((dictionary, one) for one in _variants(word))


def _of_query(run: tuple[str, str]) -> list[set[Word]]:
    chinese, word = run
    if chinese:
        return [{(PLAIN, one)} for one in _pairs(chinese) or [chinese]]
    return [{(dictionary, one) for dictionary in (PLAIN, *DICTIONARIES.values()) for one in _variants(word)}]


def _pairs(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(len(run) - 1)]


def _variants(word: str) -> frozenset[str]:
    return _short_variants(word) if len(word) <= LONGEST_KEPT else _any_variants(word)


@lru_cache(maxsize=20_000)
def _short_variants(word: str) -> frozenset[str]:
    return _any_variants(word)


def _any_variants(word: str) -> frozenset[str]:
    return frozenset(one[:LONGEST] for one in (word, *fold(word).split()) if one)
