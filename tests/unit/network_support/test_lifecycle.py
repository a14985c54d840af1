"""Every state and every step."""

import itertools
from typing import get_args

import pytest

from services.network_support.requests.lifecycle import (
    REFUSALS,
    STATES,
    Decision,
    Pledge,
    Refusal,
    State,
    Step,
    after,
    decide,
    public_status,
)
from shared.errors import Conflict

ALLOWED: dict[tuple[State, Step], State] = {
    ("submitted", "acknowledged"): "acknowledged",
    ("pending_pledge", "withdrawn"): "withdrawn",
    ("submitted", "withdrawn"): "withdrawn",
    ("acknowledged", "withdrawn"): "withdrawn",
}


@pytest.mark.parametrize(("state", "step"), [*itertools.product(STATES, ("acknowledged", "withdrawn"))])
def test_a_step_is_taken_only_from_its_states(state: State, step: Step) -> None:
    if (state, step) in ALLOWED:
        assert after(state, step) == ALLOWED[state, step]
    else:
        with pytest.raises(Conflict, match=f"The request is {state.replace('_', ' ')}; it can be {step} only while"):
            after(state, step)


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


def test_the_public_sees_only_that_support_was_requested_or_withdrawn() -> None:
    assert {state: public_status(state) for state in STATES} == {
        "pending_pledge": None,
        "submitted": "requested",
        "refused": None,
        "acknowledged": "requested",
        "withdrawn": "withdrawn",
    }
