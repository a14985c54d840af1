"""Whatever happens to a request, in whatever order: its clocks are what its state says."""

from datetime import UTC, datetime, timedelta
from typing import Literal, get_args
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.network_support.clocks import stopwatch
from services.network_support.clocks.lifecycle import KINDS, OPEN, PAUSED, Act, Ended, Kind, Standing, follow
from services.network_support.clocks.models import RequestClock
from services.network_support.clocks.working_time import Pause, WorkingTime
from services.network_support.requests.lifecycle import MOVES, NEW, STATES, State, Step

NINE_TO_FIVE = ((9 * 60, 17 * 60),)
TIME = WorkingTime(ZoneInfo("America/Santiago"), lambda day: NINE_TO_FIVE if day.weekday() < 5 else ())
ALLOWED = {"acknowledge": 16, "scoping": 80, "offers": 160, "matched": 320}  # hours


class Lives(RuleBasedStateMachine):
    """One request on every path of MOVES, in steps of some hours, with its clocks as the stopwatch keeps them."""

    def __init__(self) -> None:
        super().__init__()
        self.state: State | None = None
        self.merged_from: State | None = None
        self.now = datetime(2024, 3, 29, 12, tzinfo=UTC)
        self.clocks: list[RequestClock] = []
        self.pauses: list[Pause] = []
        self.acts: list[tuple[Kind, Act]] = []

    @rule(data=st.data(), hours=st.integers(0, 200))
    def something_happens(self, data: st.DataObject, hours: int) -> None:
        """A step that is allowed; back to the beginning at the end of a life."""
        self.now += timedelta(hours=hours)
        moves = [(step, to) for step in MOVES for to in _leads(step, self.state or NEW)]
        if self.state == "merged":  # undone, it is again what it was
            moves = [(step, to) for step, to in moves if step != "unmerged" or to == self.merged_from]
        if not moves:
            Lives.__init__(self)
            return
        step, state = data.draw(st.sampled_from(moves))
        self.merged_from = self.state if step == "merged" else self.merged_from
        self.state = state
        self._follow(step, state)

    def _follow(self, step: Step, state: State) -> None:
        newest = {clock.kind: clock for clock in self.clocks}
        standings = [Standing(one.kind, one.paused_since is not None, one.ended) for one in newest.values()]
        self.acts = list(follow(state, step, standings))
        for act in ("resume", "meet", "cancel"):
            for kind in (kind for kind, done in self.acts if done == act):
                self._unpause(newest[kind])
        for kind, act in self.acts:
            if act == "start":
                newest[kind] = self._started(kind)
            else:
                self._do(newest[kind], act)

    def _started(self, kind: Kind) -> RequestClock:
        allowed = timedelta(hours=ALLOWED[kind])
        clock = RequestClock(
            request_id=UUID(int=1), kind=kind, round=1, station="", started_at=self.now, allowed=allowed, rules=0
        )
        self.clocks.append(clock)
        stopwatch.run(clock, TIME, self.now)
        return clock

    def _unpause(self, clock: RequestClock) -> None:
        if clock.paused_since and self.pauses and self.pauses[-1][1] is None:
            self.pauses[-1] = (self.pauses[-1][0], self.now)

    def _do(self, clock: RequestClock, act: Act) -> None:
        match act:
            case "restore":
                assert clock.ended_at
                if (clock.ended_at, self.now) not in self.pauses:
                    self.pauses.append((clock.ended_at, self.now))
                stopwatch.restore(clock, TIME, self.now)
            case "pause":
                if not self.pauses or self.pauses[-1][1] is not None:
                    self.pauses.append((self.now, None))
                stopwatch.pause(clock, TIME, self.now)
            case "resume":
                stopwatch.run(clock, TIME, self.now)
            case "meet":
                stopwatch.end(clock, TIME, self.now, "met")
            case "cancel":
                stopwatch.end(clock, TIME, self.now, "cancelled")

    @invariant()
    def the_open_clocks_are_those_of_the_state(self) -> None:
        """So none is open, let alone runs, on a request that has ended."""
        open_ones = [clock.kind for clock in self.clocks if clock.ended is None]
        assert sorted(open_ones) == sorted(OPEN.get(self.state, ()) if self.state else ())

    @invariant()
    def they_pause_while_the_requester_is_asked_and_only_then(self) -> None:
        paused = {clock.paused_since is not None for clock in self.clocks if clock.ended is None}
        assert paused <= {self.state == PAUSED}

    @invariant()
    def each_runs_or_is_paused_or_has_ended(self) -> None:
        for clock in self.clocks:
            assert [clock.running_since, clock.paused_since, clock.ended_at].count(None) == 2
            assert (clock.ended is None) == (clock.ended_at is None)
            assert clock.due_at or not clock.running_since

    @invariant()
    def computed_anew_they_are_what_they_were(self) -> None:
        for clock in (one for one in self.clocks if one.ended is None):
            until = clock.running_since or clock.paused_since
            assert until
            found = stopwatch.computed(TIME, clock.started_at, until, clock.allowed, self.pauses)
            assert found == (clock.spent, clock.due_at)


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=50, stateful_step_count=30)


