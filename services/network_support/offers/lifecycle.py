"""The life of an offer, and whether it can be matched now: pure rules.

What an entity offers, staff check for completeness before it can be matched, as they do with pledges; what it changes
later, they check again. What staff record themselves is open at once. Capacity counts the matches of the whole time
in which an offer is valid, not those at one time: it is what its giver promises, and it does not grow back because
somebody closes a request, or stay used because nobody does. A match that is released was no help, and counts no more.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from shared.errors import Conflict

Kind = Literal["expert", "practice", "fund_theme", "pledge", "country_network", "state"]
State = Literal["submitted", "changes_requested", "open", "withdrawn"]
Step = Literal["made", "edited", "accepted", "returned", "withdrawn", "restored"]
MatchState = Literal["proposed", "dropped", "matched", "released", "delivered"]
Availability = Literal["available", "not_checked", "withdrawn", "not_yet", "expired", "full"]

KINDS: tuple[Kind, ...] = get_args(Kind)

# a step that follows the giver's or staff's word: from which states
_FROM: dict[Step, tuple[State, ...]] = {
    "edited": ("submitted", "changes_requested", "open"),
    "accepted": ("submitted",),
    "returned": ("submitted",),
    "withdrawn": ("submitted", "changes_requested", "open"),
    "restored": ("withdrawn",),
}
_TO: dict[Step, State] = {"accepted": "open", "returned": "changes_requested", "withdrawn": "withdrawn"}

WHY_NOT: dict[Availability, str] = {
    "not_checked": "has not been checked for completeness yet",
    "withdrawn": "is withdrawn",
    "not_yet": "is not valid yet",
    "expired": "is valid no more",
    "full": "has no capacity left",
}


def after(state: State | None, step: Step, *, by_staff: bool) -> State:
    """The state after a step; None: there is no offer yet. Raises Conflict, naming what can be done."""
    if state is not None and state not in _FROM[step]:
        steps = [name for name, states in _FROM.items() if state in states]
        raise Conflict(
            f"The offer is {_words(state)}, so it cannot be {_words(step)}; it can be {', '.join(steps)}.",
            more={"allowed": steps},
        )
    return _TO.get(step) or ("open" if by_staff else "submitted")


def _words(name: str) -> str:
    return name.replace("_", " ")


@dataclass(frozen=True)
class Standing:
    """What decides whether an offer can be matched."""

    state: State
    valid_from: date | None
    valid_until: date | None  # the last day
    capacity: int | None  # matches in all; None: as many as are wanted
    used: int


def availability(offer: Standing, today: date) -> Availability:
    """`today`: of business time, in UTC."""
    if offer.state != "open":
        return "withdrawn" if offer.state == "withdrawn" else "not_checked"
    if offer.valid_from and today < offer.valid_from:
        return "not_yet"
    if offer.valid_until and offer.valid_until < today:
        return "expired"
    return "full" if offer.capacity is not None and offer.used >= offer.capacity else "available"
