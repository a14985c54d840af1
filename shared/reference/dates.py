"""Dates that are known to the year, the month or the day: what ministries really send."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:  # pydantic takes longer to import than all of the reference data to load
    from pydantic import GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

Precision = Literal["year", "month", "day"]

FIRST_YEAR, LAST_YEAR = 1900, 2200
MONTHS = 12
PATTERN = r"^(19[0-9]{2}|2[01][0-9]{2}|2200)(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"
EXAMPLES = ("2024", "2024-11", "2024-11-05")

_SHAPE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_PRECISIONS: tuple[Precision, ...] = ("year", "month", "day")


@dataclass(frozen=True, slots=True, repr=False)
class PartialDate:
    """A calendar date as ISO 8601 text, with as many parts as are known: "2024", "2024-11", "2024-11-05".

    It has no time zone: it means the days of the place that it is about. As a field of a pydantic model it accepts
    and dumps the text. ValueError says what to write instead. There is no order, since of "2024" and "2024-11"
    neither is the earlier; `ends_before` answers where the answer is certain.
    """

    text: str

    def __post_init__(self) -> None:
        _check(self.text)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"PartialDate({self.text!r})"

    @property
    def precision(self) -> Precision:
        return _PRECISIONS[self.text.count("-")]

    def first_day(self) -> date:
        """The earliest day that this can mean."""
        year, month, day = _parts(self.text)
        return date(year, month or 1, day or 1)

    def last_day(self) -> date:
        """The latest day that this can mean."""
        year, month, day = _parts(self.text)
        month = month or MONTHS
        return date(year, month, day or monthrange(year, month)[1])

    def ends_before(self, start: "PartialDate") -> bool:
        """Whether this end is certainly before that start: no reading of the two puts it on or after."""
        return self.last_day() < start.first_day()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> "CoreSchema":
        del source, handler
        from pydantic_core import core_schema

        as_text = core_schema.plain_serializer_function_ser_schema(str, return_schema=core_schema.str_schema())
        return core_schema.no_info_plain_validator_function(_accept, serialization=as_text)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: "CoreSchema", handler: "GetJsonSchemaHandler") -> "JsonSchemaValue":
        del schema, handler
        return {
            "type": "string",
            "pattern": PATTERN,
            "examples": list(EXAMPLES),
            "description": "A date with as many parts as are known: year, year-month or year-month-day (ISO 8601)",
        }


def _accept(value: object) -> PartialDate:
    if isinstance(value, PartialDate):
        return value
    if not isinstance(value, str):
        raise ValueError('A date is a text: write "2024", "2024-11" or "2024-11-05", in quotation marks.')  # noqa: TRY004 - pydantic turns only ValueError into a fault of the field
    return _dated(value)


@lru_cache(maxsize=4096)  # the same few days come again and again
def _dated(text: str) -> PartialDate:
    return PartialDate(text)


def _parts(text: str) -> tuple[int, int | None, int | None]:
    """Year, month and day; of a text that has the shape."""
    year, *rest = (int(part) for part in text.split("-"))
    month, day, *_ = [*rest, None, None]
    return year, month, day


def _check(text: str) -> None:
    """ValueError with a remedy unless the text is a date that exists, from 1900 to 2200."""
    if not _SHAPE.fullmatch(text):
        shown = text[:100].encode("utf-8", "backslashreplace").decode()  # half a character cannot be sent back
        raise ValueError(f'"{shown}" is no date: write as much as you know, like 2024, 2024-11 or 2024-11-05.')
    year, month, day = _parts(text)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f'"{text}" is out of range: write a year from {FIRST_YEAR} to {LAST_YEAR}.')
    if month is None:
        return
    if not 1 <= month <= MONTHS:
        raise ValueError(f'"{text}" has no such month: write a month from 01 to 12, or only the year.')
    days = monthrange(year, month)[1]
    if day is not None and not 1 <= day <= days:
        raise ValueError(f'"{text}" has no such day: write a day from 01 to {days}, or leave the day out.')
