"""Numbers, dates and references as people type them. Pure.

What can be read in two ways is not guessed: the message says how to write either.
"""

import re
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.portal.language import Language
from shared.reference.typed import dates

_BETWEEN = re.compile(r"[\s'’]")  # thousands are parted by spaces of many widths
_PLAIN = re.compile(r"-?\d+(\.\d+)?")
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3}){2,}(\.\d+)?|-?\d{1,3},\d{3}\.\d+")
_ONE_COMMA = re.compile(r"(-?\d+),(\d+)")
_CURRENCY = re.compile("[A-Z]{3}")
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
    found = dates(bare, [language.locale])
    if len(found) == 1:
        return found[0]
    if found:
        says = language.gettext("“{text}” can be read in two ways. Write {one} or {other}.")
        raise Unclear(says.format(text=_short(bare), one=found[0], other=found[1]))
    says = language.gettext("“{text}” is no date. Write as much as you know, like 2026, 2026-06 or 2026-06-30.")
    raise Unclear(says.format(text=_short(bare)))


def whole_day(text: str, language: Language) -> date | None:
    """None for nothing. Raises Unclear, also for a year or a month."""
    found = day(text, language)
    if found is None:
        return None
    if len(found) < len("2024-09-30"):
        says = language.gettext("“{text}” is no day. Write day, month and year, like 2024-09-30.")
        raise Unclear(says.format(text=_short(text.strip())))
    return date.fromisoformat(found)


def currency(text: str, language: Language) -> str | None:
    """Its code, ISO 4217; whether there is such a one, the service says. None for nothing. Raises Unclear."""
    bare = text.strip().upper()
    if not bare or _CURRENCY.fullmatch(bare):
        return bare or None
    says = language.gettext("“{text}” is no currency code. Write its three letters, like EUR or KES.")
    raise Unclear(says.format(text=_short(text.strip())))


def reference(text: str, language: Language) -> UUID | None:
    """The id of a pledge, also in the address of its page. None for nothing. Raises Unclear."""
    if not text.strip():
        return None
    if found := _UUID.search(text):
        return UUID(found.group())
    raise Unclear(language.gettext("Copy the address of the other pledge’s page into this field."))


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
