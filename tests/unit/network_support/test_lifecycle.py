"""Every state and every step."""

from typing import Literal, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.network_support.requests.lifecycle import (
    MOVES,
    NEW,
    REFUSALS,
    STATES,
    STEPS,
    WITH_REASON,
    Decision,
    Pledge,
    Refusal,
    State,
    Status,
    Step,
    after,
    allowed,
    decide,
    public_status,
    require_reason,
)
from shared.errors import Conflict, Invalid
from shared.events.registry import TYPES
from shared.events.support import RequestMoved, RequestStep

ENDS = {"refused", "withdrawn"}
FIRST: set[State] = {"draft", "pending_pledge", "submitted"}


def _choices(state: State | Literal["new"], step: Step) -> tuple[State, ...]:
    possible = MOVES[step].get(state, ())
    return (possible,) if isinstance(possible, str) else possible


@given(st.data())
def test_no_path_leads_to_an_unlisted_state(data: st.DataObject) -> None:
    """Any steps in any order: each is either a listed one, or refused with those that are allowed."""
    state: State | Literal["new"] = NEW
    for step in data.draw(st.lists(st.sampled_from(STEPS), max_size=60)):
        choices = _choices(state, step)
        if not choices:
            with pytest.raises(Conflict) as refused:
                after(state, step)
            assert refused.value.more["allowed"] == ([] if state == NEW else allowed(state))
            continue
        state = after(state, step, data.draw(st.sampled_from(choices)))
        assert state in STATES


@given(st.data())
def test_only_allowed_steps_are_taken_and_they_lead_to_an_end(data: st.DataObject) -> None:
    state: State = after(NEW, "opened", data.draw(st.sampled_from(("submitted", "pending_pledge"))))
    for _ in range(40):
        assert bool(allowed(state)) == (state not in ENDS)
        if state in ENDS:
            break
        step = data.draw(st.sampled_from(allowed(state)))
        state = after(state, step, data.draw(st.sampled_from(_choices(state, step))))


def test_every_state_can_be_reached_and_every_step_be_taken() -> None:
    reached: set[State | Literal["new"]] = {NEW}
    for _ in STATES:
        reached |= {to for step in STEPS for state in reached for to in _choices(state, step)}
    assert reached == {NEW, *STATES}
    assert set(MOVES) == set(STEPS)
    assert {to for step in STEPS for to in _choices(NEW, step)} == FIRST


def test_a_refused_step_says_what_is_allowed() -> None:
    with pytest.raises(Conflict) as refused:
        after("needs_info", "accepted")
    steps = ["answered", "redirected", "declined", "merged", "closed", "withdrawn"]
    assert refused.value.more == {"state": "needs_info", "allowed": steps}
    assert refused.value.detail == (
        "The request is needs info, so it cannot be accepted."
        " From there it can be answered or redirected or declined or merged or closed or withdrawn."
    )


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        ("refused", []),
        ("withdrawn", []),
        ("redirected", ["closed"]),
        ("declined", ["closed"]),
        ("merged", ["unmerged"]),
        ("confirmed", ["closed"]),
        ("closed", ["reopened"]),
    ],
)
def test_what_is_decided_is_not_decided_again(state: State, steps: list[Step]) -> None:
    assert allowed(state) == steps


def test_nothing_follows_what_was_withdrawn() -> None:
    with pytest.raises(Conflict, match="Nothing follows from there"):
        after("withdrawn", "reopened")


@pytest.mark.parametrize(("state", "step", "to"), [("merged", "unmerged", None), ("merged", "unmerged", "closed")])
def test_a_choice_is_made_by_who_takes_the_step(state: State, step: Step, to: State | None) -> None:
    with pytest.raises(ValueError, match="leads from merged to one of"):
        after(state, step, to)


def test_withdrawn_from_any_state_before_it_is_confirmed_that_is_no_end() -> None:
    not_from = {"refused", "redirected", "declined", "merged", "confirmed", "closed", "withdrawn"}
    assert set(MOVES["withdrawn"]) == set(STATES) - not_from


@pytest.mark.parametrize(
    ("pledge", "decision"),
    [
        (None, Decision("pending_pledge")),
        (Pledge("veridia", "published"), Decision("submitted")),
        (Pledge("veridia", "closed"), Decision("refused", "pledge_closed")),
        (Pledge("sorvenia", "published"), Decision("refused", "pledge_of_another_entity")),
        (Pledge("sorvenia", "closed"), Decision("refused", "pledge_of_another_entity")),
    ],
)
def test_a_request_is_decided_by_its_pledge(pledge: Pledge | None, decision: Decision) -> None:
    assert decide("veridia", pledge) == decision


def test_every_refusal_says_what_to_do() -> None:
    assert set(REFUSALS) == set(get_args(Refusal))
    assert all(problem and remedy for problem, remedy in REFUSALS.values())


@pytest.mark.parametrize("reason", [None, "", " \n "])
@pytest.mark.parametrize("step", WITH_REASON)
def test_a_step_that_concerns_the_other_side_needs_a_reason(step: Step, reason: str | None) -> None:
    with pytest.raises(Invalid) as refused:
        require_reason(step, reason)
    assert [field.field for field in refused.value.fields] == ["reason"]
    require_reason(step, "Because")
    require_reason("acknowledged", reason)


@given(st.data())
def test_the_public_sees_only_requested_matched_delivered_or_withdrawn(data: st.DataObject) -> None:
    """And never a state that was not sent, was refused, or says why nothing comes of it."""
    state, status = after(NEW, "opened", "submitted"), public_status("submitted", None)
    for _ in range(data.draw(st.integers(0, 30))):
        if not allowed(state):
            break
        step = data.draw(st.sampled_from(allowed(state)))
        state = after(state, step, data.draw(st.sampled_from(_choices(state, step))))
        status = public_status(state, status)
        assert status in get_args(Status)
        assert (status == "withdrawn") == (state == "withdrawn")
        assert status == "matched" or state not in {"matched", "delivering"}
        assert status == "delivered" or state not in {"delivered", "confirmed"}


@pytest.mark.parametrize("state", ["draft", "pending_pledge", "refused", "withdrawn"])
def test_what_was_never_sent_to_the_network_is_not_public(state: State) -> None:
    assert public_status(state, None) is None


def test_every_step_has_its_event_and_every_state_can_be_told() -> None:
    told = {name for name, event in TYPES.items() if event.data in {RequestStep, RequestMoved}}
    named = {f"request.{step}.v1" for step in STEPS if step not in {"saved", "opened", "decided"}}
    assert told == named | {"request.received.v1", "request.refused.v1"}
    assert get_args(RequestMoved.model_fields["state"].annotation) == STATES
