"""A pledge's text as the rules read it: in which language, and which of its words are there. Pure."""

import re
from collections import Counter
from dataclasses import dataclass, replace

from services.pledges.advice.vocabulary import LANGUAGES, phrases, vocabulary
from services.pledges.registry.content import Content, Translation

FEWEST_WORDS = 12  # of fewer, the language is what the pledge says it is
SHARE = 0.28  # of the words are common ones of the language; of a related one, some 20 % look so
CLEARLY = 2  # times as many as of the language that the pledge names

_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Reading:
    """`language` is that of the words we know; None where we know none and only figures are read.

    `at` is the place of the text in the pledge: empty, or that of a translation.
    """

    title: str
    description: str
    declared: str
    language: str | None
    at: str = ""

    def place(self, field: str) -> str:
        """Of a field of this text in the pledge: "description", or "translations.0.description"."""
        return f"{self.at}{field}"

    @property
    def text(self) -> str:
        return f"{self.title}\n{self.description}"

    @property
    def words(self) -> int:
        return len(_WORD.findall(self.description))

    def all(self, of: str, *, most: int = 3) -> list[str]:
        """Phrases of a list of the vocabulary as they stand in the text, each once, at most so many."""
        if self.language is None:
            return []
        found: dict[str, str] = {}
        for match in phrases(self.language, of).finditer(self.text):
            found.setdefault(match.group().casefold(), match.group())
            if len(found) == most:
                break
        return list(found.values())

    def without(self, of: str) -> "Reading":
        """The same without what stands in a list."""
        if self.language is None:
            return self
        known = phrases(self.language, of)
        return replace(self, title=known.sub("", self.title), description=known.sub("", self.description))


def reading(content: Content) -> Reading:
    """The pledge's own text; where we do not know its language, the first translation in one that we do."""
    own = _read(content, "")
    others = (_read(text, f"translations.{place}.") for place, text in enumerate(content.translations))
    return own if own.language else next((one for one in others if one.language and one.description.strip()), own)


def _read(text: Content | Translation, at: str) -> Reading:
    """What is declared holds, unless the words are clearly those of another language that we know."""
    declared = text.language.partition("-")[0]
    return Reading(text.title, text.description, declared, _language(f"{text.title}\n{text.description}", declared), at)


def _language(text: str, declared: str) -> str | None:
    words = [word.casefold() for word in _WORD.findall(text)]
    known = declared if declared in LANGUAGES else None
    if len(words) < FEWEST_WORDS:
        return known
    counts = Counter({code: _common(code, words) for code in LANGUAGES})
    best, most = counts.most_common(1)[0]
    if most >= (SHARE if known is None else SHARE / 2) * len(words) and most >= CLEARLY * counts.get(known or "", 0):
        return best
    return known if _mostly_latin(text) else None


def _common(language: str, words: list[str]) -> int:
    known = set(vocabulary(language).common)
    return sum(word in known for word in words)


def _mostly_latin(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    return sum(char < "\u0250" for char in letters) * 2 > len(letters)
