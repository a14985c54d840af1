"""What stands in one cell of a file, read and written. Pure."""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from shared.reference.entries import LANGUAGES
from shared.reference.typed import dates


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that a spreadsheet program computes; nobody here does."""

    text: str


Value = str | int | float | bool | date | Decimal | Formula | None

_PLAIN = re.compile(r"-?\d+(\.\d+)?")
_GROUPS = (re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)?"), re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?"))
_DECIMAL_COMMA = re.compile(r"-?\d+,\d+")
_PARTED = re.compile(r"[;,\n]")
_BETWEEN = re.compile(r"[\s'’]")
SHOWN = 60  # characters of a cell that a fault repeats


class Unclear(ValueError):
    """What is wrong with a cell, and what to write instead."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem, self.remedy = problem, remedy


def text_of(value: Value) -> str:
    """What a cell says, as it was written; numbers and dates as plainly as they can be. Raises Unclear."""
    match value:
        case None:
            return ""
        case str():
            return value
        case Formula():
            problem = f"holds a formula ({short(value.text)}), and formulas are not computed here"
            raise Unclear(problem, "put its value there: copy the cell and paste it as a value")
        case bool():
            return str(value).upper()
        case int() | float() | Decimal():
            return number_text(Decimal(str(value)))
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()


def number_text(value: Decimal) -> str:
    """As one would type it: no exponent, no zeros that say nothing."""
    plain = format(value, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def line(text: str) -> str | None:
    return text.strip() or None


def raw(text: str) -> str | None:
    """Byte for byte."""
    return text or None


def number(text: str) -> Decimal | None:
    """Raises Unclear for what is no number, or two: "200.000" is 200 in one country and 200,000 in another."""
    bare = _BETWEEN.sub("", text)
    if not bare:
        return None
    found = sorted(_numbers(bare))
    if len(found) == 1:
        return found[0]
    if found:
        one, other = map(number_text, found)
        raise Unclear(f"“{short(text)}” can be read in two ways", f"write {one} or {other}")
    raise Unclear(
        f"“{short(text)}” is no number", "write digits only, like 1500 or 2.5; words have a column of their own"
    )


def _numbers(bare: str) -> set[Decimal]:
    if bare.isdecimal():  # as most are: nothing parts it, so there is one way to read it
        return {Decimal(bare)}
    points, commas = (pattern.fullmatch(bare) is not None for pattern in _GROUPS)
    readings = [
        (points, bare.replace(".", "").replace(",", ".")),
        (commas, bare.replace(",", "")),
        (_PLAIN.fullmatch(bare) is not None, bare),
        (_DECIMAL_COMMA.fullmatch(bare) is not None, bare.replace(",", ".")),
    ]
    try:
        return {Decimal(text) for fits, text in readings if fits}
    except InvalidOperation:
        return set()


def day(text: str) -> str | None:
    """A date with as many parts as are known, as ISO 8601; months by name in any UN language. Raises Unclear."""
    bare = text.strip()
    if not bare:
        return None
    found = dates(bare, LANGUAGES)
    if len(found) == 1:
        return found[0]
    if found:
        raise Unclear(f"“{short(bare)}” can be read in two ways", f"write {' or '.join(found[:2])}")
    raise Unclear(f"“{short(bare)}” is no date", "write as much as you know, like 2026, 2026-06 or 2026-06-30")


def entries(text: str) -> list[str]:
    """Codes, one a line or parted by commas or semicolons."""
    return [one for part in _PARTED.split(text) if (one := part.strip())]


def lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").split("\n")


def document(text: str) -> Any:
    """JSON in a cell. Raises Unclear."""
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Unclear("is no JSON", "write a JSON list, or leave the cell empty") from None


def short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
