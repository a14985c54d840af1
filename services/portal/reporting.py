"""The form of a report, for signed-in people and for those with an action link. Pure.

Its fields: `status`, `summary`, `barriers` and, by the place of each target, `value.0` (a number) and `said.0` (words).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from starlette.datastructures import FormData

from services.portal import entering
from services.portal.entering import Unclear
from services.portal.language import Language
from services.portal.problems import WHOLE_FORM
from services.portal.typed import Typed
from shared.client.models.pledges import Reached, Report, Target, Update


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
    """`faults` by field of the form; `rows`: of each value of the report, the place of its target."""

    report: Report
    faults: dict[str, str]
    rows: Sequence[int] = ()

    def place(self, path: str) -> str:
        """The form's field for a place in the report, as problem documents name it."""
        match path.removeprefix("report.").split("."):
            case ["values", number, *part] if number.isdecimal() and int(number) < len(self.rows):
                return f"{'said' if part == ['value_text'] else 'value'}.{self.rows[int(number)]}"
            case [name, *_] if name in {"status", "summary", "barriers"}:
                return name
        return WHOLE_FORM


def reading(form: FormData, targets: Sequence[Target], language: Language) -> Reading:
    """The report that a form stands for, and what is wrong at its fields."""
    if form.get("action") == "no_change":
        return Reading(Report(no_change=True), {})
    typed = Typed.sent(form)
    faults = {} if typed.one("status") else {"status": language.gettext("Say how it goes.")}
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
    return Reading(Report(**plain, values=list(values.values()), barriers=typed.all("barriers")), faults, list(values))
