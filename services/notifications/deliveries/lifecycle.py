"""What becomes of a delivery after an attempt. Pure rules; times are system time, UTC."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias


class State(StrEnum):
    """queued → sending → sent | deferred | failed | suppressed; deferred → sending; a bounce: sent → failed."""

    QUEUED = "queued"
    DEFERRED = "deferred"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    SUPPRESSED = "suppressed"


WAITING = frozenset({State.QUEUED, State.DEFERRED})
FINAL = frozenset({State.SENT, State.FAILED, State.SUPPRESSED})
GIVE_UP = timedelta(days=3)  # RFC 5321, 4.5.4.1 asks for 4–5 days of a relay, and behind us there is one
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, 240))
DOMAIN_LIMIT, QUIET_HOURS, MORNING, IN_DIGEST = "domain_limit", "quiet_hours", "morning", "digest"
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


@dataclass(frozen=True)
class Limited:
    """Not tried: the recipient's domain takes no more mail of ours before `until` (system time)."""

    until: datetime


@dataclass(frozen=True)
class Quiet:
    """Not tried before then (business time): the person's quiet hours end, or the morning comes where they are."""

    until: datetime
    reason: str


@dataclass(frozen=True)
class Gathered:
    """Not tried: it joins what this person gets together in one mail, then (business time)."""

    person_id: str
    not_before: datetime


Outcome: TypeAlias = Accepted | Refused | Outage | Suppressed | Broken | NotTried | Limited | Quiet | Gathered


@dataclass(frozen=True)
class Settlement:
    """The delivery's next state; `next_try_at` only when it waits again, `not_before` (business time) when for that."""

    state: State
    reason: str | None = None
    next_try_at: datetime | None = None
    attempts: int = 0
    not_before: datetime | None = None


def settle(
    outcome: Outcome, *, attempts: int, created_at: datetime, at: datetime, reason: str | None = None
) -> Settlement:
    """`attempts` counts this one too; `created_at` says when patience began; `reason`: of the attempt before."""
    match outcome:
        case Accepted():
            return Settlement(State.SENT, attempts=attempts)
        case Suppressed(why):
            return Settlement(State.SUPPRESSED, why, attempts=attempts)
        case Outage(why):
            return Settlement(State.DEFERRED, why, at + outage_pause(attempts), attempts)
        case Refused() | Broken():
            return _refused(outcome, attempts, at - created_at, at)
    return _not_tried(outcome, attempts - 1, at, reason)


def _not_tried(
    outcome: NotTried | Limited | Quiet | Gathered, attempts: int, at: datetime, reason: str | None
) -> Settlement:
    match outcome:
        case NotTried():
            return Settlement(State.DEFERRED if attempts else State.QUEUED, reason, at, attempts)
        case Limited(until):
            return Settlement(State.DEFERRED, DOMAIN_LIMIT, until, attempts)
        case Quiet(until, why):
            return Settlement(State.DEFERRED, why, at, attempts, not_before=until)
        case Gathered():
            return Settlement(State.DEFERRED, IN_DIGEST, None, attempts)


def _refused(outcome: Refused | Broken, attempts: int, age: timedelta, at: datetime) -> Settlement:
    if age >= GIVE_UP or (isinstance(outcome, Refused) and outcome.for_good):
        return Settlement(State.FAILED, outcome.reason, attempts=attempts)
    return Settlement(State.DEFERRED, outcome.reason, at + backoff(attempts), attempts)


def backoff(attempts: int) -> timedelta:
    return BACKOFF[min(attempts, len(BACKOFF)) - 1]


def outage_pause(attempts: int) -> timedelta:
    return min(timedelta(seconds=2 ** min(attempts, 6)), LONGEST_OUTAGE_PAUSE)
