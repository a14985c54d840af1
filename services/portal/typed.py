"""The form of a pledge: what stands in its fields, and what it means. Pure.

The fields are kept as they were sent, right or wrong, so that nothing typed is lost. Their names are the places of the
API's content: "title", "period.end", "targets.0.by". A list of codes is one checkbox a code; of partners and targets of
the 2030 Agenda it is a text. A form that does not say that it is `WHOLE` leaves what it may not show as it was.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Self

from starlette.datastructures import FormData

from services.portal import entering
from services.portal.entering import Unclear, as_typed
from services.portal.language import Language
from services.portal.problems import WHOLE_FORM
from shared.client.models.pledges import Content

LINES = ("title", "kind", "language")
CODES = ("objectives", "main_objectives", "principles", "forms")
MORE_CODES = ("commitments", "levels", "frameworks")
WHOLE = "whole"
MATCHED = "matched"  # not "matches": a field of that name would hide the form's own method, which tools call
ROWS: Mapping[str, tuple[str, ...]] = {
    "targets": ("what", "unit", "comparator", "value_text", "baseline", "value", "by", "disaggregated_by"),
    "places": ("country", "name"),
    "money": ("said", "amount", "currency", "bound"),
    "translations": ("language", "title", "description"),
    "external_ids": ("system", "id", "url"),
}
REPORTED: Mapping[str, tuple[str, ...]] = {"paid": ROWS["money"], "evidence": ("url", "title")}  # lists of a report
_LISTS = {**ROWS, **REPORTED}
NEEDED = {
    *("targets.what", "translations.language", "translations.title"),
    *("external_ids.system", "external_ids.id", "evidence.url"),
}
PRESET = {"bound": "exactly"}  # alone, it says nothing
PLAN = ("title", "url")
MOST_ROWS = {"places": 200}
MOST = 50  # rows of any other list


Read = Callable[[str, Language], Any]
_READ: Mapping[str, Read] = {
    "baseline": entering.number,
    "value": entering.number,
    "amount": entering.number,
    "by": entering.day,
    "currency": entering.currency,
}
_BETWEEN_CODES = re.compile(r"[\s,;،、，；]+")
_Row = tuple[str, str]  # the list, and the row's number or name in it


class Typed:
    """Fields by name. The rows of a list count from 0 without gaps."""

    def __init__(self, fields: Iterable[tuple[str, str]]) -> None:
        sent = [(name, value.replace("\r\n", "\n")) for name, value in fields]
        places = list(dict.fromkeys(row for name, _ in sent if (row := _row(name)) is not None))
        self._rows = {one: [row for row in places if row[0] == one] for one in _LISTS}
        self._fields: dict[str, list[str]] = {}
        for name, value in sent:
            self._fields.setdefault(_renumbered(name, self._rows), []).append(value)

    @classmethod
    def sent(cls, form: FormData) -> Self:
        return cls(texts(form))

    @classmethod
    def of(cls, content: Content) -> Self:
        """As the form shows a pledge that is saved."""
        return cls(_fields_of(content))

    def one(self, name: str) -> str:
        return self._fields.get(name, [""])[-1]

    def all(self, name: str) -> list[str]:
        return [value for value in self._fields.get(name, []) if value]

    def items(self) -> list[tuple[str, str]]:
        return [(name, value) for name, values in self._fields.items() for value in values]

    def rows(self, of: str) -> range:
        return range(len(self._rows[of]))

    def with_row(self, of: str) -> "Typed":
        """One more row of a list, empty; at most as many as a pledge may have."""
        full = len(self.rows(of)) >= MOST_ROWS.get(of, MOST)
        return self if full else Typed([*self.items(), (f"{of}.new.{_LISTS[of][0]}", "")])

    def without_row(self, of: str, row: str) -> "Typed":
        return Typed((name, value) for name, value in self.items() if _row(name) != (of, row))


def texts(form: FormData) -> list[tuple[str, str]]:
    """What a form holds; files are not taken."""
    return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]


Rows = Mapping[str, Sequence[int]]


@dataclass(frozen=True)
class Meaning:
    """`faults` by field of the form; where there is one, the content has nothing. `rows`: of each entry, its row."""

    content: Content
    faults: dict[str, str]
    rows: Rows

    def place(self, path: str) -> str:
        return place(path, self.rows)


def place(path: str, rows: Rows) -> str:
    """The form's field for a place in the content, as problem documents name it. `rows`: of each entry, its row."""
    match path.split("."):
        case [of, number, *part] if of in ROWS and number.isdecimal() and int(number) < len(rows.get(of, ())):
            return ".".join([of, str(rows[of][int(number)]), part[0] if part else ROWS[of][0]])
        case ["period", *part]:
            return f"period.{part[0] if part else 'end'}"
        case ["national_plan", *part]:
            return f"national_plan.{part[0] if part else 'title'}"
        case ["matches"]:
            return MATCHED
        case [name, *_] if name in Content.model_fields:
            return name
    return WHOLE_FORM


def meaning(typed: Typed, before: Content, language: Language) -> Meaning:
    """The content that the form stands for. `before` is what it was filled from: an order that it had stays."""
    reading = _Reading(typed, language, before=before)
    given = reading.first() | reading.rows("targets")
    if typed.one(WHOLE):
        given |= reading.more()
    if not given["title"]:
        reading.faults["title"] = language.gettext("Give it a title; a few words are enough.")
    return Meaning(Content.model_validate(before.model_dump() | given), reading.faults, reading.filled)


