"""What is open, how urgent it is, and what an officer may do with a case. Pure.

A case is what waits on the officers' desk: a request for support, or a work item that another service raised.
"""

from typing import Literal, get_args

from shared.errors import Conflict

Kind = Literal["request", "contact_lost", "dead_letter", "lead_left"]
WorkKind = Literal["contact_lost", "dead_letter", "lead_left"]
Priority = Literal["urgent", "high", "normal", "low"]
Act = Literal["raised", "raised_again", "assigned", "handed_back", "prioritised", "done", "reopened"]
# of a work item; a request's stage is its state
Stage = Literal["waiting", "in_hand", "done"]

PRIORITIES: tuple[Priority, ...] = get_args(Priority)  # the most urgent first
# nothing is left to do for staff in the other states
OPEN = frozenset(
    {
        *("submitted", "acknowledged", "triage", "needs_info", "accepted"),
        *("matching", "matched", "delivering", "delivered", "confirmed"),
        *("waiting", "in_hand"),
    }
)


def rank(priority: Priority) -> int:
    """1 is the most urgent."""
    return PRIORITIES.index(priority) + 1


def priority(rank: int) -> Priority:
    return PRIORITIES[rank - 1]


def require_open(stage: str) -> None:
    """Raises Conflict: what is over is nobody's work."""
    if stage not in OPEN:
        raise Conflict(f"This is over ({stage.replace('_', ' ')}), so there is nothing to do with it.")


def after(kind: str, stage: str, act: Act) -> str:
    """The stage of a case after an act. A request keeps its own: only the steps of its life change that.

    Raises Conflict for what the stage does not allow.
    """
    if act == "reopened":
        if kind == "request" or stage != "done":
            raise Conflict("Only a work item that is done can be reopened so; a request has steps of its own.")
        return "waiting"
    require_open(stage)
    if kind == "request":
        if act == "done":
            raise Conflict(
                "A request is not done by a word: it is accepted, redirected, declined, delivered or closed."
            )
        return stage
    return {"assigned": "in_hand", "handed_back": "waiting", "done": "done"}.get(act, stage)
