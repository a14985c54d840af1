"""Money as it was said, and as it counts. Pure; the words of money are in money.yaml.

What can be read in two ways is not guessed: the reading says why it has no amount, or no currency.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import yaml

from services.pledges.registry.content import Bound, Money
from shared.events.pledges import Sum

Unread = Literal["no_number", "two_ways", "range", "several"]

MOST = 50  # amounts of one text; whoever writes more has a table, which is no text
LONGEST_NUMBER = 30  # characters; a longer one is an identifier
NEAR = 40  # characters around a number in which its currency and bound stand

_SPACES = " \u00a0\u202f\u2009"
_NUMBER = re.compile(
    rf"(?<![\w.,])\d{{1,3}}(?:[{_SPACES}]\d{{3}}(?!\d))+(?:[.,]\d{{1,2}}(?!\d))?"  # 1 234 567,89
    r"|\d+(?:[.,'’٬٫]\d+)*"
)
_RANGE = re.compile(r"\s?[-–—]\s?\d[\d.,]*")
_GROUPS = re.compile(r"\d{1,3}(?:(?:\.\d{3})+|(?:,\d{2,3})*,\d{3})")
_CODE_BEFORE = re.compile(r"(?<![A-Za-z])([A-Z]{3})\s?$")
_CODE_AFTER = re.compile(r"\s?([A-Z]{3})(?![A-Za-z])")
_OF = r"(?:\s(?:of|de|d['’]))?"


@dataclass(frozen=True, slots=True)
class Reading:
    """`said` as it stands in the text. Without `amount`, `unread` says why; without `currency`, none or several fit."""

    said: str
    amount: Decimal | None
    currency: str | None
    bound: Bound = "exactly"
    unread: Unread | None = None


def sums(entries: Iterable[Money]) -> list[Sum]:
    """What can be counted, by currency and bound; entries without amount or currency count nowhere."""
    found: dict[tuple[str, Bound], Decimal] = defaultdict(Decimal)
    for entry in map(counted, entries):
        if entry.amount is not None and entry.currency:
            found[entry.currency, entry.bound] += entry.amount
    return [Sum(amount=amount, currency=currency, bound=bound) for (currency, bound), amount in sorted(found.items())]


def counted(entry: Money) -> Reading:
    """What an entry comes to: its amount and currency, and where it has none, what was said."""
    said = read(entry.said or "")
    if entry.amount is not None:
        return Reading(entry.said or f"{entry.amount:f}", entry.amount, entry.currency or said.currency, entry.bound)
    bound = said.bound if entry.bound == "exactly" else entry.bound
    return replace(said, currency=entry.currency or said.currency, bound=bound)


def find(text: str) -> list[Reading]:
    """The first amounts of money in running text: numbers with a currency beside them."""
    readings = (_beside(text, number, needs_currency=True) for number in _NUMBER.finditer(text))
    return list(islice(filter(None, readings), MOST))


def read(said: str) -> Reading:
    """One line that is meant to be money, as in "up to 200.000 euros"; several numbers are not chosen between."""
    numbers = islice(_NUMBER.finditer(said), MOST)
    readings = [found for number in numbers if (found := _beside(said, number, needs_currency=False))]
    money = [found for found in readings if found.currency] or readings
    if not money:
        return Reading(said, None, None, unread="no_number")
    if len({(one.amount, one.currency) for one in money}) > 1:
        return Reading(said, None, None, unread="several")
    first = money[0]
    return Reading(said, first.amount, first.currency, first.bound, first.unread)


def _beside(text: str, number: re.Match[str], *, needs_currency: bool) -> Reading | None:
    """The number with what stands right before and after it; None where that is no money."""
    words, start = _words(), number.start()
    if len(number.group()) > LONGEST_NUMBER:
        return None
    upper = _RANGE.match(text, number.end(), number.end() + NEAR)
    end = upper.end() if upper else number.end()
    before = text[max(0, start - NEAR) : start]
    code, left = _before(before, words)
    power, currency, right = _after(text[end : end + NEAR], words, sign_before=code is not None)
    if code in words.also_words and not power and len(number.group()) <= 3:
        code, left = None, 0
    if code is None and currency is None and needs_currency:
        return None
    bound, further = _bound(before[: len(before) - left], words)
    is_range = upper is not None or words.range.search(before) is not None
    amount, unread = (None, "range") if is_range else _amount(number.group(), power)
    said = text[start - left - further : end + right].strip()
    return Reading(said, amount, (code or currency) or None, bound, unread)


def _before(before: str, words: "_Words") -> tuple[str | None, int]:
    """The currency at the end ("" is one of several, None is none), and how many characters it takes."""
    if found := words.sign_before.search(before):
        return words.signs[found[1]], len(found[0])
    if (found := _CODE_BEFORE.search(before)) and found[1] in words.codes:
        return found[1], len(found[0])
    return None, 0


def _after(after: str, words: "_Words", *, sign_before: bool) -> tuple[int, str | None, int]:
    """The power of ten, the currency, and how many characters both take."""
    power, taken = 0, 0
    if (found := words.scale.match(after)) and (sign_before or found[1].casefold() not in words.short_scales):
        power, taken = words.scales[found[1].casefold()], found.end()
    if named := words.named.match(after, taken):
        return power, words.currencies[named[1].casefold()], named.end()
    if signed := words.sign_after.match(after, taken):
        return power, words.signs[signed[1]], signed.end()
    if (coded := _CODE_AFTER.match(after, taken)) and coded[1] in words.codes:
        return power, coded[1], coded.end()
    return power, None, taken


def _bound(before: str, words: "_Words") -> tuple[Bound, int]:
    found = words.bound.search(before)
    return (words.bounds[found[1].casefold()], len(found[0])) if found else ("exactly", 0)


def _amount(digits: str, power: int) -> tuple[Decimal | None, Unread | None]:
    plain = _plain(digits, scaled=power > 0)
    return (None, "two_ways") if plain is None else (Decimal(plain) * 10**power, None)


def _plain(digits: str, *, scaled: bool) -> str | None:
    """The number as Python writes it; None where it can be read in two ways.

    A mark that comes twice parts thousands, of two marks the last one begins the decimals. One mark before three
    digits parts thousands, since money has two decimals; before a word like million it may be either.
    """
    bare = re.sub(rf"[{_SPACES}'’٬]", "", digits).replace("٫", ".")
    marks = [mark for mark in bare if mark in ".,"]
    if not marks:
        return bare
    whole, _, rest = bare.rpartition(marks[-1])
    if len(marks) > 1:
        in_groups = bare if len(set(marks)) == 1 else whole
        decimals = "" if in_groups is bare else f".{rest}"
        return re.sub("[.,]", "", in_groups) + decimals if _GROUPS.fullmatch(in_groups) else None
    if len(rest) != 3 or whole == "0":
        return f"{whole}.{rest}"
    return None if scaled else whole + rest


@dataclass(frozen=True)
class _Words:
    signs: Mapping[str, str]
    currencies: Mapping[str, str]
    scales: Mapping[str, int]
    short_scales: frozenset[str]
    bounds: Mapping[str, Bound]
    codes: frozenset[str]
    also_words: frozenset[str]
    sign_before: re.Pattern[str]
    sign_after: re.Pattern[str]
    named: re.Pattern[str]
    scale: re.Pattern[str]
    bound: re.Pattern[str]
    range: re.Pattern[str]


@cache
def _words() -> _Words:
    from babel.numbers import list_currencies

    data = yaml.safe_load((Path(__file__).with_suffix(".yaml")).read_text("utf-8"))
    currencies, scales, bounds = (_turned(data[name]) for name in ("words", "scales", "bounds"))
    signs, end = _any(data["signs"]), r"(?![^\W\d_])"
    return _Words(
        signs=data["signs"],
        currencies=currencies,
        scales=scales,
        short_scales=frozenset(data["short_scales"]),
        bounds=bounds,
        codes=frozenset(list_currencies()),
        also_words=frozenset(data["also_words"]),
        sign_before=re.compile(rf"({signs})\s?$"),
        sign_after=re.compile(rf"\s?({signs})"),
        named=re.compile(rf"{_OF}\s?({_any(currencies)}){end}", re.IGNORECASE),
        scale=re.compile(rf"\s?({_any(scales)})(?:{end}|(?<=[万亿]))", re.IGNORECASE),
        bound=re.compile(rf"(?<!\w)({_any(bounds)})\s?(?:the\s|a\s|an\s|les\s|los\s)?$", re.IGNORECASE),
        range=re.compile(rf"\d\s?(?:{_any(data['ranges'])})\s?$", re.IGNORECASE),
    )


def _turned(lists: Mapping[Any, Iterable[str]]) -> dict[str, Any]:
    return {word.casefold(): key for key, words in lists.items() for word in words}


def _any(words: Iterable[str]) -> str:
    """Alternatives, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
