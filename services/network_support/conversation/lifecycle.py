"""What may be said when, and what becomes of a mail: pure rules."""

from datetime import datetime, timedelta
from typing import Literal

from services.network_support.requests.lifecycle import State, Step
from shared.errors import Conflict

Sender = Literal["requester", "staff", "system"]
Channel = Literal["api", "portal", "mail"]
Outcome = Literal[
    "accepted",
    "automatic",  # a vacation notice, a list, a bounce, or a mail of our own
    "mass_mail",  # to so many that it is no answer
    "unknown_address",
    "expired",
    "not_a_member",
    "too_large",
    "broken",
]
# whoever wrote these meant us, and would wait for an answer; nobody ever gets one to anything else
ANSWERED: frozenset[Outcome] = frozenset({"too_large", "broken", "expired"})
MOST_ANSWERS = 3  # to one person within a day

OVER: frozenset[State] = frozenset({"refused", "declined", "redirected", "closed", "withdrawn"})
LONGEST_REASON = 20_000  # characters, of a step's reason
WITHOUT_TEXT = "(a mail that holds files only)"
FOLLOW_UP = timedelta(days=90)  # in which something can be said about a request that is over


def over(state: State, changed_at: datetime, now: datetime) -> bool:
    """Nothing more can be said. `changed_at` and `now`: business time."""
    return state in OVER and now - changed_at > FOLLOW_UP


def require_open(state: State, sent_at: datetime | None, changed_at: datetime, now: datetime) -> None:
    """Raises Conflict, also for what was never sent: nobody but its own people knows of it."""
    if sent_at is None:
        raise Conflict("The request was not sent, so nobody would read this. Write it into the request, and send that.")
    if over(state, changed_at, now):
        raise Conflict(f"It ended more than {FOLLOW_UP.days} days ago. Open a new request.")


def step(state: State, sender: Sender, *, asks: bool) -> Step | None:
    """What a message does to its request: staff ask and it waits; whatever the requester says then is the answer."""
    if sender == "staff" and asks:
        return "asked"
    if sender == "requester" and state == "needs_info":
        return "answered"
    return None
