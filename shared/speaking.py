"""How things are said in a language: which one somebody asked for, dates as precise as they are known, numbers."""

from collections.abc import Collection
from decimal import Decimal
from functools import cache
from unicodedata import bidirectional

from babel import Locale, dates, numbers

from shared.reference.dates import PartialDate

ENGLISH = "en"
MOST_WISHES = 20  # languages of one header that are looked at
_REGIONS = {ENGLISH: "en_GB"}  # the United Nations write 5 December 2024
_ISOLATED = "\u2068{}\u2069"
_RIGHT_TO_LEFT = {"R", "AL"}


@cache
def locale_of(language: str) -> Locale:
    return Locale.parse(_REGIONS.get(language, language), sep="_")


def preferred(accepted: str, available: Collection[str]) -> str:
    """The best of `available` for a header Accept-Language (RFC 9110, 12.5.4); English if none fits."""
    wishes = [_wish(part) for part in accepted.split(",")[:MOST_WISHES]]
    for _, tag in sorted((wish for wish in wishes if wish[0] > 0), key=lambda wish: -wish[0]):
        for code in (tag, tag.partition("-")[0]):
            if code in available:
                return code
    return ENGLISH


def _wish(part: str) -> tuple[float, str]:
    tag, _, quality = part.strip().lower().partition(";q=")
    try:
        return float(quality or 1), tag
    except ValueError:
        return 0, tag


def day(when: PartialDate, locale: Locale) -> str:
    """With as many parts as are known."""
    first = when.first_day()
    match when.precision:
        case "year":
            return dates.format_skeleton("y", first, locale=locale)
        case "month":
            return dates.format_skeleton("yMMMM", first, locale=locale)
        case _ if first.day == 1 and locale.language == "fr":  # the only ordinal, which CLDR does not know
            return f"1er{dates.format_date(first, 'long', locale=locale)[1:]}"
        case _:
            return dates.format_date(first, "long", locale=locale)


def number(value: Decimal | float, locale: Locale) -> str:
    """With all its digits."""
    return numbers.format_decimal(value, locale=locale, decimal_quantization=False)


def runs_apart(text: str, locale: Locale) -> bool:
    """Whether the text and a sentence of `locale` around it may run in different directions (Unicode, UAX 9)."""
    if locale.text_direction != "ltr":
        return bool(text)
    return not text.isascii() and any(bidirectional(char) in _RIGHT_TO_LEFT for char in text)


def direction(text: str) -> str:
    """`ltr` or `rtl`: that of its first letter."""
    found = next((kind for kind in map(bidirectional, text) if kind in {"L", *_RIGHT_TO_LEFT}), "L")
    return "ltr" if found == "L" else "rtl"


def isolated(text: str, locale: Locale) -> str:
    """For plain text: set apart where it would disturb the sentence around it, or be disturbed."""
    return _ISOLATED.format(text) if runs_apart(text, locale) else text
