"""Who gets a reminder that is due: one mail a person and day, the lead first, delegates in place of the silent."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from services.notifications.recipients import Person
from services.notifications.reminders.lifecycle import Reason, too_soon
from services.notifications.reminders.planning import Allotment, Candidate, Contacts, Past, allot, delegates_wanted
from services.notifications.reminders.policy import policy

POLICY = policy()
CLOCK_SET = datetime(2024, 11, 5, 21, 0, tzinfo=UTC)  # what a date alone means to `gcm clock set`
DUE_ON = date(2024, 11, 5)
CAUSE = f"reminder:{DUE_ON}"


def person(name: str, time_zone: str = "UTC") -> Person:
    return Person(person_id=name, time_zone=time_zone)


AMINA, ZONELESS = person("amina", "Pacific/Kiritimati"), person("zo", "Nowhere")
KOFI, DARIO = person("kofi"), person("dario")


def candidate(number: int, *, pledge: int = 0, entity: str = "veridia", offset: int = -30) -> Candidate:
    return Candidate(number, UUID(int=pledge or number), entity, "plenary-2024", offset, DUE_ON)


def planned(
    *batch: Candidate,
    past: Past | None = None,
    now: datetime = CLOCK_SET,
    delegates: Contacts | None = None,
    **contacts: list[Person],
) -> Allotment:
    return allot(batch, contacts, delegates or {}, past or Past(), now, POLICY)


def addressed(made: Allotment) -> dict[str, list[tuple[int, str, str]]]:
    return {
        who: [(link.reminder_id, link.entity_id, link.role) for link in letter.links]
        for (_, who), letter in made.letters.items()
    }


def test_one_person_gets_one_mail_for_all_pledges() -> None:
    batch = [candidate(1), candidate(2), candidate(3, entity="milan")]
    made = planned(*batch, veridia=[AMINA], milan=[AMINA, ZONELESS])
    assert {key: [link.reminder_id for link in letter.links] for key, letter in made.letters.items()} == {
        (CAUSE, "amina"): [1, 2, 3],
        (CAUSE, "zo"): [3],
    }
    assert made.letters[CAUSE, "amina"].not_before == datetime(2024, 11, 4, 19, tzinfo=UTC)


def test_two_milestones_on_one_day_make_one_mail() -> None:
    forum = replace(candidate(2), milestone="imrf-2026", offset_days=-90)
    assert [who for _, who in planned(candidate(1), forum, veridia=[AMINA]).letters] == ["amina"]


def test_no_contact_is_a_line_and_a_lost_contact() -> None:
    made = planned(candidate(1), veridia=[])
    assert (made.letters, made.skipped, made.unreachable) == ({}, {}, [(candidate(1), Reason.NOBODY)])
    assert [silent.entity_id for silent in made.lost] == ["veridia"]


def test_who_is_still_in_time_gets_it_and_who_is_not_does_not() -> None:
    now = datetime(2024, 11, 6, 8, tzinfo=UTC)  # 37 hours after nine in Kiritimati
    made = planned(candidate(1), candidate(2, entity="milan"), now=now, veridia=[AMINA, ZONELESS], milan=[AMINA])
    assert [who for _, who in made.letters] == ["zo"]
    assert made.skipped == {2: Reason.OVERDUE}


@pytest.mark.parametrize(("days", "soon"), [(0, True), (4, True), (-4, True), (5, False), (-6, False)])
def test_five_days_between_two_reminders_for_a_pledge(days: int, *, soon: bool) -> None:
    other = DUE_ON + timedelta(days=days)
    assert too_soon(DUE_ON, [other], POLICY) is soon
    made = planned(candidate(1), past=Past({UUID(int=1): [other]}), veridia=[AMINA])
    assert made.skipped == ({1: Reason.TOO_SOON} if soon else {})


def test_two_reminders_for_one_pledge_in_one_batch_are_too_close() -> None:
    made = planned(candidate(1, pledge=7), candidate(2, pledge=7), veridia=[AMINA])
    assert made.skipped == {2: Reason.TOO_SOON}


@pytest.mark.parametrize(("offset", "partner"), [(-90, False), (-30, True), (-7, True), (14, True)])
def test_a_joint_pledge_asks_its_lead_first_and_then_its_partners(offset: int, *, partner: bool) -> None:
    joint = replace(candidate(1, offset=offset), partners=("kalmora",))
    made = addressed(planned(joint, veridia=[AMINA], kalmora=[KOFI]))
    assert made["amina"] == [(1, "veridia", "focal_point")]
    assert made.get("kofi") == ([(1, "kalmora", "focal_point")] if partner else None)


def test_who_acts_for_lead_and_partner_is_asked_once_and_for_the_lead() -> None:
    joint = replace(candidate(1), partners=("kalmora",))
    assert addressed(planned(joint, veridia=[AMINA], kalmora=[AMINA])) == {"amina": [(1, "veridia", "focal_point")]}


def test_a_partner_without_anybody_is_lost_though_the_lead_is_reached() -> None:
    made = planned(replace(candidate(1), partners=("kalmora",)), veridia=[AMINA])
    assert ([silent.entity_id for silent in made.lost], made.unreachable) == (["kalmora"], [])


@pytest.mark.parametrize(("offset", "asked"), [(-30, False), (-7, True), (14, True)])
def test_delegates_are_asked_when_the_focal_points_did_not_react(offset: int, *, asked: bool) -> None:
    made = addressed(planned(candidate(1, offset=offset), veridia=[AMINA], delegates={"veridia": [DARIO]}))
    assert ("dario" in made) is asked
    assert made.get("dario", []) == ([(1, "veridia", "delegate")] if asked else [])


def test_delegates_are_asked_at_once_where_there_is_no_focal_point() -> None:
    assert addressed(planned(candidate(1), delegates={"veridia": [DARIO]})) == {"dario": [(1, "veridia", "delegate")]}


def test_delegates_are_asked_when_all_mails_to_focal_points_bounced_and_those_are_tried_again() -> None:
    past = Past(bounced={(UUID(int=1), "veridia"): {"amina"}})
    made = addressed(planned(candidate(1), past=past, veridia=[AMINA], delegates={"veridia": [DARIO]}))
    assert set(made) == {"amina", "dario"}
    other = addressed(planned(candidate(1), past=past, veridia=[AMINA, KOFI], delegates={"veridia": [DARIO]}))
    assert set(other) == {"amina", "kofi"}  # one of two was reached


def test_a_reminder_that_comes_back_goes_to_nobody_a_second_time() -> None:
    past = Past(asked={1: {"amina"}})
    assert set(addressed(planned(candidate(1), past=past, veridia=[AMINA], delegates={"veridia": [DARIO]}))) == {
        "dario"
    }
    made = planned(candidate(1), past=past, veridia=[AMINA])
    assert made.unreachable == [(candidate(1), Reason.NOT_DELIVERED)]


def test_delegates_are_looked_up_for_none_but_those_who_need_them() -> None:
    batch = [candidate(1), candidate(2, entity="milan"), candidate(3, entity="kalmora", offset=-7)]
    contacts: Contacts = {"veridia": [AMINA], "kalmora": [KOFI]}
    assert delegates_wanted(batch, contacts, Past(), POLICY) == {"milan", "kalmora"}
