"""What a reader of the old schema trips over, and what it does not mind."""

from typing import Any

import pytest

from cli.compatibility import incompatible

STRING: dict[str, Any] = {"type": "string"}
NULL: dict[str, Any] = {"type": "null"}
DATE: dict[str, Any] = {"type": "string", "format": "date"}


def _object(field: dict[str, Any], *, required: bool = True) -> dict[str, Any]:
    return {"type": "object", "properties": {"x": field}, "required": ["x"] if required else []}


def _one(*values: Any) -> dict[str, Any]:
    return {"type": "string", "enum": list(values)}


def _any(*kinds: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": list(kinds)}


def _list(of: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": of, **more}


def _map(of: dict[str, Any] | bool) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": of}


# one line each: the narrower field, the wider one, and what a reader of the narrower one is told
WIDER: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    (_one("a", "b"), _one("a", "b", "c"), 'x may now be "c"'),
    ({"const": "a", "type": "string"}, _one("a", "b"), 'x may now be "b"'),
    (_one("a"), STRING, 'x may now have other values than ["a"]'),
    (STRING, _any(STRING, NULL), "x may now be null"),
    (STRING, {"type": ["string", "null"]}, "x may now be null"),
    (_any(STRING, NULL), _any(STRING, NULL, {"type": "integer"}), "x may now be integer"),
    (_any(_one("a"), NULL), _any(_one("a", "b"), NULL), 'x may now be "b"'),
    ({"type": "integer"}, {"type": "number"}, "x may now be number"),
    (STRING, {}, "x may now be anything"),
    (DATE, STRING, 'x had format "date" and has now none'),
    ({**STRING, "pattern": "^a$"}, STRING, 'x had pattern "^a$" and has now none'),
    ({**STRING, "maxLength": 5}, {**STRING, "maxLength": 6}, "x had maxLength 5 and has now 6"),
    ({**STRING, "minLength": 1}, STRING, "x had minLength 1 and has now none"),
    ({"type": "integer", "minimum": 1}, {"type": "integer", "minimum": 0}, "x had minimum 1 and has now 0"),
    ({"type": "integer", "maximum": 1}, {"type": "integer"}, "x had maximum 1 and has now none"),
    ({"type": "number", "multipleOf": 2}, {"type": "number"}, "x had multipleOf 2 and has now none"),
    (_list(_one("a")), _list(_one("a", "b")), 'x[] may now be "b"'),
    (_list(STRING), {"type": "array"}, "x[] may now be anything"),
    (_list(STRING, uniqueItems=True), _list(STRING), "x had uniqueItems true and has now none"),
    (_list(STRING, maxItems=2), _list(STRING, maxItems=3), "x had maxItems 2 and has now 3"),
    (_map(STRING), _map(_any(STRING, NULL)), "x.* may now be null"),
    (_map(STRING), _map(True), "x.* may now be anything"),
    (_object(STRING), _object(STRING, required=False), "x.x may now be missing"),
]
# likewise, where neither takes all that the other may be
OTHER: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"const": "a"}, {"const": "b"}, 'x may now be "b"'),
    ({"type": "integer"}, STRING, "x may now be string"),
    (_any(STRING, NULL), {"type": "integer"}, "x may now be integer"),
    (DATE, {"type": "string", "format": "date-time"}, 'x had format "date" and has now "date-time"'),
    ({**STRING, "pattern": "^a$"}, {**STRING, "pattern": "^[ab]$"}, 'x had pattern "^a$" and has now "^[ab]$"'),
    (_object(STRING), {"type": "object", "properties": {"y": STRING}}, "x.x is gone"),
]


@pytest.mark.parametrize(("narrow", "wide", "says"), WIDER)
def test_what_widens_breaks_and_the_same_way_back_does_not(narrow: Any, wide: Any, says: str) -> None:
    assert incompatible(_object(narrow), _object(wide)) == [says]
    assert incompatible(_object(wide), _object(narrow)) == []


@pytest.mark.parametrize(("old", "new", "says"), OTHER)
def test_what_becomes_something_else_breaks_both_ways(old: Any, new: Any, says: str) -> None:
    assert incompatible(_object(old), _object(new)) == [says]
    assert incompatible(_object(new), _object(old)) != []


@pytest.mark.parametrize("same", [kind for line in WIDER + OTHER for kind in line[:2]])
def test_what_stays_breaks_nobody(same: Any) -> None:
    assert incompatible(_object(same), _object(same)) == []


def test_a_new_field_and_another_description_break_nobody() -> None:
    old = _object(STRING)
    new = _object({**STRING, "description": "new words", "title": "X", "examples": ["a"], "default": "a"})
    new["properties"]["y"] = STRING
    new["required"] = ["x", "y"]
    assert incompatible(old, new) == []


def test_definitions_are_followed_whatever_they_are_called() -> None:
    old = {**_object({"$ref": "#/$defs/Kind"}), "$defs": {"Kind": _object(_one("a"))}}
    renamed = {**_object({"$ref": "#/$defs/Sort"}), "$defs": {"Sort": _object(_one("a"))}}
    wider = {**_object({"$ref": "#/$defs/Kind"}), "$defs": {"Kind": _object(_one("a", "b"))}}
    assert incompatible(old, renamed) == []
    assert incompatible(old, wider) == ['x.x may now be "b"']


def test_a_definition_that_contains_itself_is_compared_once() -> None:
    def tree(kind: dict[str, Any]) -> dict[str, Any]:
        node = {"type": "object", "properties": {"kind": kind, "next": _any({"$ref": "#/$defs/Node"}, NULL)}}
        return {**_object({"$ref": "#/$defs/Node"}), "$defs": {"Node": node}}

    assert incompatible(tree(_one("a")), tree(_one("a"))) == []
    assert 'x.kind may now be "b"' in incompatible(tree(_one("a")), tree(_one("a", "b")))
