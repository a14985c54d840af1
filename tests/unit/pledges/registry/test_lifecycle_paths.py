"""Whatever is done to pledges, in whatever order: none leaves the life that docs and lifecycle.py list."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import get_args
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.pledges.duplicates import lifecycle as merging
from services.pledges.registry import lifecycle
from services.pledges.registry.content import EXAMPLE, Content
from services.pledges.registry.lifecycle import Act, Publication
from services.pledges.registry.schemas import Reason, State
from shared.errors import Conflict, Invalid
from shared.events.common import EntityRef
from shared.events.pledges import PledgeSnapshot, Progress

VERIDIA = EntityRef(entity_id="veridia", name="Veridia", kind="member_state")
AT = datetime(2024, 9, 2, tzinfo=UTC)
# every step there is, by act: from which state of the working copy to which
LISTED: dict[str, set[tuple[State, State]]] = {
    "save": {("draft", "draft"), ("changes_requested", "changes_requested"), ("published", "draft")},
    "submit": {("draft", "submitted"), ("changes_requested", "submitted")},
    "request_changes": {("submitted", "changes_requested")},
    "publish": {("submitted", "published")},
    "close": {("draft", "closed"), ("submitted", "closed"), ("changes_requested", "closed"), ("published", "closed")},
    "record": set(),
    "merge": {("draft", "closed"), ("submitted", "closed"), ("changes_requested", "closed"), ("published", "closed")},
    "accept": {
        *(("draft", "draft"), ("submitted", "submitted"), ("changes_requested", "changes_requested")),
    },
    "refuse": {
        *(("draft", "draft"), ("submitted", "changes_requested"), ("changes_requested", "changes_requested")),
    },
    "unmerge": {
        *(("closed", "draft"), ("closed", "submitted"), ("closed", "changes_requested"), ("closed", "published")),
    },
}


@dataclass(frozen=True)
class Pledge:
    """As much of one as decides what may follow."""

    state: State = "draft"
    public: PledgeSnapshot | None = None
    merged_from: State | None = None

    @property
    def version(self) -> int:
        return self.public.version if self.public else 0


class Lives(RuleBasedStateMachine):
    """Three pledges of one entity, and everything that anybody may try with them."""

    def __init__(self) -> None:
        super().__init__()
        self.pledges = {UUID(int=number): Pledge() for number in (1, 2, 3)}

    which = st.sampled_from([UUID(int=number) for number in (1, 2, 3)])

    def follow(self, act: Act, one: UUID) -> Pledge | None:
        """The pledge in its next state; None when it is refused. What is not listed must be refused, and no more."""
        before = self.pledges[one]
        try:
            state = lifecycle.follows(act, before.state, version=before.version, merged_from=before.merged_from)
        except Conflict:
            return None
        assert (before.state, state) in LISTED[act]
        return replace(before, state=state)

    def told(self, one: UUID, after: Pledge, public: PledgeSnapshot) -> None:
        last = self.pledges[one].public
        assert public.sequence == (last.sequence + 1 if last else 1)
        self.pledges[one] = replace(after, public=public)

    @rule(one=which, act=st.sampled_from(["save", "submit", "request_changes", "accept", "refuse"]))
    def work(self, one: UUID, act: Act) -> None:
        if after := self.follow(act, one):
            self.pledges[one] = after

    @rule(one=which)
    def publish(self, one: UUID) -> None:
        if after := self.follow("publish", one):
            last, content = after.public, Content(**EXAMPLE)
            made = Publication(
                one, VERIDIA, content, after.version + 1, last.sequence + 1 if last else 1, AT, AT, Progress()
            )
            self.told(one, after, lifecycle.snapshot(made))

    @rule(one=which, reason=st.sampled_from([*get_args(Reason)]), by=which)
    def close(self, one: UUID, reason: Reason, by: UUID) -> None:
        last = self.pledges[by].public
        if reason == "superseded" and (by == one or last is None or last.state == "closed"):
            return  # commands._require_open
        if after := self.follow("close", one):
            assert after.public is not None
            superseded_by = by if reason == "superseded" else None
            self.told(one, after, lifecycle.closed(after.public, reason, superseded_by))

    @rule(one=which, into=which)
    def merge(self, one: UUID, into: UUID) -> None:
        before = self.pledges[one].state
        if after := self.follow("merge", one):
            assert after.public is not None
            try:
                target = merging.require_target(one, into, self.pledges[into].public)
            except (Conflict, Invalid):
                return
            merging.require_related(after.public, target)
            self.told(one, replace(after, merged_from=before), lifecycle.merged(after.public, into))

    @rule(one=which)
    def unmerge(self, one: UUID) -> None:
        if after := self.follow("unmerge", one):
            assert after.public is not None
            self.told(one, replace(after, merged_from=None), lifecycle.unmerged(after.public))

    @rule(one=which)
    def report(self, one: UUID) -> None:
        public = self.pledges[one].public
        if public and public.state == "published":
            progress = Progress(status="in_progress", last_reported_at=AT, reports=public.progress.reports + 1)
            self.told(one, self.pledges[one], lifecycle.progressed(public, progress))

    @invariant()
    def each_is_in_a_listed_state(self) -> None:
        for pledge in self.pledges.values():
            assert pledge.state in get_args(State)
            assert pledge.merged_from != "closed"
            if pledge.public is None:
                assert pledge.state in {"draft", "submitted", "changes_requested"}
            else:
                self.says_what_it_is(pledge, pledge.public)

    def says_what_it_is(self, pledge: Pledge, public: PledgeSnapshot) -> None:
        assert (public.state == "closed") == (pledge.state == "closed") == (public.closed_reason is not None)
        assert (public.superseded_by is not None) == (public.closed_reason == "superseded")
        assert public.merged == (pledge.merged_from is not None)
        assert not public.merged or public.closed_reason == "superseded"

    @invariant()
    def none_supersedes_itself_in_a_circle(self) -> None:
        for one in self.pledges:
            seen, at = {one}, self.after(one)
            while at:
                assert at not in seen
                seen.add(at)
                at = self.after(at)

    def after(self, one: UUID) -> UUID | None:
        public = self.pledges[one].public
        return public.superseded_by if public else None


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=200, stateful_step_count=40)
