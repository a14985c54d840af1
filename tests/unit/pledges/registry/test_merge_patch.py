"""JSON Merge Patch: the examples of RFC 7396, appendix A, and what a pledge refuses."""

import json
from typing import Any

import pytest

from services.pledges.registry.content import EXAMPLE, Content
from services.pledges.registry.merge_patch import DEEPEST, merged, patched
from shared.errors import Invalid

NOW = Content.model_validate(EXAMPLE)


@pytest.mark.parametrize(
    ("document", "patch", "expected"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "foo"}, "bar", "bar"),
    ],
)
def test_the_rules_of_the_standard(document: Any, patch: Any, expected: Any) -> None:
    before = json.dumps([document, patch])
    assert merged(document, patch) == expected
    assert json.dumps([document, patch]) == before


def test_what_is_not_named_stays_and_null_empties() -> None:
    after = patched({"description": None, "period": {"start": None}}, NOW)
    assert (after.description, after.period.start, str(after.period.end)) == ("", None, "2026-06")
    same = {"description", "period"}
    assert after.model_dump(exclude=same) == NOW.model_dump(exclude=same)


@pytest.mark.parametrize(
    ("patch", "place"),
    [
        ({"titel": "A"}, "titel"),
        ({"title": None}, "title"),
        ({"title": ""}, "title"),
        ({"period": {"begin": "2024"}}, "period.begin"),
        ({"period": {"end": "2023"}}, "period"),
        ({"targets": [{"unit": "posts"}]}, "targets.0.what"),
        ({"objectives": {"0": "objective-1"}}, "objectives"),
        ({"description": "x" * 20_001}, "description"),
        ({"entity_id": "kalmora"}, "entity_id"),
    ],
)
def test_what_no_pledge_takes_names_its_place(patch: dict[str, Any], place: str) -> None:
    with pytest.raises(Invalid) as refused:
        patched(patch, NOW)
    assert [fault.field for fault in refused.value.fields] == [place]
    assert refused.value.fields[0].remedy


def test_a_patch_without_end_is_refused() -> None:
    patch: dict[str, Any] = {}
    for _ in range(DEEPEST):
        patch = {"period": patch}
    with pytest.raises(Invalid, match="deeper"):
        patched(patch, NOW)
