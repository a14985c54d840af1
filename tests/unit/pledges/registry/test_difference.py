"""What differs between two texts of a pledge: its place and both values."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.pledges.registry.content import EXAMPLE, Content
from services.pledges.registry.difference import differences
from services.pledges.registry.merge_patch import patched

NOW = Content.model_validate(EXAMPLE)
TARGET = EXAMPLE["targets"][0] | {"baseline": "4", "value": "12", "value_text": None}


def said(now: Content, yours: Content, changed: set[str] | None = None) -> list[tuple[str, Any, Any, bool]]:
    found = differences(now, yours, changed or set())
    return [(one.field, one.now, one.yours, one.overtaken) for one in found]


@pytest.mark.parametrize(
    ("patch", "place", "now", "yours"),
    [
        ({"title": "Other"}, "title", EXAMPLE["title"], "Other"),
        ({"period": {"end": "2027"}}, "period.end", "2026-06", "2027"),
        ({"review_cycle": None}, "review_cycle", "2022", None),
        ({"objectives": ["objective-4"]}, "objectives", ["objective-4", "objective-14"], ["objective-4"]),
        ({"targets": []}, "targets", [TARGET], []),
        (
            {"targets": [EXAMPLE["targets"][0] | {"by": "2027"}]},
            "targets.0.by", "2026", "2027",
        ),
    ],
)  # fmt: skip
def test_the_nearest_place_and_both_values(patch: dict[str, Any], place: str, now: object, yours: object) -> None:
    assert said(NOW, patched(patch, NOW)) == [(place, now, yours, False)]


def test_the_same_number_written_otherwise_is_no_difference() -> None:
    target = NOW.targets[0].model_copy(update={"value": Decimal("12.000")})
    assert said(NOW, NOW.model_copy(update={"targets": [target]})) == []


def test_it_says_which_of_them_others_saved() -> None:
    yours = patched({"title": "Other", "period": {"end": "2027"}}, NOW)
    assert [(place, overtaken) for place, _, _, overtaken in said(NOW, yours, {"period"})] == [
        ("title", False),
        ("period.end", True),
    ]


texts = st.builds(
    Content,
    title=st.sampled_from(["One", "Two"]),
    description=st.sampled_from(["", "Three"]),
    objectives=st.lists(st.sampled_from(["objective-1", "objective-2"]), unique=True),
    targets=st.lists(st.sampled_from(NOW.targets), max_size=2),
    period=st.sampled_from([NOW.period, Content(title="x").period]),
)


@given(texts, texts)
def test_nothing_differs_exactly_when_all_is_the_same(one: Content, other: Content) -> None:
    assert bool(differences(one, other, set())) == (one != other)
    assert [(place.now, place.yours) for place in differences(one, other, set())] == [
        (place.yours, place.now) for place in differences(other, one, set())
    ]
