"""The form of a report: filled in with the last one, read back, and faults at the fields where people typed."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.portal.language import languages
from services.portal.problems import WHOLE_FORM
from services.portal.reporting import Reading, corrected, filled, reading, rearranged
from services.portal.typed import Typed
from shared.client.models.pledges import Money, Target
from shared.client.models.reports import Evidence, Measured, Update

TARGETS = [Target(what="Posts"), Target(what="Laws"), Target(what="Schools")]
ENGLISH = languages()["en"]


def update(*values: Measured, **more: Any) -> Update:
    plain = {"pledge_id": UUID(int=1), "number": 3, "status": "delayed", "no_change": False, "summary": "Old words"}
    said = {"values": list(values), "barriers": ["resources"], "reported_at": datetime(2024, 9, 2, tzinfo=UTC)}
    return Update(**plain, **said, **more)


FILE = "01922f00-0000-7000-8000-000000000001"


def sent(*fields: tuple[str, str]) -> Reading:
    return reading(Typed(fields), None, TARGETS, ENGLISH, {FILE: "plan.pdf"})


def test_it_begins_with_what_was_reported_last_but_for_the_sentences() -> None:
    last = update(Measured(target="Schools", value=Decimal("1E+2")), Measured(target="Posts", value_text="some"))
    typed = filled(last, TARGETS)
    shown = [typed.one(name) for name in ("status", "summary", "said.0", "value.1", "value.2")]
    assert (shown, typed.all("barriers")) == (["delayed", "", "some", "", "100"], ["resources"])
    assert filled(None, TARGETS).items() == [("evidence.0.url", "")]


def test_what_it_stands_for() -> None:
    values = [("value.1", "7.50"), ("said.2", " some ")]
    read = sent(("status", "delayed"), ("summary", "a\r\nb"), *values, ("barriers", "x"))
    assert read.faults == {}
    assert [(one.target, one.value, one.value_text) for one in read.report.values] == [
        ("Laws", Decimal("7.50"), None),
        ("Schools", None, "some"),
    ]
    assert (read.report.status, read.report.summary, read.report.barriers) == ("delayed", "a\nb", ["x"])


MONEY = [("paid.0.said", "so far"), ("paid.0.amount", "1 100"), ("paid.0.currency", "eur"), ("paid.1.bound", "exactly")]
LINKS = [("evidence.0.url", ""), ("evidence.4.url", "https://x.example"), ("evidence.4.title", "Posts")]


def test_money_units_evidence_and_what_is_corrected() -> None:
    values = [("value.0", "7"), ("unit.0", " posts "), ("corrects", "2"), ("entity_id", "tarela"), ("files", FILE)]
    read = sent(("status", "delayed"), *MONEY, *LINKS, *values, ("ask_confirmation", "yes"))
    assert read.faults == {}
    assert (read.report.values[0].unit, read.report.corrects, read.report.entity_id) == ("posts", 2, "tarela")
    assert read.report.paid == [Money(said="so far", amount=Decimal(1100), currency="EUR")]
    assert read.report.evidence == [
        Evidence(url="https://x.example", title="Posts"),
        Evidence(file=UUID(FILE), title="plan.pdf"),
    ]
    places = ("paid.0.currency", "paid.0", "evidence.0.url", "evidence.1.file", "evidence", "corrects", "entity_id")
    assert [read.place(place) for place in places] == [
        *("paid.0.currency", "paid.0.said", "evidence.1.url", "files", "evidence", "corrects", "entity_id")
    ]


def test_a_correction_begins_with_all_that_it_corrects() -> None:
    wrong = update(
        Measured(target="Posts", value=Decimal(7), unit="offices"),
        stuck=True,
        paid=[Money(amount=Decimal(5), currency="KES")],
        evidence=[Evidence(url="https://x.example", title="Posts"), Evidence(file=UUID(FILE), title="plan.pdf")],
    )
    read = reading(corrected(wrong, TARGETS), wrong, TARGETS, ENGLISH, {FILE: "plan.pdf"})
    assert read.faults == {}
    same = ("status", "summary", "barriers", "stuck", "paid", "evidence")
    assert [getattr(read.report, name) for name in same] == [getattr(wrong, name) for name in same]
    assert (read.report.corrects, read.report.values[0].unit) == (3, "offices")


def test_rows_come_and_go() -> None:
    more = rearranged(Typed([*MONEY, ("action", "add.paid")]))
    assert more is not None
    assert len(more.rows("paid")) == 3
    less = rearranged(Typed([*MONEY, ("action", "remove.paid.0")]))
    assert less is not None
    assert (len(less.rows("paid")), less.one("paid.0.said")) == (1, "")
    assert [rearranged(Typed([("action", one)])) for one in ("", "upload", "add.targets", "add.x")] == [None] * 4


@pytest.mark.parametrize(("shown", "number"), [("3", 3), ("", 0), ("x", 0), ("-1", 0), ("9" * 5000, 0), ("²", 0)])
def test_no_change_names_the_report_that_was_shown(shown: str, number: int) -> None:
    read = sent(("action", "no_change"), ("status", "delayed"), ("confirms", shown))
    assert read.report.model_dump(exclude_unset=True) == {"no_change": True, "confirms": number}


def test_faults_that_need_no_service() -> None:
    assert sent(("value.0", "about 7"), ("said.0", "kept")).faults.keys() == {"status", "value.0"}


@pytest.mark.parametrize(
    ("field", "value", "at"),
    [
        ("unit.1", "posts", "value.1"),
        ("paid.0.amount", "some", "paid.0.amount"),
        ("paid.0.currency", "euros", "paid.0.currency"),
        ("evidence.0.title", "Posts", "evidence.0.url"),
        ("files", "another", "files"),
        ("ask_confirmation", "yes", "evidence"),
    ],
)
def test_what_cannot_be_meant_is_said_where_it_was_typed(field: str, value: str, at: str) -> None:
    read = sent(("status", "delayed"), (field, value))
    assert read.faults.keys() == {at}
    assert read.values.one(field) == value


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
