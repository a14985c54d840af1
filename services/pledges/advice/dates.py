"""Dates as a text says them: read where that is possible, and named with the reason where it is not. Pure.

Words are read in the languages of vocabulary/, figures ("2021-2024", "03/04/2025") in all.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from babel import Locale

from services.pledges.advice.vocabulary import Vocabulary, alternatives, vocabulary
from shared.reference.dates import PartialDate

# until: an end; during: a time in which it falls; range: both ends; the others cannot be entered as they are
Kind = Literal["until", "during", "range", "span", "no_year", "two_ways"]

_YEAR = r"(?:19|20|21)\d\d"
_EDGE = r"(?!\d|[-/.]\d)"
_YEARS = re.compile(rf"(?<![\d/.-])({_YEAR})\s?[-–—/]\s?({_YEAR}){_EDGE}")
_FIGURES = re.compile(rf"(?<![\d/.-])(\d\d?)[/.](\d\d?)[/.]({_YEAR}){_EDGE}")
_ISO = re.compile(rf"(?<![\d/.-])({_YEAR})-(\d\d)-(\d\d){_EDGE}")


@dataclass(frozen=True, slots=True)
class Said:
    """`said` as it stands in the text. Of "two_ways", `start` and `end` are the two days that it can mean."""

    said: str
    at: int
    kind: Kind
    start: PartialDate | None = None
    end: PartialDate | None = None


def find(text: str, language: str | None) -> list[Said]:
    """What the text says about time, in its order; of what overlaps, the longer. `language`: one of vocabulary/."""
    found = [*_in_figures(text), *(_in_words(text, language) if language else ())]
    kept: list[Said] = []
    for one in sorted(found, key=lambda one: (one.at, -len(one.said))):
        if not kept or one.at >= kept[-1].at + len(kept[-1].said):
            kept.append(one)
    return kept


def _in_figures(text: str) -> Iterator[Said]:
    for match in _YEARS.finditer(text):
        if match[1] < match[2]:
            yield Said(match[0], match.start(), "range", PartialDate(match[1]), PartialDate(match[2]))
    for match in _ISO.finditer(text):
        if day := _date(*match.groups()):
            yield Said(match[0], match.start(), "during", None, day)
    for match in _FIGURES.finditer(text):
        yield from _day_in_figures(match)


def _day_in_figures(match: re.Match[str]) -> Iterator[Said]:
    """With slashes, some write the month first; with dots, nobody does."""
    one, other, year = match.groups()
    day_first, month_first = _date(year, other, one), _date(year, one, other) if "/" in match[0] else None
    if day_first and month_first and day_first != month_first:
        yield Said(match[0], match.start(), "two_ways", day_first, month_first)
    elif day := day_first or month_first:
        yield Said(match[0], match.start(), "during", None, day)


def _in_words(text: str, language: str) -> Iterator[Said]:
    known = _patterns(language)
    for match in known.from_to.finditer(text):
        start, end = known.point(match, "1"), known.point(match, "2")
        if start and end and not end.ends_before(start):
            yield Said(match[0], match.start(), "range", start, end)
    ends: tuple[tuple[Kind, re.Pattern[str]], ...] = (("until", known.until), ("during", known.during))
    for kind, pattern in ends:
        for match in pattern.finditer(text):
            if end := known.point(match, "1"):
                yield Said(match[0], match.start(), kind, None, end)
    yield from (Said(match[0], match.start(), "span") for match in known.span.finditer(text))
    yield from (Said(match[0], match.start(), "no_year") for match in known.day.finditer(text) if known.is_day(match))


@dataclass(frozen=True)
class _Patterns:
    months: Mapping[str, int]
    from_to: re.Pattern[str]
    until: re.Pattern[str]
    during: re.Pattern[str]
    span: re.Pattern[str]
    day: re.Pattern[str]

    def point(self, match: re.Match[str], number: str) -> PartialDate | None:
        """The date of one group of parts, as precise as it is said."""
        parts = match.groupdict()
        month, day = parts[f"month{number}"], parts[f"day{number}"]
        return _date(parts[f"year{number}"], *([str(self.months[month.casefold()])] if month else []), *([day or ""]))

    def is_day(self, match: re.Match[str]) -> bool:
        """A name of a month has a capital letter in English, where may and march are words, too."""
        name, number = match["name"] or match["name2"], match["number"] or match["number2"]
        return 1 <= int(number) <= 31 and (name[0].isupper() or name.casefold() not in {"may", "march", "mar", "sept"})


@cache
def _patterns(language: str) -> _Patterns:
    words, months = vocabulary(language), _months(language)
    name, of = alternatives(months), rf"(?:(?:{alternatives(words.of)})\s)?"
    about = rf"(?:(?:{alternatives(words.end_of)})\s)?{of}"
    one, other = _point("1", name, of), _point("2", name, of)
    return _Patterns(
        months,
        from_to=_compiled(rf"(?:{alternatives(words.since)})\s{one}\s(?:{alternatives(words.upto)})\s{other}"),
        until=_compiled(rf"(?:{alternatives(words.until)})\s{about}{one}"),
        during=_compiled(rf"(?:{alternatives(words.within)})\s{about}{one}"),
        span=_compiled(_span(words)),
        day=_compiled(
            rf"(?P<number>\d\d?)(?:st|nd|rd|th|er)?\s{of}(?P<name>{name})\b\.?(?!,?\s{of}{_YEAR})"
            rf"|(?P<name2>{name})\.?\s(?P<number2>\d\d?)(?:st|nd|rd|th)?(?!\d|[.,]\d)(?!,?\s{_YEAR})"
        ),
    )


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)


def _point(number: str, month: str, of: str) -> str:
    """A year, perhaps with a month and a day before it."""
    day = rf"(?:(?P<day{number}>\d\d?)(?:st|nd|rd|th|er)?\s{of})?"
    return rf"(?:{day}(?P<month{number}>{month})\.?,?\s{of})?(?P<year{number}>{_YEAR}){_EDGE}"


def _span(words: Vocabulary) -> str:
    filling = rf"(?:(?:{alternatives(words.span_filling)})\s){{0,4}}"
    number = rf"(?:\d\d?|{alternatives(words.numbers)})"
    return rf"(?:{alternatives(words.span)})\s{filling}{number}\s{filling}(?:{alternatives(words.span_units)})"


@cache
def _months(language: str) -> dict[str, int]:
    """By their names, long and short."""
    names = Locale.parse(language).months["format"]
    widths = [names[width].items() for width in ("wide", "abbreviated")]
    return {name.casefold().rstrip("."): month for items in widths for month, name in items}


def _date(year: str, month: str = "", day: str = "") -> PartialDate | None:
    """None for what is no date."""
    try:
        return PartialDate("-".join([year, *(part.zfill(2) for part in (month, day) if part)]))
    except ValueError:
        return None
