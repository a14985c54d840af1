"""How an invitation stands. Pure rules."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from shared.clock import Moment
from shared.errors import AppError, Conflict, Gone

LIFE = timedelta(days=14)  # of system time, anew each time that it is sent
MOST_SENT = 5  # times: somebody who answers none of these is reached in another way
MOST_OPEN = 50  # of an entity

State = Literal["open", "used", "revoked", "expired"]
LinkState = Literal["open", "used", "revoked", "expired", "replaced"]


@dataclass(frozen=True)
class Standing:
    """What decides. `inviter_may`: whoever invited may still do so, which ends with a focal point's membership."""

    state: State
    round: int
    expires_at: datetime  # system time
    until: datetime | None  # the membership's end, business time
    inviter_may: bool


def state(found: Standing, moment: Moment) -> State:
    """As it is now; the table follows later (commands.tidy)."""
    if found.state != "open":
        return found.state
    if not found.inviter_may:
        return "revoked"
    over = moment.system >= found.expires_at or (found.until is not None and moment.business >= found.until)
    return "expired" if over else "open"


def link_state(found: Standing, sent: int, moment: Moment) -> LinkState:
    """`sent`: in which round the link was made."""
    now = state(found, moment)
    return "replaced" if now == "open" and sent != found.round else now


_AGAIN = "nothing was done: ask those who invited you for a new invitation."
_OVER: dict[LinkState, str] = {
    "revoked": f"This invitation was withdrawn, or who sent it may no longer invite; {_AGAIN}",
    "expired": f"This invitation was valid until a date that has passed; {_AGAIN}",
    "replaced": "This invitation was sent again, and nothing was done: open the link in the newest mail.",
}


def refusal(now: LinkState) -> AppError | None:
    """Why a link in this state does nothing; None when it is open."""
    if now == "used":
        return Conflict("This invitation was accepted already, and nothing was done now. Sign in to see your entity.")
    return Gone(_OVER[now]) if now in _OVER else None
