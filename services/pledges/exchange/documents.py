"""JSON: a list of pledges, {"pledges": […]}, one pledge, or one a line. A stream, never the whole document."""

import codecs
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import ijson

from services.pledges.exchange import columns, files
from services.pledges.exchange.files import Fault, FieldPath, Opened, Record, Unreadable

# the last one is what ijson's parser in C makes of a number with thousands of digits
_NO_JSON = (ijson.JSONError, ValueError, RecursionError, SystemError)


def opened(file: BinaryIO) -> Opened:
    """Raises Unreadable."""
    _skip_mark(file)
    begin = file.tell()
    prefix = _prefix(file)
    file.seek(begin)
    items = ijson.items(file, prefix, multiple_values=not prefix)
    return Opened("list" if prefix else "form", files.counted(_records(items)))


def _skip_mark(file: BinaryIO) -> None:
    start = file.read(3)
    if start[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        raise Unreadable("is UTF-16, and JSON is UTF-8 (RFC 8259)", "save it as UTF-8")
    if start != codecs.BOM_UTF8:
        file.seek(0)


def _prefix(file: BinaryIO) -> str:
    """Where the pledges are, as ijson says it; "" for a document that is one, or several of them."""
    events = ijson.basic_parse(file, multiple_values=True)
    try:
        match [next(events, None), next(events, None)]:
            case [("start_array", _), _]:
                return "item"
            case [("start_map", _), ("map_key", "pledges")]:
                return "pledges.item"
            case [("start_map", _), _]:
                return ""
    except _NO_JSON:
        pass
    raise Unreadable("is no JSON document with pledges", "take the template: a list of objects")


def _records(items: Iterator[Any]) -> Iterator[Record]:
    number = 0
    while True:
        try:
            item = next(items)
        except StopIteration:
            return
        except _NO_JSON as error:
            problem = f"is no well-formed JSON after pledge {number}"
            raise Unreadable(
                f"{problem} ({str(error).splitlines()[0][:80]})", "correct it there", f"/{number}"
            ) from None
        yield _record(item, f"/{number}")
        number += 1


@dataclass(frozen=True)
class _Object:
    """At a place of the document, as JSON Pointer says it (RFC 6901)."""

    place: str
    text: str

    def where(self, path: FieldPath, fields: Mapping[str, Any]) -> tuple[str, str]:
        del fields
        return "".join([self.place, *(f"/{part}" for part in path)]), ".".join(map(str, path)) or "pledge"

    def raw(self) -> str:
        return self.text

    def size(self) -> int:
        return len(self.text)


def _record(item: Any, place: str) -> Record:
    fields = (
        {name: value for name, value in item.items() if name not in columns.PASSED} if isinstance(item, dict) else {}
    )
    faults = [] if isinstance(item, dict) else [Fault(place, "pledge", "is no object", "write {…} as in the template")]
    return Record(place, fields, faults, _Object(place, _raw(item)))


def _raw(item: Any) -> str:
    try:
        return json.dumps(item, default=str)
    except RecursionError:
        raise Unreadable("nests objects too deeply", "take the template") from None
