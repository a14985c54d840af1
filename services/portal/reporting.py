"""The form of a report, for signed-in people and for those with an action link. Pure.

Its fields: `status`, `summary`, `barriers`, `stuck`, `evidence` (a link), `ask_confirmation` and, by the place of each
target, `value.0` (a number) and `said.0` (words); `target.0` says of which target, since a new version may have others
while somebody types.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from starlette.datastructures import FormData

from services.portal import entering
from services.portal.entering import Unclear
from services.portal.language import Language
from services.portal.problems import WHOLE_FORM
from services.portal.typed import Typed
from shared.client.models.pledges import Target
from shared.client.models.reports import Evidence, Reached, Report, Update


def filled(last: Update | None, targets: Sequence[Target]) -> Typed:
    """From the last report, but for its sentences: what has not changed need not be typed again."""
    return Typed(_fields(last, targets) if last else ())


def _fields(last: Update, targets: Sequence[Target]) -> Iterator[tuple[str, str]]:
    yield "status", last.status
    yield from (("barriers", code) for code in last.barriers)
    reached = {value.target: value for value in last.values}
    for row, target in enumerate(targets):
        if value := reached.get(target.what):
            yield f"value.{row}", entering.as_typed(value.value)
            yield f"said.{row}", value.value_text or ""


@dataclass(frozen=True)
class Reading:
    """`values`: the form, to be shown again; `faults` by its fields; `rows`: of each value, the place of its target."""

    report: Report
    values: Typed
    faults: dict[str, str]
    rows: Sequence[int] = ()

    def place(self, path: str) -> str:
        """The form's field for a place in the report, as problem documents name it."""
        match path.removeprefix("report.").split("."):
            case ["values", number, *part] if number.isdecimal() and int(number) < len(self.rows):
                return f"{'said' if part == ['value_text'] else 'value'}.{self.rows[int(number)]}"
            case [name, *_] if name in {"status", "summary", "barriers", "evidence"}:
                return name
        return WHOLE_FORM


def reading(form: FormData, last: Update | None, targets: Sequence[Target], language: Language) -> Reading:
    """The report that a form stands for, and what is wrong at its fields. `last` and `targets` are as they are now."""
    if form.get("action") == "no_change":
        return Reading(_same(str(form.get("confirms", ""))), filled(last, targets), {})
    typed, gone = _in_place(Typed.sent(form), targets)
    faults = {} if typed.one("status") else {"status": language.gettext("Say how it goes.")}
    if gone:
        says = language.gettext("The pledge was amended while you wrote. These are no targets of it any more: {gone}")
        faults[WHOLE_FORM] = says.format(gone="; ".join(gone))
    values: dict[int, Reached] = {}
    for row, target in enumerate(targets):
        try:
            number = entering.number(typed.one(f"value.{row}"), language)
        except Unclear as fault:
            faults[f"value.{row}"] = str(fault)
            continue
        said = typed.one(f"said.{row}").strip() or None
        if number is not None or said:
            values[row] = Reached(target=target.what, value=number, value_text=said)
    plain = {"status": typed.one("status") or None, "summary": typed.one("summary")}
    link, asks = typed.one("evidence").strip(), bool(typed.all("ask_confirmation"))
    if asks and not link:
        faults["evidence"] = language.gettext("Give the link that should be checked.")
    report = Report(
        **plain,
        values=list(values.values()),
        barriers=typed.all("barriers"),
        stuck=bool(typed.all("stuck")),
        evidence=[Evidence(url=link)] if link else [],
        ask_confirmation=asks,
    )
    return Reading(report, typed, faults, list(values))


def _same(number: str) -> Report:
    """No change since the report of this number, which the page showed: a newer one is not confirmed unread."""
    return Report(no_change=True, confirms=int(number) if number.isdecimal() and len(number) < 10 else 0)


def _in_place(typed: Typed, targets: Sequence[Target]) -> tuple[Typed, list[str]]:
    """The form with its rows as the targets stand now, and what was typed for those that are gone."""
    whats = {str(row): target.what for row, target in enumerate(targets)}
    rows = {what: row for row, what in whats.items()}
    placed, gone = [], []
    for name, value in typed.items():
        part, _, row = name.partition(".")
        what = typed.one(f"target.{row}") if part in {"value", "said"} else ""
        if not what or whats.get(row) == what:
            placed.append((name, value))
        elif what in rows:
            placed.append((f"{part}.{rows[what]}", value))
        elif value:
            gone.append(f"{what}: {value}")
    return Typed(placed), gone
