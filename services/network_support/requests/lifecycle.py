"""The life of a support request: pure rules. `MOVES` is all of it; nothing else decides what follows a state."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from shared.errors import Conflict, FieldProblem, Invalid

State = Literal[
    "draft",
    "pending_pledge",
    "refused",
    "submitted",
    "acknowledged",
    "triage",
    "needs_info",
    "accepted",
    "redirected",
    "declined",
    "merged",
    "matching",
    "matched",
    "delivering",
    "delivered",
    "confirmed",
    "closed",
    "withdrawn",
]
Step = Literal[
    "drafted",
    "saved",
    "opened",
    "decided",
    "acknowledged",
    "triaged",
    "asked",
    "answered",
    "accepted",
    "redirected",
    "declined",
    "merged",
    "unmerged",
    "matching_begun",
    "matched",
    "released",
    "delivery_begun",
    "delivered",
    "confirmed",
    "closed",
    "reopened",
    "withdrawn",
]
Type = Literal[
    "policy_integration",
    "objective_specific_help",
    "stakeholder_inclusion",
    "knowledge_exchange",
    "hub_participation",
    "fund_proposal",
    "un_team_coordination",
]
Status = Literal["requested", "matched", "delivered", "withdrawn"]
PledgeState = Literal["published", "closed"]
Refusal = Literal["pledge_of_another_entity", "pledge_closed"]

STATES: tuple[State, ...] = get_args(State)
STEPS: tuple[Step, ...] = get_args(Step)

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

NEW: Literal["new"] = "new"  # before its first step
_UNDECIDED: tuple[State, ...] = ("submitted", "acknowledged", "triage", "needs_info", "accepted")

# step → {from: to}. More than one `to`: who takes the step knows which (the pledge; the history of a merged request)
MOVES: Mapping[Step, Mapping[State | Literal["new"], State | tuple[State, ...]]] = {
    "drafted": {NEW: "draft"},
    "saved": {"draft": "draft"},
    "opened": {NEW: ("submitted", "pending_pledge"), "draft": ("submitted", "pending_pledge")},
    "decided": {"pending_pledge": ("submitted", "refused")},
    "acknowledged": {"submitted": "acknowledged"},
    "triaged": {"acknowledged": "triage"},
    "asked": {"triage": "needs_info"},
    "answered": {"needs_info": "triage"},
    "accepted": {"triage": "accepted"},
    "redirected": dict.fromkeys(("triage", "needs_info"), "redirected"),
    "declined": dict.fromkeys(("triage", "needs_info"), "declined"),
    "merged": dict.fromkeys(_UNDECIDED, "merged"),
    "unmerged": {"merged": _UNDECIDED},
    "matching_begun": {"accepted": "matching"},
    "matched": {"matching": "matched"},
    "released": {"matched": "matching", "delivering": "matching"},
    "delivery_begun": {"matched": "delivering"},
    "delivered": {"delivering": "delivered"},
    "confirmed": {"delivered": "confirmed"},
    "closed": dict.fromkeys(("needs_info", "redirected", "declined", "delivered", "confirmed"), "closed"),
    "reopened": {"closed": "triage"},
    "withdrawn": dict.fromkeys(
        ("draft", "pending_pledge", *_UNDECIDED, "matching", "matched", "delivering", "delivered"), "withdrawn"
    ),
}

# whoever it concerns must be able to read why
WITH_REASON: Mapping[Step, str] = {
    "asked": "say what you need to know",
    "answered": "answer what was asked",
    "redirected": "say who can help instead",
    "declined": "say why, and what the entity can do",
    "released": "say why the match does not hold",
    "reopened": "say what is still missing",
}

_PUBLIC: Mapping[State, Status] = {
    "submitted": "requested",
    "triage": "requested",  # also when it was reopened
    "matching": "requested",  # also when a match was released
    "matched": "matched",
    "delivered": "delivered",
    "withdrawn": "withdrawn",
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


def allowed(state: State) -> list[Step]:
    """The steps that can follow this state; who may take which, the routes say."""
    return [step for step in STEPS if state in MOVES[step]]


def after(state: State | Literal["new"], step: Step, to: State | None = None) -> State:
    """The state after a step; `to` where the step leaves a choice. Raises Conflict, naming the steps that are allowed.

    Raises ValueError when the choice is missing or not one of the step's: a mistake of the program.
    """
    if state not in MOVES[step]:
        raise _conflict(state, step)
    possible = MOVES[step][state]
    choices = (possible,) if isinstance(possible, str) else possible
    if to is None and len(choices) == 1:
        return choices[0]
    if to not in choices:
        raise ValueError(f"{step} leads from {state} to one of {choices}, not to {to}")
    return to


def _conflict(state: State | Literal["new"], step: Step) -> Conflict:
    steps = [] if state == "new" else allowed(state)
    then = f"From there it can be {_any_of(steps)}" if steps else "Nothing follows from there"
    said = f"The request is {_words(state)}, so it cannot be {_words(step)}. {then}."
    return Conflict(said, more={"state": state, "allowed": steps})


def _any_of(steps: list[Step]) -> str:
    return " or ".join(_words(step) for step in steps)


def _words(code: str) -> str:
    return code.replace("_", " ")


def require_reason(step: Step, reason: str | None) -> None:
    """Raises Invalid, naming `reason`, when the step needs one and there is none."""
    if step in WITH_REASON and not (reason and reason.strip()):
        fault = FieldProblem("reason", "is missing", WITH_REASON[step])
        raise Invalid("This step needs a reason that the others can read; nothing was saved.", [fault])


def public_status(state: State, before: Status | None) -> Status | None:
    """All that the public sees; None while the request is nobody else's business.

    A state that says nothing new to the public leaves what was `before`: a closed request that was delivered stays so.
    """
    return None if state == "withdrawn" and before is None else _PUBLIC.get(state, before)
