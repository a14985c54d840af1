"""The form of a report: filled in with the last one, read back, and faults at the fields where people typed."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from starlette.datastructures import FormData

from services.portal.language import languages
from services.portal.reporting import ReportForm, choices
from shared.client import FieldError
from shared.client.models.pledges import Reached, Target, Update

TARGETS = [Target(what="Posts"), Target(what="Laws"), Target(what="Schools")]


def update(*values: Reached) -> Update:
    plain = {"pledge_id": UUID(int=1), "number": 3, "status": "delayed", "no_change": False, "summary": "Old words"}
    return Update(**plain, values=list(values), barriers=["resources"], reported_at=datetime(2024, 9, 2, tzinfo=UTC))


def sent(**fields: str) -> ReportForm:
    return ReportForm.sent(FormData([(name.replace("_", "."), value) for name, value in fields.items()]), TARGETS)


def test_it_begins_with_what_was_reported_last_but_for_the_sentences() -> None:
    last = update(Reached(target="Schools", value=Decimal("1E+2")), Reached(target="Posts", value_text="some"))
    assert ReportForm.after(last, TARGETS) == ReportForm(["some", "", "100"], "delayed", "", ["resources"])
    assert ReportForm.after(None, TARGETS) == ReportForm(["", "", ""])


@pytest.mark.parametrize(
    ("typed", "value", "text"),
    [("7", Decimal(7), None), (" 7.50 ", Decimal("7.50"), None), ("7,5", None, "7,5"), ("about 7", None, "about 7")]
    + [(odd, None, odd) for odd in ("NaN", "Infinity", "sNaN")],
)
def test_a_number_if_it_is_one_and_otherwise_as_it_was_put(typed: str, value: Decimal | None, text: str | None) -> None:
    [reached] = sent(values_1=typed).report(TARGETS).values
    assert (reached.target, reached.value, reached.value_text) == ("Laws", value, text)


def test_a_fault_stands_where_it_was_typed() -> None:
    form = sent(values_0="1", values_1=" ", values_2="x" * 501)
    found = form.faults(
        [
            FieldError("report.values.1.value_text", "is too long", "shorten it"),
            FieldError("report.barriers.0", "is unknown", "choose one"),
            FieldError("report", "status is missing", "say how it goes"),
            FieldError("report.summary", "is too long", "shorten it"),
        ]
    )
    assert found == {
        "values.2": "is too long; shorten it",
        "barriers": "is unknown; choose one",
        "status": "status is missing; say how it goes",
        "summary": "is too long; shorten it",
    }


def test_of_two_faults_at_one_field_the_first_is_shown() -> None:
    faults = [FieldError(f"report.values.0.{name}", name, "mend it") for name in ("value", "value_text")]
    assert sent(values_0="1").faults(faults) == {"values.0": "value; mend it"}


def test_what_can_be_chosen_is_in_words() -> None:
    offered = choices(languages()["en"])
    assert ("in_progress", "In progress") in offered["statuses"]
    assert all(words and words != code for options in offered.values() for code, words in options)
