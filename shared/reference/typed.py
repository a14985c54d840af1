"""Dates as people type them: all that a text can mean, so that nobody guesses. Pure."""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from shared.reference.dates import PartialDate

if TYPE_CHECKING:
    from babel import Locale

_TOKENS = re.compile(r"\d+|[^\W\d_]+")
LONGEST_KEPT = 100  # characters of what is remembered
_AROUND_NUMBERS = {"st", "nd", "rd", "th", "of", "de", "年", "月", "日"}


def dates(text: str, locales: "Sequence[str | Locale]") -> list[str]:
    """Each date that exists and that the text can mean, as ISO 8601 with as many parts as were typed.

    "2026", "06/2026", "30.6.2026", "June 30th, 2026": names of months are those of the locales. Empty: it is none.
    """
    meant = _meant if len(text) > LONGEST_KEPT else _meant_again
    return list(meant(text, tuple(str(locale) for locale in locales)))


@lru_cache(maxsize=4096)  # the rows of a file have few dates, again and again
def _meant_again(text: str, locales: tuple[str, ...]) -> tuple[str, ...]:
    return _meant(text, locales)


def _meant(text: str, locales: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(_readings(text, locales))))


def _readings(text: str, locales: tuple[str, ...]) -> Iterator[str]:
    for year, *rest in _orders(text, locales):
        try:
            yield PartialDate("-".join([year, *(part.zfill(2) for part in rest)])).text
        except ValueError:
            continue


def _orders(text: str, locales: tuple[str, ...]) -> list[list[str]]:
    """Year, month and day, as many as there are, in each order in which they may stand."""
    months = _months(locales)
    tokens = [token for token in _TOKENS.findall(text.casefold()) if token not in _AROUND_NUMBERS]
    named = [str(months[token]) for token in tokens if token in months]
    numbers = [str(int(token)) for token in tokens if token.isdecimal() and len(token) <= 4]
    if len(named) > 1 or len(named) + len(numbers) != len(tokens):
        return []
    if named:
        return _beside_a_name(named[0], numbers)
    return _bare(numbers, month_may_come_first="/" in text)


def _beside_a_name(month: str, numbers: list[str]) -> list[list[str]]:
    match numbers:
        case [year]:
            return [[year, month]]
        case [one, year]:
            return [[year, month, one]]
    return []


def _bare(numbers: list[str], *, month_may_come_first: bool) -> list[list[str]]:
    match numbers:
        case [year]:
            return [[year]]
        case [one, other]:
            return [[one, other], [other, one]]
        case [year, month, one] if len(year) == 4:
            return [[year, month, one]]
        case [one, other, year]:
            return [[year, other, one], [year, one, other]] if month_may_come_first else [[year, other, one]]
    return []


@cache
def _months(locales: tuple[str, ...]) -> dict[str, int]:
    """By their names, long and short."""
    from babel import Locale  # loads slowly, and only who reads dates waits for it

    found: dict[str, int] = {}
    for locale in locales:
        widths = Locale.parse(locale).months["format"]
        for width in ("wide", "abbreviated"):
            found |= {name.casefold().rstrip("."): month for month, name in widths[width].items()}
    return found
