"""What is offered to whom of an entity's members."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.portal.people import Rights, State, free, state, successors
from shared.client.models.entities import Member
from shared.client.models.members import Handover

NOW = datetime(2024, 9, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def member(person: str, role: str = "focal_point", **changed: Any) -> Member:
    plain = {"membership_id": uuid4(), "entity_id": "veridia", "person_id": person, "name": person.title()}
    return Member.model_validate(plain | {"role": role, "since": NOW - DAY, "until": None} | changed)


@pytest.mark.parametrize(
    ("since", "until", "says"),
    [
        (-DAY, None, "now"),
        (-DAY, DAY, "now"),
        (timedelta(0), None, "now"),
        (-DAY, timedelta(0), "ended"),
        (DAY, None, "planned"),
        (DAY, DAY, "ended"),  # ended before it began
    ],
)
def test_now_planned_or_ended(since: timedelta, until: timedelta | None, says: State) -> None:
    found = member("amina", since=NOW + since, until=until if until is None else NOW + until)
    assert state(found, NOW) == says


def test_staff_give_all_roles_focal_points_those_below_and_others_none() -> None:
    staff, focal = Rights("noor", is_staff=True, is_focal_point=False), Rights("amina", False, True)
    own, other, delegate = member("amina"), member("kofi"), member("dario", "delegate")
    assert [[who.ends(one) for one in (own, other, delegate)] for who in (staff, focal)] == [
        [True, True, True],
        [False, False, True],
    ]
    assert [[who.hands_over(one) for one in (own, other, delegate)] for who in (staff, focal)] == [
        [True, True, False],
        [True, False, False],
    ]
    nobody = Rights("dario", False, False)
    assert (nobody.manages, nobody.gives(), nobody.hands_over(member("dario"))) == (False, (), False)


def test_a_place_that_goes_on_already_is_not_free_and_its_handover_is_withdrawn_by_the_former_or_staff() -> None:
    former, other = member("amina"), member("kofi")
    plan = {"handover_id": uuid4(), "entity_id": "veridia", "since": NOW + DAY, "by": "entity"}
    found = Handover.model_validate(plan | {"former": former, "successor": member("dario", since=NOW + DAY)})
    assert [free(one, [found]) for one in (former, other)] == [False, True]
    people = (Rights("amina", False, True), Rights("kofi", False, True), Rights("noor", True, False))
    assert [who.withdraws(found) for who in people] == [True, False, True]
    of_staff = found.model_copy(update={"by": "network_staff"})
    assert [who.withdraws(of_staff) for who in people] == [False, False, True]


def test_successors_are_registered_people_of_the_entity_who_are_no_focal_points_each_once() -> None:
    former = member("amina")
    able = member("dario", "delegate")
    others = [
        member("amina", "viewer"),
        member("dario", "viewer"),
        member("kofi"),
        member("kofi", "viewer"),
        member("robot", "delegate", machine=True),
        member("unknown", "viewer", name=None),
        member("vera", "viewer", until=NOW - timedelta(hours=1)),
    ]
    assert successors([former, able, *others], former, NOW) == [able]
