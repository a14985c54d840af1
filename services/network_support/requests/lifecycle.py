"""The life of a support request: pure rules. Triage, matching and delivery come after `acknowledged`."""

from dataclasses import dataclass
from typing import Literal, get_args

from shared.errors import Conflict

State = Literal["pending_pledge", "submitted", "refused", "acknowledged", "withdrawn"]
Type = Literal[
    "policy_integration",
    "objective_specific_help",
    "stakeholder_inclusion",
    "knowledge_exchange",
    "hub_participation",
    "fund_proposal",
    "un_team_coordination",
]
Step = Literal["opened", "decided", "acknowledged", "withdrawn"]
PledgeState = Literal["published", "closed"]
Refusal = Literal["pledge_of_another_entity", "pledge_closed"]

STATES: tuple[State, ...] = get_args(State)

REFUSALS: dict[Refusal, tuple[str, str]] = {
    "pledge_of_another_entity": (
        "belongs to another entity",
        "name a pledge that the entity itself has published",
    ),
    "pledge_closed": (
        "is closed, so there is nothing left to help with",
        "name a pledge that is still open",
    ),
}

_AFTER: dict[Step, dict[State, State]] = {
    "acknowledged": {"submitted": "acknowledged"},
    "withdrawn": {"pending_pledge": "withdrawn", "submitted": "withdrawn", "acknowledged": "withdrawn"},
}


@dataclass(frozen=True)
class Pledge:
    """What a decision needs to know of a published pledge."""

    entity_id: str
    state: PledgeState


@dataclass(frozen=True)
class Decision:
    state: State
    refusal: Refusal | None = None


def decide(entity_id: str, pledge: Pledge | None) -> Decision:
    """Whether a request for this pledge, one's own (¶73), is in order; without the pledge it waits."""
    if pledge is None:
        return Decision("pending_pledge")
    if pledge.entity_id != entity_id:
        return Decision("refused", "pledge_of_another_entity")
    if pledge.state == "closed":
        return Decision("refused", "pledge_closed")
    return Decision("submitted")


def after(state: State, step: Step) -> State:
    """The state after a step that somebody asks for. Raises Conflict, saying in which states it can be asked."""
    allowed = _AFTER[step]
    if state not in allowed:
        states = " or ".join(_words(s) for s in allowed)
        raise Conflict(f"The request is {_words(state)}; it can be {step} only while it is {states}.")
    return allowed[state]


def _words(state: State) -> str:
    return state.replace("_", " ")


def public_status(state: State) -> Literal["requested", "withdrawn"] | None:
    """All that the public sees; None while the request is nobody else's business."""
    match state:
        case "submitted" | "acknowledged":
            return "requested"
        case "withdrawn":
            return "withdrawn"
    return None
