"""The form of a pledge: what stands in its fields, and what it means. Pure.

The fields are kept as they were sent, right or wrong, so that nothing typed is lost. Their names are the places of the
API's content: "title", "period.end", "targets.0.by". A list of codes is one checkbox a code.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from starlette.datastructures import FormData

from services.portal import entering
from services.portal.entering import Unclear, as_typed
from services.portal.language import Language
from services.portal.problems import WHOLE_FORM
from shared.client.models.pledges import Content, Target

LINES = ("title", "kind", "language")
CODES = ("objectives", "main_objectives", "principles", "forms")
MATCHED = "matched"  # not "matches": a field of that name would hide the form's own method, which tools call
ROW_LINES = ("what", "unit", "comparator", "value_text")
ROW = (*ROW_LINES, "baseline", "value", "by", "disaggregated_by")
MOST_ROWS = 50


Read = Callable[[str, Language], Any]
_READ: Mapping[str, Read] = {"baseline": entering.number, "value": entering.number, "by": entering.day}


class Typed:
    """Fields by name. Rows of targets count from 0 without gaps."""

    def __init__(self, fields: Iterable[tuple[str, str]]) -> None:
        sent = [(name, value.replace("\r\n", "\n")) for name, value in fields]
        places = list(dict.fromkeys(place for name, _ in sent if (place := _place(name)) is not None))
        self.rows = range(len(places))
        self._fields: dict[str, list[str]] = {}
        for name, value in sent:
            self._fields.setdefault(_renumbered(name, places), []).append(value)

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

    def with_row(self) -> "Typed":
        """One more target, empty; at most as many as a pledge may have."""
        return Typed([*self.items(), ("targets.new.what", "")]) if len(self.rows) < MOST_ROWS else self

    def without_row(self, row: str) -> "Typed":
        return Typed((name, value) for name, value in self.items() if _place(name) != row)


def texts(form: FormData) -> list[tuple[str, str]]:
    """What a form holds; files are not taken."""
    return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]


@dataclass(frozen=True)
class Meaning:
    """`faults` by field of the form; where there is one, the content has nothing. `rows`: of each target, its row."""

    content: Content
    faults: dict[str, str]
    rows: tuple[int, ...]

    def place(self, path: str) -> str:
        return place(path, self.rows)


def place(path: str, rows: Sequence[int]) -> str:
    """The form's field for a place in the content, as problem documents name it. `rows`: of each target, its row."""
    match path.split("."):
        case ["targets", number, *part] if number.isdecimal() and int(number) < len(rows):
            return ".".join(["targets", str(rows[int(number)]), part[0] if part else "what"])
        case ["period", *part]:
            return f"period.{part[0] if part else 'end'}"
        case ["matches"]:
            return MATCHED
        case [name, *_] if name in Content.model_fields:
            return name
    return WHOLE_FORM


def meaning(typed: Typed, before: Content, language: Language) -> Meaning:
    """The content that the form stands for. `before` is what it was filled from: an order that it had stays."""
    reading = _Reading(typed, language)
    filled = [row for row in typed.rows if any(typed.all(f"targets.{row}.{part}") for part in ROW)]
    given: dict[str, Any] = {name: typed.one(name).strip() for name in LINES}
    given |= {name: _in_order(typed.all(name), getattr(before, name)) for name in CODES}
    given["objectives"] = _in_order([*typed.all("objectives"), *typed.all("main_objectives")], before.objectives)
    given |= {
        "description": typed.one("description"),
        "matches": reading.of(MATCHED, entering.reference),
        "targets": [reading.target(row) for row in filled],
        "period": {part: reading.of(f"period.{part}", entering.day) for part in ("start", "end")},
        "review_cycle": typed.one("review_cycle") or None,
        "partners": [line.strip() for line in typed.one("partners").split("\n") if line.strip()],
    }
    if not given["title"]:
        reading.faults["title"] = language.gettext("Give it a title; a few words are enough.")
    return Meaning(Content(**before.model_dump() | given), reading.faults, tuple(filled))


@dataclass
class _Reading:
    typed: Typed
    language: Language
    faults: dict[str, str] = field(default_factory=dict)

    def of(self, name: str, read: Read) -> Any:
        try:
            return read(self.typed.one(name), self.language)
        except Unclear as fault:
            self.faults[name] = str(fault)
            return None

    def target(self, row: int) -> Target:
        at = f"targets.{row}"
        given: dict[str, Any] = {part: self.typed.one(f"{at}.{part}").strip() or None for part in ROW_LINES}
        given |= {part: self.of(f"{at}.{part}", read) for part, read in _READ.items()}
        if given["what"] is None:
            self.faults[f"{at}.what"] = self.language.gettext("Say what is to be reached, or remove this target.")
            given["what"] = ""
        return Target(**given, disaggregated_by=self.typed.all(f"{at}.disaggregated_by"))


def _fields_of(content: Content) -> Iterable[tuple[str, str]]:
    yield from ((name, getattr(content, name)) for name in (*LINES, "description"))
    yield from ((name, code) for name in CODES for code in getattr(content, name))
    yield MATCHED, str(content.matches or "")
    yield from ((f"period.{part}", getattr(content.period, part) or "") for part in ("start", "end"))
    yield "review_cycle", content.review_cycle or ""
    yield "partners", "\n".join(content.partners)
    for row, target in enumerate(content.targets):
        yield from ((f"targets.{row}.{part}", getattr(target, part) or "") for part in (*ROW_LINES, "by"))
        yield from ((f"targets.{row}.{part}", as_typed(getattr(target, part))) for part in ("baseline", "value"))
        yield from ((f"targets.{row}.disaggregated_by", code) for code in target.disaggregated_by)


def _place(name: str) -> str | None:
    match name.split("."):
        case ["targets", place, part] if part in ROW:
            return place
    return None


def _renumbered(name: str, places: Sequence[str]) -> str:
    place = _place(name)
    return name if place is None else f"targets.{places.index(place)}.{name.rpartition('.')[2]}"


def _in_order(given: Sequence[str], before: Sequence[str]) -> list[str]:
    """Each once: those that were there as they stood, then the new ones."""
    return [code for code in dict.fromkeys([*before, *given]) if code in given]
