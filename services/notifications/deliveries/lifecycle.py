"""What becomes of a delivery after an attempt. Pure rules; times are system time, UTC."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias


class State(StrEnum):
    """queued → sending → sent | failed | suppressed; back to queued for another attempt."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    SUPPRESSED = "suppressed"


FINAL = frozenset({State.SENT, State.FAILED, State.SUPPRESSED})
GIVE_UP = timedelta(days=3)  # RFC 5321, 4.5.4.1 asks for 4–5 days of a relay, and behind us there is one
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, 240))
LEASE = timedelta(seconds=120)  # of a sender on a delivery that it has claimed
LONGEST_OUTAGE_PAUSE = timedelta(seconds=60)


@dataclass(frozen=True)
class Accepted:
    """2xx after DATA: the relay has it."""


@dataclass(frozen=True)
class Refused:
    """The relay answered 4xx (later, perhaps) or 5xx (never) to this recipient or this mail."""

    code: int
    enhanced: str = ""  # RFC 3463, "5.1.1"

    @property
    def for_good(self) -> bool:
        return self.code >= 500

    @property
    def reason(self) -> str:
        return f"smtp_{self.code}" + (f"_{self.enhanced}" if self.enhanced else "")


@dataclass(frozen=True)
class Outage:
    """No fault of this mail: the relay, the network or the pledges service is away. It never costs the mail."""

    reason: str


@dataclass(frozen=True)
class Suppressed:
    """Nobody should get it any more, or at all."""

    reason: str


@dataclass(frozen=True)
class Broken:
    """Our own fault: it cannot be put together. Tried again, since the next release may mend it."""

    reason: str


@dataclass(frozen=True)
class NotTried:
    """Given back untouched: the connection broke before its turn, the lease ran short, or the process ends."""


Outcome: TypeAlias = Accepted | Refused | Outage | Suppressed | Broken | NotTried


@dataclass(frozen=True)
class Settlement:
    """The delivery's next state; `next_try_at` only when it is queued again."""

    state: State
    reason: str | None = None
    next_try_at: datetime | None = None
    attempts: int = 0


def settle(outcome: Outcome, *, attempts: int, created_at: datetime, at: datetime) -> Settlement:
    """`attempts` counts this one too; `created_at` says when patience began."""
    match outcome:
        case Accepted():
            return Settlement(State.SENT, attempts=attempts)
        case Suppressed(reason):
            return Settlement(State.SUPPRESSED, reason, attempts=attempts)
        case NotTried():
            return Settlement(State.QUEUED, None, at, attempts - 1)
        case Outage(reason):
            return Settlement(State.QUEUED, reason, at + outage_pause(attempts), attempts)
    return _refused(outcome, attempts, at - created_at, at)


def _refused(outcome: Refused | Broken, attempts: int, age: timedelta, at: datetime) -> Settlement:
    if age >= GIVE_UP or (isinstance(outcome, Refused) and outcome.for_good):
        return Settlement(State.FAILED, outcome.reason, attempts=attempts)
    return Settlement(State.QUEUED, outcome.reason, at + backoff(attempts), attempts)


def backoff(attempts: int) -> timedelta:
    return BACKOFF[min(attempts, len(BACKOFF)) - 1]


def outage_pause(attempts: int) -> timedelta:
    return min(timedelta(seconds=2 ** min(attempts, 6)), LONGEST_OUTAGE_PAUSE)
