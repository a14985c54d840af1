"""How a pledge is written into the columns of a sheet, and known again by what they then say. Pure."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from services.pledges.exchange import cells
from services.pledges.exchange.columns import COLUMNS, SOURCES, Column, Shape
from shared.reference.entries import LANGUAGES

_WRITTEN = (*COLUMNS, *SOURCES)
_EMPTY = {column.name: "" for column in _WRITTEN}


def written(content: Mapping[str, Any]) -> dict[str, str]:
    """The cells of a pledge, of its content as JSON gives it. `read` gives the same content back."""
    return _EMPTY | _filled(content)


def _filled(content: Mapping[str, Any]) -> dict[str, str]:
    """Those of fields that say something."""
    return {name: write(value) for field, value in content.items() if value for name, write in _BY_FIELD.get(field, ())}


def _write_many(_: Column, value: Any) -> str:
    return "\n".join(value)


def _write_each(column: Column, value: Any) -> str:
    part = column.part
    return "\n".join([_text(column, one.get(part)) for one in value]).rstrip("\n")


def _write_translated(column: Column, value: Any) -> str:
    texts = (text for text in value if text["language"] == column.part)
    return next((str(text[column.name.partition(".")[0]]) for text in texts), "")


def _write_one(column: Column, value: Any) -> str:
    if column.part:
        return _text(column, value.get(column.part))
    if column.name == "translations":
        others = [text for text in value if text["language"] not in LANGUAGES]
        return json.dumps(others, ensure_ascii=False) if others else ""
    return _text(column, value)


_WRITE: dict[Shape, Callable[[Column, Any], str]] = {
    "one": _write_one,
    "many": _write_many,
    "each": _write_each,
    "translated": _write_translated,
}
_BY_FIELD: dict[str, list[tuple[str, Callable[[Any], str]]]] = {}
for _one in _WRITTEN:
    _BY_FIELD.setdefault(_one.field, []).append((_one.name, partial(_WRITE[_one.shape], _one)))


def _text(column: Column, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(value)
    return cells.number_text(Decimal(str(value))) if column.read is cells.number else str(value)


def digest(content: Mapping[str, Any]) -> bytes:
    """By which the same content is known again, in whatever format it comes: of content as JSON gives it."""
    ordered: Iterable[tuple[str, str]] = sorted((name, text) for name, text in _filled(content).items() if text)
    return hashlib.sha256(json.dumps(list(ordered)).encode()).digest()
