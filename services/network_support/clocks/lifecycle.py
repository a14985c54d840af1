"""When a request's clocks start, pause and end: pure rules. They follow from the state that a step leads to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from services.network_support.requests.lifecycle import State, Step

Kind = Literal["acknowledge", "scoping", "offers", "matched"]
Ended = Literal["met", "cancelled"]
Act = Literal["start", "restore", "pause", "resume", "meet", "cancel"]

KINDS: tuple[Kind, ...] = get_args(Kind)  # in the order in which they are due

# which clocks are open in which state; in all other states, none
OPEN: Mapping[State, tuple[Kind, ...]] = {
    "submitted": KINDS,
    "acknowledged": ("scoping", "offers", "matched"),
    "triage": ("scoping", "offers", "matched"),
    "needs_info": ("scoping", "offers", "matched"),
    "accepted": ("offers", "matched"),
    "matching": ("matched",),
}
PAUSED: State = "needs_info"  # the Network waits for the requester, so the requester's time does not count

# the state by which a clock's promise is kept; whatever else closes a clock cancels it
KEPT: Mapping[Kind, frozenset[State]] = {
    "acknowledge": frozenset({"acknowledged"}),
    "scoping": frozenset({"accepted", "redirected", "declined"}),
    "offers": frozenset({"matching"}),
    "matched": frozenset({"matched"}),
}


@dataclass(frozen=True)
class Standing:
    """The newest clock of its kind, as far as what follows depends on it."""

    kind: Kind
    paused: bool = False
    ended: Ended | None = None


def follow(state: State, step: Step, present: Sequence[Standing]) -> Iterator[tuple[Kind, Act]]:
    """What the step that led to this state does to the clocks, in the order in which it is done.

    Undoing a merge restores the clocks that the merge cancelled. What else opens a clock (the request came, it was
    reopened, its match was released) starts one that has all its time.
    """
    by_kind = {clock.kind: clock for clock in present}
    for kind in KINDS:
        clock = by_kind.get(kind)
        if kind in OPEN.get(state, ()):
            yield from ((kind, act) for act in _opened(clock, step, pause=state == PAUSED))
        elif clock and clock.ended is None:
            yield kind, "meet" if state in KEPT[kind] else "cancel"


def _opened(clock: Standing | None, step: Step, *, pause: bool) -> Iterator[Act]:
    paused = False
    if clock is None or clock.ended:
        yield "restore" if clock and clock.ended == "cancelled" and step == "unmerged" else "start"
    else:
        paused = clock.paused
    if pause and not paused:
        yield "pause"
    if paused and not pause:
        yield "resume"
