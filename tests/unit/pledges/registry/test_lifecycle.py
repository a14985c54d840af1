"""The life of a pledge as a table: every act in every state, and what a submission lacks."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.pledges.registry import lifecycle
from services.pledges.registry.lifecycle import Act
from services.pledges.registry.schemas import EXAMPLE, Content, State
from shared.errors import Conflict, Invalid

ACTS, STATES = get_args(Act), get_args(State)
FOLLOWS = {
    ("save", "draft"): "draft",
    ("save", "changes_requested"): "changes_requested",
    ("save", "published"): "draft",
    ("submit", "draft"): "submitted",
    ("submit", "changes_requested"): "submitted",
    ("request_changes", "submitted"): "changes_requested",
    ("publish", "submitted"): "published",
    ("close", "draft"): "closed",
    ("close", "submitted"): "closed",
    ("close", "changes_requested"): "closed",
    ("close", "published"): "closed",
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", STATES)
def test_every_act_in_every_state(act: Act, state: State) -> None:
    if (act, state) in FOLLOWS:
        assert lifecycle.follows(act, state, version=1) == FOLLOWS[act, state]
    else:
        with pytest.raises(Conflict, match=r"\w+: \w+|stays"):  # says what it is, and what to do
            lifecycle.follows(act, state, version=1)


@pytest.mark.parametrize("state", STATES)
def test_what_was_never_published_cannot_be_closed(state: State) -> None:
    with pytest.raises(Conflict):
        lifecycle.follows("close", state, version=0)


def test_the_example_is_complete() -> None:
    assert lifecycle.lacking(Content(**EXAMPLE)) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"description": " \n"}, "description"),
        ({"objectives": [], "main_objectives": []}, "objectives"),
        ({"forms": []}, "forms"),
        ({"period": {}, "targets": []}, "period.end"),
        ({"kind": "matching"}, "matches"),
        ({"matches": "01922f00-0000-7000-8000-000000000001"}, "kind"),
        ({"kind": "common"}, "partners"),
        ({"kind": "in_partnership"}, "partners"),
    ],
)
def test_what_a_submission_lacks_is_named_with_the_remedy(change: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        lifecycle.require_complete(Content.model_validate(EXAMPLE | change))
    assert [fault.field for fault in refused.value.fields] == [field]
    assert refused.value.fields[0].remedy


def test_everything_that_is_missing_is_said_at_once() -> None:
    missing = {fault.field for fault in lifecycle.lacking(Content(title="x"))}
    assert missing == {"description", "objectives", "forms", "period.end"}


@given(st.sampled_from(sorted(Content.model_fields)))
def test_a_changed_field_is_named_and_no_other(name: str) -> None:
    old = Content(**EXAMPLE)
    new = old.model_copy(update={name: object()})
    assert lifecycle.changed(old, new) == [name]
    assert lifecycle.changed(old, old) == []


def test_staff_can_only_ask_for_fields_that_there_are() -> None:
    lifecycle.require_known(["period.end", "title"])
    with pytest.raises(Invalid, match="not fields"):
        lifecycle.require_known(["merit"])
