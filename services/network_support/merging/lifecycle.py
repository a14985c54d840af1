"""Which request may be merged into which other one. Pure.

Only an open request takes others up, so a chain of merges ends and has no circle; and only one of the same entity,
since whoever is merged reads what becomes of the other.
"""

from dataclasses import dataclass
from uuid import UUID

from services.network_support.triage.lifecycle import OPEN
from shared.errors import AppError, Conflict, FieldProblem, Invalid


@dataclass(frozen=True)
class Side:
    """One of the two, as far as the rules look at it; `into`: what it was merged into."""

    request_id: UUID
    entity_id: str
    state: str
    into: UUID | None = None


def fault(merged: Side, into: Side) -> AppError | None:
    """Why it cannot be, or None. Whether `merged` may be merged at all, the steps of a request say."""
    if merged.request_id == into.request_id:
        return _invalid("is the request itself", "name the one that stays")
    if merged.entity_id != into.entity_id:
        return _invalid("is a request of another entity", "merge requests of one entity; to others, answer each")
    if into.into is not None:
        return Conflict(f"The request that should stay was itself merged: merge into {into.into}.")
    if into.state not in OPEN:
        return Conflict(f"The request that should stay is {into.state.replace('_', ' ')}: merge into an open one.")
    return None


def require(merged: Side, into: Side) -> None:
    """Raises Invalid, naming `into`, or Conflict."""
    if found := fault(merged, into):
        raise found


def _invalid(problem: str, remedy: str) -> Invalid:
    return Invalid("It cannot be merged into that request; nothing was saved.", [FieldProblem("into", problem, remedy)])
