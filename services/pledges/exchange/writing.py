"""Files with pledges, written row by row: what `files` reads again. Pure."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from services.pledges.exchange import column_writing
from services.pledges.exchange.columns import COLUMNS, SOURCES
from services.pledges.exchange.files import FORM_HEADER, Format

MEDIA_TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_PASSED = ("state", "version", "origin", "first_published_at")
_FIELDS = tuple(dict.fromkeys(column.field for column in COLUMNS))
PUBLIC = ("pledge_id", "entity", *_FIELDS, "sources", *_PASSED)  # of a public record
HEADER = ("pledge_id", "entity_id", *(column.name for column in (*COLUMNS, *SOURCES)), *_PASSED)


def row(pledge: Mapping[str, Any]) -> list[str]:
    """The cells of an exported pledge, in the order of HEADER."""
    cells = column_writing.written(pledge)
    return [cells[name] if name in cells else str(pledge.get(name) or "") for name in HEADER]


def document(pledge: Mapping[str, Any]) -> bytes:
    """An exported pledge as JSON."""
    names = ("pledge_id", "entity_id", *_FIELDS, "sources", *_PASSED)
    return json.dumps({name: pledge[name] for name in names if pledge.get(name)}, ensure_ascii=False).encode()


def reasons(faults: Sequence[Mapping[str, str]]) -> str:
    """What is wrong with a row, a line a fault."""
    said = (f"{one['address']} {one['field']}".strip() + f": {one['problem']}; {one['remedy']}" for one in faults)
    return "\n".join(said)


def form(raw: Mapping[str, str], faults: Sequence[Mapping[str, str]]) -> list[list[str]]:
    """A form that came, a field a row, with the reasons beside what is to be mended."""
    found = [[name, text, reasons([one for one in faults if one["field"] == name])] for name, text in raw.items()]
    rest = reasons([one for one in faults if one["field"] not in raw])
    return [[*FORM_HEADER, "reasons"], *found, *([["reasons", rest, ""]] if rest else [])]
