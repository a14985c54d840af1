"""Numbers, dates and references as people type them. Pure.

What can be read in two ways is not guessed: the message says how to write either.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from uuid import UUID

from services.portal.language import Language
from shared.reference.dates import PartialDate

_BETWEEN = re.compile(r"[\s'’]")  # thousands are parted by spaces of many widths
_PLAIN = re.compile(r"-?\d+(\.\d+)?")
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3}){2,}(\.\d+)?|-?\d{1,3},\d{3}\.\d+")
_ONE_COMMA = re.compile(r"(-?\d+),(\d+)")
_TOKENS = re.compile(r"\d+|[^\W\d_]+")
_AROUND_DAYS = {"st", "nd", "rd", "th", "of"}
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Unclear(ValueError):
    """Says what to write instead, in the reader's language."""


def number(text: str, language: Language) -> Decimal | None:
    """None for nothing. Raises Unclear."""
    bare = _BETWEEN.sub("", text)
    if not bare:
        return None
    if _PLAIN.fullmatch(bare):
        return Decimal(bare)
    if _GROUPED.fullmatch(bare):
        return Decimal(bare.replace(",", ""))
    if comma := _ONE_COMMA.fullmatch(bare):
        return _with_comma(comma[1], comma[2], language)
    says = language.gettext("“{text}” is no number. Write digits, like 1500 or 2.5; units have a field of their own.")
    raise Unclear(says.format(text=_short(text)))


def _with_comma(before: str, after: str, language: Language) -> Decimal:
    if len(after) != 3 or before in {"0", "-0"}:
        return Decimal(f"{before}.{after}")
    says = language.gettext("“{text}” can be read in two ways. Write {one} or {other}.")
    raise Unclear(says.format(text=_short(f"{before},{after}"), one=before + after, other=f"{before}.{after}"))


def as_typed(value: Decimal | None) -> str:
    """A number as one would type it."""
    text = "" if value is None else format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def day(text: str, language: Language) -> str | None:
    """With as many parts as were typed: "2026", "2026-06", "2026-06-30". None for nothing. Raises Unclear."""
    bare = text.strip()
    if not bare:
        return None
    found = sorted(set(_readings(bare, language)))
    if len(found) == 1:
        return found[0]
    if found:
        says = language.gettext("“{text}” can be read in two ways. Write {one} or {other}.")
        raise Unclear(says.format(text=_short(bare), one=found[0], other=found[1]))
    says = language.gettext("“{text}” is no date. Write as much as you know, like 2026, 2026-06 or 2026-06-30.")
    raise Unclear(says.format(text=_short(bare)))


def _readings(text: str, language: Language) -> Iterator[str]:
    """Each date that exists and that the text can mean."""
    for year, *rest in _orders(text, language):
        try:
            yield PartialDate("-".join([year, *(part.zfill(2) for part in rest)])).text
        except ValueError:
            continue


def _orders(text: str, language: Language) -> list[list[str]]:
    """Year, month and day, as many as there are, in each order in which they may stand."""
    months = _months(language)
    tokens = [token for token in _TOKENS.findall(text.casefold()) if token not in _AROUND_DAYS]
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
def _months(language: Language) -> dict[str, int]:
    """By their names, long and short, in the reader's language."""
    widths = language.locale.months["format"]
    return {
        name.casefold().rstrip("."): month for width in ("wide", "abbreviated") for month, name in widths[width].items()
    }


def reference(text: str, language: Language) -> UUID | None:
    """The id of a pledge, also in the address of its page. None for nothing. Raises Unclear."""
    if not text.strip():
        return None
    if found := _UUID.search(text):
        return UUID(found.group())
    raise Unclear(language.gettext("Copy the address of the other pledge’s page into this field."))


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
