"""The form of a report: filled in with the last one, read back, and faults at the fields where people typed."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from starlette.datastructures import FormData

from services.portal.language import languages
from services.portal.problems import WHOLE_FORM
from services.portal.reporting import Reading, filled, reading
from shared.client.models.pledges import Target
from shared.client.models.reports import Measured, Update

TARGETS = [Target(what="Posts"), Target(what="Laws"), Target(what="Schools")]
ENGLISH = languages()["en"]


def update(*values: Measured) -> Update:
    plain = {"pledge_id": UUID(int=1), "number": 3, "status": "delayed", "no_change": False, "summary": "Old words"}
    return Update(**plain, values=list(values), barriers=["resources"], reported_at=datetime(2024, 9, 2, tzinfo=UTC))


def sent(*fields: tuple[str, str]) -> Reading:
    return reading(FormData(list(fields)), None, TARGETS, ENGLISH)


def test_it_begins_with_what_was_reported_last_but_for_the_sentences() -> None:
    last = update(Measured(target="Schools", value=Decimal("1E+2")), Measured(target="Posts", value_text="some"))
    typed = filled(last, TARGETS)
    shown = [typed.one(name) for name in ("status", "summary", "said.0", "value.1", "value.2")]
    assert (shown, typed.all("barriers")) == (["delayed", "", "some", "", "100"], ["resources"])
    assert filled(None, TARGETS).items() == []


def test_what_it_stands_for() -> None:
    values = [("value.1", "7.50"), ("said.2", " some ")]
    read = sent(("status", "delayed"), ("summary", "a\r\nb"), *values, ("barriers", "x"))
    assert read.faults == {}
    assert [(one.target, one.value, one.value_text) for one in read.report.values] == [
        ("Laws", Decimal("7.50"), None),
        ("Schools", None, "some"),
    ]
    assert (read.report.status, read.report.summary, read.report.barriers) == ("delayed", "a\nb", ["x"])


@pytest.mark.parametrize(("shown", "number"), [("3", 3), ("", 0), ("x", 0), ("-1", 0), ("9" * 5000, 0), ("²", 0)])
def test_no_change_names_the_report_that_was_shown(shown: str, number: int) -> None:
    read = sent(("action", "no_change"), ("status", "delayed"), ("confirms", shown))
    assert read.report.model_dump(exclude_unset=True) == {"no_change": True, "confirms": number}


def test_faults_that_need_no_service() -> None:
    assert sent(("value.0", "about 7"), ("said.0", "kept")).faults.keys() == {"status", "value.0"}


@pytest.mark.parametrize("whole", ["", "report."])
def test_a_fault_stands_where_it_was_typed(whole: str) -> None:
    read = sent(("status", "delayed"), ("value.0", "1"), ("said.2", "x"))
    places = ("values.1.value_text", "values.1.value", "values.0.target", "barriers.0", "summary", "values.9.value")
    assert [read.place(whole + place) for place in places] == [
        "said.2",
        "value.2",
        "value.0",
        "barriers",
        "summary",
        WHOLE_FORM,
    ]
