"""What reports add up to: corrections in their places, progress, evidence, money; and what a report may not do."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import reduce
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.pledges.progress import lifecycle
from services.pledges.progress.schemas import Evidence, Report, Update
from services.pledges.registry.content import EXAMPLE, Content, Money
from services.pledges.registry.lifecycle import Publication, progressed, snapshot
from shared.errors import Invalid
from shared.events.common import EntityRef
from shared.events.pledges import PledgeSnapshot, Progress, Stuck, Sum

AT = datetime(2024, 9, 2, 9, tzinfo=UTC)
VERIDIA = EntityRef(entity_id="veridia", name="Veridia", kind="member_state")
KALMORA = EntityRef(entity_id="kalmora", name="Kalmora", kind="member_state")
PUBLIC = snapshot(Publication(uuid4(), VERIDIA, Content.model_validate(EXAMPLE), 1, 1, AT, AT, Progress()))
LINK = Evidence(url="https://veridia.example/posts")
POSTS = EXAMPLE["targets"][0]["what"]


def said(**fields: Any) -> Report:
    return Report.model_validate({} if fields.get("no_change") else {"status": "in_progress"} | fields)


def euros(amount: int) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


def reported(*reports: Report) -> tuple[PledgeSnapshot, list[Update]]:
    """The pledge after these reports, one a day, each taken as the service takes it."""
    public, updates = PUBLIC, list[Update]()
    for day, one in enumerate(reports):
        made = lifecycle.update(public, one, VERIDIA, AT + timedelta(days=day))
        updates.append(made)
        public = progressed(public, lifecycle.progress(updates, ()))
    return public, updates


def test_a_correction_of_an_old_report_changes_no_later_word() -> None:
    public, updates = reported(
        Report(status="planning", paid=[euros(5)]),
        Report(status="delayed", paid=[euros(7)], evidence=[LINK]),
        Report(status="stalled", paid=[euros(6)], corrects=1),
    )
    assert [one.number for one in lifecycle.holding(updates)] == [3, 2]
    assert public.progress == Progress(
        status="delayed",
        last_reported_at=AT + timedelta(days=2),
        reports=3,
        paid=[Sum(amount=Decimal(7), currency="EUR")],
        evidence="evidenced",
    )


def test_no_change_leaves_what_was_said_before_it_also_when_that_is_corrected() -> None:
    public, _ = reported(Report(status="planning"), Report(no_change=True), Report(status="delayed", corrects=1))
    assert (public.progress.status, public.progress.reports) == ("delayed", 3)


def test_a_correction_can_be_corrected_but_only_there() -> None:
    _, updates = reported(Report(status="planning"), Report(status="delayed", corrects=1))
    lifecycle.require_correctable(updates, 2, None)
    with pytest.raises(Invalid) as refused:
        lifecycle.require_correctable(updates, 1, None)
    assert refused.value.fields[0].problem == "was corrected by report 2"


@pytest.mark.parametrize(("number", "reporter"), [(3, None), (1, KALMORA)])
def test_only_what_stands_and_only_by_who_said_it(number: int, reporter: EntityRef | None) -> None:
    _, updates = reported(Report(status="planning"), Report(status="delayed"))
    with pytest.raises(Invalid) as refused:
        lifecycle.require_correctable(updates, number, reporter)
    assert [fault.field for fault in refused.value.fields] == ["corrects"]


def test_money_is_what_was_paid_so_far_and_stays_until_it_is_said_anew() -> None:
    dollars = Money(amount=Decimal("0.5"), currency="USD", bound="at_least")
    public, _ = reported(Report(status="planning", paid=[euros(5), euros(2), dollars]), Report(status="delayed"))
    assert public.progress.paid == [
        Sum(amount=Decimal(7), currency="EUR"),
        Sum(amount=Decimal("0.5"), currency="USD", bound="at_least"),
    ]


def test_evidence_is_that_of_the_last_report_that_says_something() -> None:
    public, updates = reported(Report(status="planning", evidence=[LINK]), Report(no_change=True))
    assert public.progress.evidence == "evidenced"
    assert lifecycle.progress(updates, {1}).evidence == "confirmed"
    later, _ = reported(Report(status="planning", evidence=[LINK]), Report(status="delayed"))
    assert later.progress.evidence == "reported"


def test_a_value_is_compared_with_its_target_as_it_is_now() -> None:
    values = [{"target": POSTS, "value": 7}, {"target": POSTS, "value": 7, "unit": "countries"}]
    made = lifecycle.update(PUBLIC, said(values=values), VERIDIA, AT)
    assert [(one.share, one.not_comparable) for one in made.values] == [
        (Decimal("0.3750"), None),
        (None, "unit_differs"),
    ]


def test_who_reported_is_named_only_if_it_is_a_partner() -> None:
    assert lifecycle.update(PUBLIC, said(), VERIDIA, AT).reporter is None
    assert lifecycle.update(PUBLIC, said(), KALMORA, AT).reporter == KALMORA


@st.composite
def histories(draw: st.DrawFn) -> list[Report]:
    """Reports, each of them new, a confirmation, or a correction of one that nobody has corrected yet."""
    statuses = st.sampled_from(["planning", "in_progress", "delayed", "stalled"])
    made, open_ = [Report(status=draw(statuses))], [1]
    for number in range(2, draw(st.integers(2, 9))):
        kind = draw(st.sampled_from(["new", "same", "correction"]))
        corrects = draw(st.sampled_from(open_)) if kind == "correction" else None
        if corrects:
            open_.remove(corrects)
        evidence = [LINK] if draw(st.booleans()) else []
        paid = [euros(draw(st.integers(0, 9)))] if draw(st.booleans()) else []
        new = Report(status=draw(statuses), corrects=corrects, evidence=evidence, paid=paid)
        made.append(Report(no_change=True) if kind == "same" else new)
        open_.append(number)
    return made


@given(histories())
def test_every_report_holds_or_is_corrected_and_none_is_lost(reports: list[Report]) -> None:
    public, updates = reported(*reports)
    holding = {one.number for one in lifecycle.holding(updates)}
    assert holding == {one.number for one in updates} - {one.corrects for one in updates}
    assert public.progress.reports == len(reports)
    assert public.progress.last_reported_at == updates[-1].reported_at


@given(histories())
def test_without_corrections_one_report_at_a_time_adds_up_to_the_same(reports: list[Report]) -> None:
    """The way of a plain report, which asks for no earlier one, and the way over all of them agree."""
    _, updates = reported(*[one.model_copy(update={"corrects": None}) for one in reports])
    assert _one_by_one(updates) == lifecycle.progress(updates, ())


def _one_by_one(updates: Sequence[Update]) -> Progress:
    return reduce(lambda last, one: lifecycle.after(last, one, lifecycle.level(one, ())), updates, Progress())


def test_that_an_entity_is_stuck_stands_until_it_says_otherwise() -> None:
    words = Report(status="stalled", stuck=True, summary="Nobody answers", barriers=["resources"])
    told = Stuck(number=1, summary="Nobody answers", barriers=["resources"])
    assert reported(words)[0].progress.stuck == told
    assert reported(words, Report(no_change=True))[0].progress.stuck == told
    assert reported(words, Report(status="in_progress"))[0].progress.stuck is None
    assert reported(words, Report(status="in_progress", corrects=1))[0].progress.stuck is None
    partner = lifecycle.after(Progress(), lifecycle.update(PUBLIC, words, KALMORA, AT), "reported")
    assert partner.stuck == told.model_copy(update={"partner": "kalmora"})
