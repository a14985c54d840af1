"""The columns of a sheet, and how a pledge stands in them. A new field of pledges is one more line here. Pure.

What a pledge has several of stands in one cell, an entry a line; parts of the same entry stand in the same line of
their columns: the second line of `targets.by` belongs to the second line of `targets.what`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Literal, get_args

from services.pledges.exchange import cells
from services.pledges.exchange.cells import Unclear, Value
from services.pledges.registry.content import Bound, Level
from shared.reference import catalogue
from shared.reference.entries import LANGUAGES

Shape = Literal["one", "many", "each", "translated"]
Codes = Callable[[], Mapping[str, str]]


@dataclass(frozen=True)
class Column:
    """`name` is the field's path; `read` takes the text of one entry; `codes` are offered as a list."""

    name: str
    note: str
    read: Callable[[str], Any] = cells.line
    shape: Shape = "one"
    codes: Codes | None = None

    @cached_property
    def field(self) -> str:
        """The field of the pledge that it is, or is a part of."""
        return "translations" if self.shape == "translated" else self.name.partition(".")[0]

    @cached_property
    def part(self) -> str:
        return self.name.partition(".")[2]


def _labels(name: str) -> Mapping[str, str]:
    return {code: entry.label("en") for code, entry in getattr(catalogue, name).items()}


def _of(name: str) -> Codes:
    return partial(_labels, name)


def _words(*codes: str) -> Codes:
    return lambda: {code: code.replace("_", " ") for code in codes}


def _each(field: str, *parts: Column) -> tuple[Column, ...]:
    return tuple(Column(f"{field}.{one.name}", one.note, one.read, "each", one.codes) for one in parts)


COLUMNS: tuple[Column, ...] = (
    Column("title", "What is pledged, in a line. The only column that a draft needs."),
    Column("kind", "Empty: individual.", codes=_of("PLEDGE_KINDS")),
    Column("matches", "The id of the published pledge that a matching pledge points at."),
    Column("description", "In your own words, up to 20,000 characters; kept as you write it.", cells.raw),
    Column("language", "Of title and description, as a BCP 47 code. Empty: en.", codes=_words(*LANGUAGES)),
    *(Column(f"title.{code}", f"The title in {code}.", cells.line, "translated") for code in LANGUAGES),
    *(Column(f"description.{code}", f"The description in {code}.", cells.raw, "translated") for code in LANGUAGES),
    Column("translations", "In other languages: a JSON list, [{language, title, description}].", cells.document),
    Column("main_objectives", "Those of objectives that matter most.", shape="many", codes=_of("OBJECTIVES")),
    Column("objectives", "Of the Compact; one a line.", shape="many", codes=_of("OBJECTIVES")),
    Column("principles", "Guiding principles; one a line.", shape="many", codes=_of("PRINCIPLES")),
    Column("commitments", "Of ¶51–77 of the Progress Declaration; one a line.", shape="many", codes=_of("COMMITMENTS")),
    Column("forms", "In which form; one a line.", shape="many", codes=_of("FORMS")),
    Column("levels", "One a line.", shape="many", codes=_words(*get_args(Level))),
    *_each(
        "places",
        Column("country", "ISO 3166 alpha-3 code; one place a line.", codes=_of("STATES")),
        Column("name", "A city or region, in the line of its country or alone."),
    ),
    *_each(
        "targets",
        Column("what", "What is to be reached; one target a line."),
        Column("unit", "What is counted, in the line of its target."),
        Column("baseline", "A number.", cells.number),
        Column("comparator", "Of the value.", codes=_words("at_least", "exactly", "at_most", "about")),
        Column("value", "A number.", cells.number),
        Column("value_text", "What no number says."),
        Column("by", "A date with as many parts as are known: 2026, 2026-06 or 2026-06-30.", cells.day),
        Column("disaggregated_by", "Parted by commas.", cells.entries, codes=_of("DISAGGREGATION")),
    ),
    Column("period.start", "A date with as many parts as are known: 2026, 2026-06 or 2026-06-30.", cells.day),
    Column("period.end", "Likewise.", cells.day),
    Column("review_cycle", "Empty: the one that is open at submission (¶77).", codes=_of("CYCLES")),
    Column("partners", "Names of those who pledge or act with you; one a line.", shape="many"),
    Column("partner_entities", "Those partners that are entities here, by their codes; one a line.", shape="many"),
    Column("national_plan.title", "The national implementation plan that it belongs to (¶17, 69)."),
    Column("national_plan.url", "Where it can be read."),
    Column("sdg_targets", "As 10.7; one a line.", shape="many", codes=_of("SDG_TARGETS")),
    Column("frameworks", "Of ¶74; one a line.", shape="many", codes=_of("FRAMEWORKS")),
    *_each(
        "money",
        Column("said", "As you put it, for example up to 200.000 euros; one amount a line."),
        Column("amount", "The number alone.", cells.number),
        Column("currency", "ISO 4217, for example EUR."),
        Column("bound", "Of the number. Empty: exactly.", codes=_words(*get_args(Bound))),
    ),
    *_each(
        "external_ids",
        Column("system", "Another system that knows the pledge; one a line."),
        Column("id", "What it is called there. The first one tells whether it was imported before."),
        Column("url", "Where it can be seen."),
    ),
)
SOURCES = _each(
    "sources",
    Column("title", "Where the statement was found; one source a line. Only for public statements."),
    Column("url", "Its address."),
)
IDENTITY = (
    Column("pledge_id", "As exported; leave it empty for a new pledge."),
    Column("entity_id", "Whose pledge it is. Empty: the entity that is named at the import."),
    Column("proxy_entity_id", "For whom you write, if it is not the entity itself: that has to accept the pledge."),
)
TAKEN = (*IDENTITY, *COLUMNS, *SOURCES)
# written for the reader's sake, and passed over by an import
PASSED = ("state", "version", "origin", "first_published_at", "reasons")
_BY_NAME = {column.name: column for column in TAKEN}


