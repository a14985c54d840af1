"""The form of a report, from a pledge to its fields and back: for signed-in people and for those with an action link.

Fields have the names of the API's: `status`, `summary`, `barriers`, and `values.0`, `values.1`… in the order of the
pledge's targets.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from starlette.datastructures import FormData

from services.portal.language import Language
from shared.client import FieldError
from shared.client.models.pledges import Reached, Report, Target, Update
from shared.reference import catalogue


@dataclass(frozen=True)
class ReportForm:
    """What stands in the form. `reached` has a text for each target."""

    reached: Sequence[str]
    status: str = ""
    summary: str = ""
    barriers: Sequence[str] = field(default_factory=list)

    @classmethod
    def after(cls, last: Update | None, targets: Sequence[Target]) -> "ReportForm":
        """Filled in with what was reported last; the sentences are written anew."""
        if last is None:
            return cls([""] * len(targets))
        known = {value.target: _shown(value) for value in last.values}
        return cls([known.get(target.what, "") for target in targets], last.status, "", last.barriers)

    @classmethod
    def sent(cls, form: FormData, targets: Sequence[Target]) -> "ReportForm":
        reached = [str(form.get(f"values.{place}", "")).strip() for place in range(len(targets))]
        plain = {name: str(form.get(name, "")) for name in ("status", "summary")}
        return cls(reached, **plain, barriers=[str(code) for code in form.getlist("barriers")])

    def report(self, targets: Sequence[Target]) -> Report:
        values = [_reached(targets[place], self.reached[place]) for place in self._filled()]
        return Report(status=self.status or None, summary=self.summary, values=values, barriers=list(self.barriers))

    def faults(self, errors: Sequence[FieldError]) -> dict[str, str]:
        """What the service found, by the fields of the form."""
        places = list(self._filled())
        return {_name(error.field, places): f"{error.problem}; {error.remedy}" for error in reversed(errors)}

    def _filled(self) -> Iterator[int]:
        return (place for place, text in enumerate(self.reached) if text)


def choices(language: Language) -> dict[str, list[tuple[str, str]]]:
    """What the form offers: codes with their words."""
    lists = {"statuses": catalogue.STATUSES, "barriers": catalogue.BARRIERS}
    return {name: [(code, language.label(code)) for code in codes] for name, codes in lists.items()}


def _shown(value: Reached) -> str:
    return f"{value.value:f}" if value.value is not None else value.value_text or ""


def _reached(target: Target, text: str) -> Reached:
    """A number if it is one, otherwise as it was put."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    return (
        Reached(target=target.what, value=number)
        if number.is_finite()
        else Reached(target=target.what, value_text=text)
    )


def _name(field_: str, places: Sequence[int]) -> str:
    match field_.removeprefix("report.").split("."):
        case ["values", number, *_] if number.isdigit() and int(number) < len(places):
            return f"values.{places[int(number)]}"
        case ["report" | "body"]:  # what is wrong with the whole is that it says nothing
            return "status"
        case [name, *_]:
            return name
    return field_
