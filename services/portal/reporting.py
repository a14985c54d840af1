"""The form of a report, for signed-in people and for those with an action link. Pure.

Its fields: `status`, `summary`, `barriers`, `stuck`, `ask_confirmation`, `corrects` (a number), `entity_id` and, by the
place of each target, `value.0` (a number), `unit.0` and `said.0` (words); `target.0` says of which target, since a new
version may have others while somebody types. `paid` and `evidence` (links) have rows of their own (typed.py); `files`
are the ids of files that are evidence, too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.portal import entering
from services.portal.language import Language
from services.portal.problems import WHOLE_FORM
from services.portal.typed import REPORTED, Lists, Typed, fields_of
from shared.client.models.pledges import Money, Target
from shared.client.models.reports import Evidence, Reached, Report, Update

OF_A_TARGET = ("value", "unit", "said")
_EMPTY_LINK = ("evidence.0.url", "")


def filled(last: Update | None, targets: Sequence[Target]) -> Typed:
    """From the last report, but for its sentences: what has not changed need not be typed again."""
    return Typed([*(_lasting(last, targets) if last else ()), _EMPTY_LINK])


def corrected(wrong: Update, targets: Sequence[Target]) -> Typed:
    """A report that will correct another one begins with all that this one says."""
    links = [one for one in wrong.evidence if one.url]
    own = [("corrects", str(wrong.number)), ("summary", wrong.summary), ("stuck", "yes" if wrong.stuck else "")]
    own += [("files", str(one.file)) for one in wrong.evidence if one.file]
    return Typed([*_lasting(wrong, targets), *own, *(fields_of("evidence", links) if links else [_EMPTY_LINK])])


def _lasting(last: Update, targets: Sequence[Target]) -> Iterator[tuple[str, str]]:
    yield "status", last.status
    yield from (("barriers", code) for code in last.barriers)
    yield from fields_of("paid", last.paid)
    reached = {value.target: value for value in last.values}
    for row, target in enumerate(targets):
        if value := reached.get(target.what):
            yield f"value.{row}", entering.as_typed(value.value)
            yield f"unit.{row}", value.unit or ""
            yield f"said.{row}", value.value_text or ""


def rearranged(typed: Typed) -> Typed | None:
    """The form with a row more or less, as one of its buttons asks; None for any other button."""
    match typed.one("action").split("."):
        case ["add", of] if of in REPORTED:
            return typed.with_row(of)
        case ["remove", of, row] if of in REPORTED:
            return typed.without_row(of, row)
    return None


@dataclass(frozen=True)
class Reading:
    """`values`: the form, to be shown again; `faults` by its fields.

    `rows`: of each value, the place of its target; `lists`: of each entry of a list, its row.
    """

    report: Report
    values: Typed
    faults: dict[str, str]
    rows: Sequence[int] = ()
    lists: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def place(self, path: str) -> str:
        """The form's field for a place in the report, as problem documents name it."""
        match path.removeprefix("report.").split("."):
            case ["values", number, *part] if _in(number, self.rows):
                name = {"value_text": "said", "unit": "unit"}.get(part[0] if part else "", "value")
                return f"{name}.{self.rows[int(number)]}"
            case [of, number, *part] if of in REPORTED and _in(number, self.lists.get(of, ())):
                return f"{of}.{self.lists[of][int(number)]}.{part[0] if part else REPORTED[of][0]}"
            case ["evidence", _, *_]:  # the links come first
                return "files"
            case [name, *_] if name in PLAIN:
                return name
        return WHOLE_FORM


PLAIN = {"status", "summary", "barriers", "paid", "evidence", "corrects", "entity_id"}


def _in(number: str, places: Sequence[int]) -> bool:
    return number.isdecimal() and int(number) < len(places)


def reading(
    typed: Typed,
    last: Update | None,
    targets: Sequence[Target],
    language: Language,
    files: Mapping[str, str] | None = None,
) -> Reading:
    """The report that a form stands for, and what is wrong at its fields. `last` and `targets` are as they are now.

    `files`: the names of the files that may be evidence, by id.
    """
    if typed.one("action") == "no_change":
        return Reading(_same(typed), filled(last, targets), {})
    typed, gone = _in_place(typed, targets)
    lists = Lists(typed, language)
    if not typed.one("status"):
        lists.faults["status"] = language.gettext("Say how it goes.")
    if gone:
        says = language.gettext("The pledge was amended while you wrote. These are no targets of it any more: {gone}")
        lists.faults[WHOLE_FORM] = says.format(gone="; ".join(gone))
    values = dict(_values(lists, targets))
    evidence = [*_links(lists), *_files(lists, files or {})]
    asks = bool(typed.all("ask_confirmation"))
    if asks and not evidence:
        lists.faults["evidence"] = language.gettext("Give the link or the file that should be checked.")
    report = Report(
        status=typed.one("status") or None,
        summary=typed.one("summary"),
        values=list(values.values()),
        barriers=typed.all("barriers"),
        stuck=bool(typed.all("stuck")),
        paid=[Money(**one) for one in lists.rows("paid")["paid"]],
        evidence=evidence,
        ask_confirmation=asks,
        corrects=_number(typed.one("corrects")) if typed.one("corrects") else None,
        entity_id=typed.one("entity_id") or None,
    )
    return Reading(report, typed, lists.faults, list(values), lists.filled)


def _values(lists: Lists, targets: Sequence[Target]) -> Iterator[tuple[int, Reached]]:
    for row, target in enumerate(targets):
        number = lists.of(f"value.{row}", entering.number)
        unit, said = (lists.typed.one(f"{part}.{row}").strip() or None for part in ("unit", "said"))
        if number is not None or said:
            yield row, Reached(target=target.what, value=number, value_text=said, unit=unit)
        elif unit and f"value.{row}" not in lists.faults:
            lists.faults[f"value.{row}"] = lists.language.gettext("Say how much it is, or clear the unit.")


def _links(lists: Lists) -> list[Evidence]:
    return [Evidence(**one) for one in lists.rows("evidence")["evidence"]]


def _files(lists: Lists, names: Mapping[str, str]) -> list[Evidence]:
    """Readers see the names of files, so these are their titles."""
    chosen = list(dict.fromkeys(lists.typed.all("files")))
    if any(one not in names for one in chosen):
        lists.faults["files"] = lists.language.gettext("A file that you ticked is there no more. Look at them again.")
    return [Evidence(file=UUID(one), title=names[one]) for one in chosen if one in names]


def _same(typed: Typed) -> Report:
    """No change since the report whose number the page showed: a newer one is not confirmed unread."""
    who = {"entity_id": typed.one("entity_id")} if typed.one("entity_id") else {}
    return Report(no_change=True, confirms=_number(typed.one("confirms")), **who)


def _number(typed: str) -> int:
    """0, which no report has, for what is no number."""
    return int(typed) if typed.isdecimal() and len(typed) < 10 else 0


def _in_place(typed: Typed, targets: Sequence[Target]) -> tuple[Typed, list[str]]:
    """The form with its rows as the targets stand now, and what was typed for those that are gone."""
    whats = {str(row): target.what for row, target in enumerate(targets)}
    rows = {what: row for row, what in whats.items()}
    placed, gone = [], []
    for name, value in typed.items():
        part, _, row = name.partition(".")
        what = typed.one(f"target.{row}") if part in OF_A_TARGET else ""
        if not what or whats.get(row) == what:
            placed.append((name, value))
        elif what in rows:
            placed.append((f"{part}.{rows[what]}", value))
        elif value:
            gone.append(f"{what}: {value}")
    return Typed(placed), gone
