"""The life of a pledge as a table: every act in every state, and what a submission lacks."""

from datetime import UTC, datetime
from functools import partial
from typing import get_args
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.pledges.registry import lifecycle
from services.pledges.registry.content import EXAMPLE, Content, Period, Target
from services.pledges.registry.lifecycle import Act, Publication
from services.pledges.registry.schemas import State
from shared.errors import Conflict, Forbidden, Invalid
from shared.events.common import EntityRef
from shared.events.pledges import PledgeSnapshot, Progress

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
    ("merge", "draft"): "closed",
    ("merge", "submitted"): "closed",
    ("merge", "changes_requested"): "closed",
    ("merge", "published"): "closed",
    ("accept", "draft"): "draft",
    ("accept", "submitted"): "submitted",
    ("accept", "changes_requested"): "changes_requested",
    ("refuse", "draft"): "draft",
    ("refuse", "submitted"): "changes_requested",
    ("refuse", "changes_requested"): "changes_requested",
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", STATES)
def test_every_act_in_every_state(act: Act, state: State) -> None:
    if (act, state) in FOLLOWS:
        assert lifecycle.follows(act, state, version=1) == FOLLOWS[act, state]
    else:
        with pytest.raises(Conflict, match=r"\w+: \w+|stays"):  # says what it is, and what to do
            lifecycle.follows(act, state, version=1)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("before", [state for state in STATES if state != "closed"])
def test_a_merged_pledge_can_only_go_back_to_what_it_was(act: Act, before: State) -> None:
    if act == "unmerge":
        assert lifecycle.follows(act, "closed", version=1, merged_from=before) == before
    else:
        with pytest.raises(Conflict, match="undo the merge"):
            lifecycle.follows(act, "closed", version=1, merged_from=before)


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


PLACES = ["title", "period", "period.end", "objectives.0", "targets", "targets.49", "targets.0.by", "partners.7"]
PLACES += ["translations.0.title", "places.3.country", "money.0.said", "national_plan.url", "external_ids.1.id"]
PLACES += ["commitments.2", "sdg_targets.0", "partner_entities.199", "attachment"]


def test_staff_can_only_ask_for_fields_that_there_are() -> None:
    lifecycle.require_known(PLACES)
    with pytest.raises(Invalid, match="not fields") as refused:
        lifecycle.require_known(["title", "merit"])
    assert [fault.field for fault in refused.value.fields] == ["fields.1.field"]


@given(st.one_of(st.text(), st.builds("{}{}".format, st.sampled_from(PLACES), st.text(min_size=1))))
def test_no_text_passes_for_a_field(text: str) -> None:
    """What staff name travels on a topic: it may be nothing but names of fields, dots and places in lists."""
    try:
        lifecycle.require_known([text])
    except Invalid:
        return
    name, *rest = text.split(".")
    assert name in Content.model_fields
    assert all(part in PARTS or part in map(str, range(50)) for part in rest)


PARTS = {*Period.model_fields, *Target.model_fields}


WHO: dict[str, tuple[bool, bool, bool]] = {  # (acts for the entity, for its proxy, is Network staff)
    "focal point or delegate": (True, False, False),
    "those who filed it": (False, True, False),
    "both sides": (True, True, False),
    "staff": (False, False, True),
    "both": (True, False, True),
    "viewer, reviewer or another State": (False, False, False),
}
STAFFS = ("record", "merge", "unmerge")
OF_ENTITY = ("save", "submit", "close", "accept", "refuse")
CAPACITY: dict[tuple[str, str], str] = {
    **{("focal point or delegate", act): "entity" for act in OF_ENTITY},
    **{("both sides", act): "entity" for act in OF_ENTITY},
    **{("those who filed it", act): "proxy" for act in ("save", "submit")},
    **{("staff", act): "network_staff" for act in ("request_changes", "publish", "close", *STAFFS)},
    **{("both", act): "entity" for act in OF_ENTITY},
    **{("both", act): "network_staff" for act in ("request_changes", "publish", *STAFFS)},
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("who", WHO)
def test_every_act_by_everybody(act: Act, who: str) -> None:
    acting = partial(lifecycle.acting, act, **dict(zip(("for_entity", "for_proxy", "is_staff"), WHO[who], strict=True)))
    if expected := CAPACITY.get((who, act)):
        assert acting() == expected
    else:
        with pytest.raises(Forbidden, match=r"^Only "):
            acting()


def made(content: Content) -> PledgeSnapshot:
    veridia = EntityRef(entity_id="veridia", name="Veridia", kind="member_state")
    at = datetime(2024, 9, 2, tzinfo=UTC)
    return lifecycle.snapshot(Publication(uuid4(), veridia, content, 1, 1, at, at, Progress()))


def test_what_is_published_is_what_was_written() -> None:
    content = Content(**EXAMPLE)
    assert lifecycle.content_of(made(content)) == content


def test_each_public_record_has_the_next_sequence_and_the_same_version() -> None:
    first = made(Content(**EXAMPLE))
    progress = Progress(status="delayed", last_reported_at=first.published_at, reports=1)
    reported = lifecycle.progressed(first, progress)
    renewed = lifecycle.renewed(reported, first.entity)
    closed = lifecycle.closed(renewed, "withdrawn", None)
    assert [one.sequence for one in (first, reported, renewed, closed)] == [1, 2, 3, 4]
    assert {one.version for one in (first, reported, renewed, closed)} == {1}
    assert (closed.state, closed.closed_reason, closed.progress.reports) == ("closed", "withdrawn", 1)