@dataclass
class Lists:
    """Reads the lists of a form. `faults` by its fields; `filled`: of each list, the rows that say something."""

    typed: Typed
    language: Language
    faults: dict[str, str] = field(default_factory=dict)
    filled: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def of(self, name: str, read: Read) -> Any:
        try:
            return read(self.typed.one(name), self.language)
        except Unclear as fault:
            self.faults[name] = str(fault)
            return None

    def rows(self, of: str) -> dict[str, Any]:
        """A list, by its name. Empty rows are none."""
        told = [part for part in _LISTS[of] if part not in PRESET]
        self.filled[of] = tuple(
            row for row in self.typed.rows(of) if any(self.typed.all(f"{of}.{row}.{part}") for part in told)
        )
        return {of: [self.row(of, row) for row in self.filled[of]]}

    def row(self, of: str, row: int) -> dict[str, Any]:
        given = {part: self.part(f"{of}.{row}.{part}", part) for part in _LISTS[of]}
        for part, value in given.items():
            if value is None and f"{of}.{part}" in NEEDED:
                self.faults[f"{of}.{row}.{part}"] = self._needed(of)
                given[part] = ""
        return given

    def part(self, name: str, part: str) -> Any:
        if part in _READ:
            return self.of(name, _READ[part])
        match part:
            case "disaggregated_by":
                return self.typed.all(name)
            case "description":
                return self.typed.one(name)
        return self.typed.one(name).strip() or PRESET.get(part)

    def _needed(self, of: str) -> str:
        if of == "targets":
            return self.language.gettext("Say what is to be reached, or remove this target.")
        return self.language.gettext("Fill this in, or remove the entry.")


@dataclass
class _Reading(Lists):
    before: Content = field(kw_only=True)

    def first(self) -> dict[str, Any]:
        """The fields that every form has."""
        typed = self.typed
        given: dict[str, Any] = {name: typed.one(name).strip() for name in LINES}
        given |= self.codes(CODES)
        both = [*typed.all("objectives"), *typed.all("main_objectives")]
        return given | {
            "objectives": _in_order(both, self.before.objectives),
            "description": typed.one("description"),
            "matches": self.of(MATCHED, entering.reference),
            "period": {part: self.of(f"period.{part}", entering.day) for part in ("start", "end")},
            "review_cycle": typed.one("review_cycle") or None,
            "partners": [line.strip() for line in typed.one("partners").split("\n") if line.strip()],
        }

    def more(self) -> dict[str, Any]:
        """Those of a form that is whole."""
        given = self.codes(MORE_CODES) | {"national_plan": self.plan()}
        for name in ("sdg_targets", "partner_entities"):
            given[name] = [code for code in _BETWEEN_CODES.split(self.typed.one(name)) if code]
        for of in ROWS:
            given |= self.rows(of)
        return given

    def codes(self, names: Iterable[str]) -> dict[str, Any]:
        return {name: _in_order(self.typed.all(name), getattr(self.before, name)) for name in names}

    def plan(self) -> dict[str, Any] | None:
        given = {part: self.typed.one(f"national_plan.{part}").strip() for part in PLAN}
        if given["url"] and not given["title"]:
            self.faults["national_plan.title"] = self.language.gettext("Say what the plan is called.")
        return {"title": given["title"], "url": given["url"] or None} if any(given.values()) else None


def _fields_of(content: Content) -> Iterable[tuple[str, str]]:
    yield WHOLE, "yes"
    yield from ((name, getattr(content, name)) for name in (*LINES, "description"))
    yield from ((name, code) for name in (*CODES, *MORE_CODES) for code in getattr(content, name))
    yield MATCHED, str(content.matches or "")
    yield from ((f"period.{part}", getattr(content.period, part) or "") for part in ("start", "end"))
    yield "review_cycle", content.review_cycle or ""
    yield "partners", "\n".join(content.partners)
    yield "partner_entities", "\n".join(content.partner_entities)
    yield "sdg_targets", ", ".join(content.sdg_targets)
    if plan := content.national_plan:
        yield from ((f"national_plan.{part}", getattr(plan, part) or "") for part in PLAN)
    for of in ROWS:
        yield from fields_of(of, getattr(content, of))


def fields_of(of: str, entries: Iterable[Any]) -> Iterable[tuple[str, str]]:
    """The rows of a list, as the form shows them."""
    for row, entry in enumerate(entries):
        yield from _fields_of_row(f"{of}.{row}", entry, _LISTS[of])


def _fields_of_row(at: str, entry: Any, parts: Iterable[str]) -> Iterable[tuple[str, str]]:
    for part in parts:
        value = getattr(entry, part)
        if isinstance(value, list):
            yield from ((f"{at}.{part}", code) for code in value)
        else:
            yield f"{at}.{part}", as_typed(value) if isinstance(value, Decimal) else value or ""


def _row(name: str) -> _Row | None:
    match name.split("."):
        case [of, row, part] if part in _LISTS.get(of, ()):
            return of, row
    return None


def _renumbered(name: str, rows: Mapping[str, list[_Row]]) -> str:
    row = _row(name)
    return name if row is None else f"{row[0]}.{rows[row[0]].index(row)}.{name.rpartition('.')[2]}"


def _in_order(given: Sequence[str], before: Sequence[str]) -> list[str]:
    """Each once: those that were there as they stood, then the new ones."""
    return [code for code in dict.fromkeys([*before, *given]) if code in given]