def _plain(name: str) -> str:
    return re.sub(r"[\s_.-]+", ".", name.strip().casefold())


_BY_PLAIN_NAME = {_plain(name): name for name in (*_BY_NAME, *PASSED)}


def known(header: str) -> str | None:
    """The column that is meant: case, spaces, points and underscores do not matter. None: there is none."""
    return _BY_PLAIN_NAME.get(_plain(header))


@dataclass(frozen=True)
class Read:
    """What the cells of a pledge say, as the API takes it; `faults` are (column, problem, remedy)."""

    fields: dict[str, Any]
    faults: list[tuple[str, str, str]]


def read(given: Mapping[str, Value]) -> Read:
    """Of cells by column. A cell that cannot be read is a fault, and its field is not there."""
    found = Read({}, [])
    for name, value in given.items():
        if name in _BY_NAME and value not in (None, ""):
            try:
                _put(found.fields, _BY_NAME[name], cells.text_of(value))
            except Unclear as fault:
                found.faults.append((name, fault.problem, fault.remedy))
    _drop_empty(found.fields)
    return found


def _put(fields: dict[str, Any], column: Column, text: str) -> None:
    _PUT[column.shape](fields, column, text)


def _put_many(fields: dict[str, Any], column: Column, text: str) -> None:
    split = cells.lines if column.codes is None else cells.entries
    fields[column.field] = [one.strip() for one in split(text) if one.strip()]


def _put_each(fields: dict[str, Any], column: Column, text: str) -> None:
    for place, one in enumerate(cells.lines(text)):
        _set(_entry(fields, column.field, place), column.part, column.read(one))


def _put_translated(fields: dict[str, Any], column: Column, text: str) -> None:
    _set(_translation(fields, column.part), column.name.partition(".")[0], column.read(text))


def _put_one(fields: dict[str, Any], column: Column, text: str) -> None:
    if column.part:
        _set(fields.setdefault(column.field, {}), column.part, column.read(text))
    elif column.name == "translations":
        others = column.read(text) or []
        if not isinstance(others, list):
            raise Unclear("is no list", "write a JSON list, or leave the cell empty")
        fields.setdefault("translations", []).extend(others)
    else:
        _set(fields, column.name, column.read(text))


_PUT: dict[Shape, Callable[[dict[str, Any], Column, str], None]] = {
    "one": _put_one,
    "many": _put_many,
    "each": _put_each,
    "translated": _put_translated,
}


def _set(into: dict[str, Any], name: str, value: Any) -> None:
    if value not in (None, []):
        into[name] = value


def _entry(fields: dict[str, Any], field: str, place: int) -> dict[str, Any]:
    rows: list[dict[str, Any]] = fields.setdefault(field, [])
    while len(rows) <= place:
        rows.append({})
    return rows[place]


def _translation(fields: dict[str, Any], language: str) -> dict[str, Any]:
    texts: list[dict[str, Any]] = fields.setdefault("translations", [])
    for text in texts:
        if isinstance(text, dict) and text.get("language") == language:
            return text
    texts.append({"language": language})
    return texts[-1]


def _drop_empty(fields: dict[str, Any]) -> None:
    """Columns that are all empty are as good as not there."""
    if "translations" in fields:
        fields["translations"] = [one for one in fields["translations"] if not _only_language(one)]
    for name, value in list(fields.items()):
        while isinstance(value, list) and value and value[-1] == {}:
            value.pop()
        if value in ({}, []):
            del fields[name]


def _only_language(text: Any) -> bool:
    return isinstance(text, dict) and text.keys() == {"language"} and text["language"] in LANGUAGES


def place_of(path: tuple[str | int, ...], fields: Mapping[str, Any]) -> str:
    """The column that a path of the pledge stands in; what concerns several, in the first of them."""
    match path:
        case ["translations", int(place), str(part)] if _language(fields, place) in LANGUAGES:
            return f"{part if part == 'description' else 'title'}.{_language(fields, place)}"
        case [str(field), int(), str(part), *_] | [str(field), str(part), *_] if f"{field}.{part}" in _BY_NAME:
            return f"{field}.{part}"
        case [str(field), *_]:
            return next((one.name for one in TAKEN if one.field == field and one.shape != "translated"), field)
    return "title"


def _language(fields: Mapping[str, Any], place: int) -> Any:
    texts = fields.get("translations") or []
    return texts[place].get("language") if place < len(texts) and isinstance(texts[place], dict) else None