def _leads(step: Step, state: State | Literal["new"]) -> tuple[State, ...]:
    to = MOVES[step].get(state, ())
    return (to,) if isinstance(to, str) else to


kinds = st.sampled_from(KINDS)
standings = st.lists(st.builds(Standing, kinds, st.booleans(), st.none()), unique_by=lambda one: one.kind) | st.lists(
    st.builds(Standing, kinds, st.just(value=False), st.sampled_from(get_args(Ended))), unique_by=lambda one: one.kind
)


@given(st.sampled_from(STATES), st.sampled_from(list(MOVES)), standings)
def test_whatever_there_was_afterwards_the_clocks_are_those_of_the_state(
    state: State, step: Step, present: list[Standing]
) -> None:
    """Also from what cannot have been: a state that was written by hand does not leave a clock running for ever."""
    left = {one.kind for one in present if one.ended is None}
    for kind, act in follow(state, step, present):
        if act in {"start", "restore"}:
            left.add(kind)
        elif act in {"meet", "cancel"}:
            left.remove(kind)
    assert left == set(OPEN.get(state, ()))


RUNS = [Standing(kind) for kind in KINDS[1:]]


@pytest.mark.parametrize(
    ("step", "state", "present", "acts"),
    [
        ("opened", "submitted", [], ["start"] * 4),
        ("opened", "pending_pledge", [], []),
        ("decided", "submitted", [], ["start"] * 4),
        ("decided", "refused", [], []),
        ("acknowledged", "acknowledged", [Standing("acknowledge"), *RUNS], ["meet"]),
        ("asked", "needs_info", RUNS, ["pause"] * 3),
        ("answered", "triage", [Standing(kind, paused=True) for kind in KINDS[1:]], ["resume"] * 3),
        ("accepted", "accepted", RUNS, ["meet"]),
        ("declined", "declined", RUNS, ["meet", "cancel", "cancel"]),
        ("redirected", "redirected", RUNS, ["meet", "cancel", "cancel"]),
        ("merged", "merged", RUNS, ["cancel"] * 3),
        ("withdrawn", "withdrawn", RUNS, ["cancel"] * 3),
        ("unmerged", "triage", [Standing(kind, ended="cancelled") for kind in KINDS[1:]], ["restore"] * 3),
        ("unmerged", "needs_info", [Standing(kind, ended="cancelled") for kind in KINDS[1:]], ["restore", "pause"] * 3),
        ("reopened", "triage", [Standing(kind, ended="cancelled") for kind in KINDS[1:]], ["start"] * 3),
        ("released", "matching", [Standing("matched", ended="met")], ["start"]),
        ("closed", "closed", [Standing(kind, paused=True) for kind in KINDS[1:]], ["cancel"] * 3),
    ],
)
def test_what_each_step_does(step: Step, state: State, present: list[Standing], acts: list[Act]) -> None:
    assert [act for _, act in follow(state, step, present)] == acts
