"""How things are said in a language: which one somebody asked for, dates as precise as they are known, numbers."""

from collections.abc import Collection
from decimal import Decimal

from babel import Locale, dates, numbers

from shared.reference.dates import PartialDate

ENGLISH = "en"
MOST_WISHES = 20  # languages of one header that are looked at
_REGIONS = {ENGLISH: "en_GB"}  # the United Nations write 5 December 2024


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
        case _:
            return dates.format_date(first, "long", locale=locale)


def number(value: Decimal | float, locale: Locale) -> str:
    """With all its digits."""
    return numbers.format_decimal(value, locale=locale, decimal_quantization=False)
