"""Whether a reader of the old contracts can read what is written under the new ones. Pure: JSON Schemas in, words out.

A reader ignores fields that it does not know and trips over everything else that its own schema does not allow, so
every value of the new schema must be one of the old: what narrows is fine, what widens breaks. Where this cannot be
decided (two patterns, a keyword that is not listed here) the change counts as a break.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

_SAYS_NOTHING = {"$schema", "$id", "$defs", "title", "description", "examples", "default", "discriminator"}
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")  # a reader minds when they fall
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")  # or when these rise
_READ = {"$ref", "anyOf", "oneOf", "type", "enum", "const", "properties", "required", "items", "additionalProperties"}
_ANYTHING = {"anything"}  # instead of types, where a schema names none
_SCALARS = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}


def incompatible(old: Schema, new: Schema) -> list[str]:
    """What a reader of the old schema would trip over in data of the new one, each with its place in the data."""
    return list(_Comparison(old, new).faults(old, new, ""))


class _Comparison:
    """Two documents, whose definitions are looked up as they are met."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self._old, self._new = old.get("$defs", {}), new.get("$defs", {})
        self._open: set[tuple[int, int]] = set()  # what is being compared: a definition may contain itself

    def faults(self, old: Schema, new: Schema, place: str) -> Iterator[str]:
        pair = (id(old), id(new))
        if pair in self._open:
            return
        self._open.add(pair)
        was = _kinds(old, self._old)
        for kind in _kinds(new, self._new):
            yield from self._fits(was, kind, place)
        self._open.discard(pair)

    def _fits(self, was: list[Schema], now: Schema, place: str) -> Iterator[str]:
        """Nothing when one of the old kinds takes all that the new one may be; else what the likeliest minds."""
        complaints = [list(self._kind(kind, now, place)) for kind in was]
        if all(complaints):
            like = [found for kind, found in zip(was, complaints, strict=True) if _types(now) <= _types(kind)]
            yield from min(like, key=len) if like else [_at(place, f"may now be {_new_types(was, now)}")]

    def _kind(self, old: Schema, new: Schema, place: str) -> Iterator[str]:
        if _types(old) != _ANYTHING and (extra := sorted(_types(new) - _types(old))):
            yield _at(place, f"may now be {', '.join(extra)}")
            return
        yield from (_at(place, fault) for fault in (*_values(old, new), *_bounds(old, new), *_other(old, new)))
        yield from self._fields(old, new, place)
        for keyword, inner in (("items", "[]"), ("additionalProperties", ".*")):
            yield from self._each(old.get(keyword, True), new.get(keyword, True), f"{place}{inner}")

    def _fields(self, old: Schema, new: Schema, place: str) -> Iterator[str]:
        required, still = set(old.get("required", ())), set(new.get("required", ()))
        fields = new.get("properties", {})
        for name, field in old.get("properties", {}).items():
            here = f"{place}.{name}".lstrip(".")
            if name not in fields:
                yield f"{here} is gone"
                continue
            if name in required - still:
                yield f"{here} may now be missing"
            yield from self.faults(field, fields[name], here)

    def _each(self, old: Schema | bool, new: Schema | bool, place: str) -> Iterator[str]:
        """`items` and `additionalProperties`; true allows everything, which is also what their absence says."""
        if isinstance(old, bool):
            return
        if new is True:
            yield _at(place, "may now be anything")
        elif new is not False:
            yield from self.faults(old, new, place)


def _kinds(schema: Schema, definitions: Schema) -> list[Schema]:
    """The alternatives that a schema allows, without references."""
    while "$ref" in schema:
        schema = {**definitions[schema["$ref"].rpartition("/")[2]], **{k: v for k, v in schema.items() if k != "$ref"}}
    choices = schema.get("anyOf") or schema.get("oneOf")
    if not choices:
        return [schema]
    return [kind for choice in choices for kind in _kinds(choice, definitions)]


def _types(schema: Schema) -> set[str]:
    """JSON's types that the schema allows, a number that must be whole apart from others."""
    said = schema.get("type")
    if said is None and (values := _listed(schema)) is not None:
        said = [_SCALARS.get(type(value), "object") for value in values]
    types = {said} if isinstance(said, str) else set(said) if said else _ANYTHING
    return types | ({"integer"} if "number" in types else set())


def _listed(schema: Schema) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _values(old: Schema, new: Schema) -> Iterator[str]:
    known, sent = _listed(old), _listed(new)
    if known is None:
        return
    if sent is None:
        yield f"may now have other values than {_json(known)}"
    elif more := [value for value in sent if value not in known]:
        yield f"may now be {', '.join(map(_json, more))}"


def _bounds(old: Schema, new: Schema) -> Iterator[str]:
    for keyword in (*_LOWER, *_UPPER):
        if keyword not in old:
            continue
        bound, now = old[keyword], new.get(keyword)
        if now is None or (now < bound if keyword in _LOWER else now > bound):
            yield _changed(keyword, old, new)


def _other(old: Schema, new: Schema) -> Iterator[str]:
    """Keywords with which only equal values are known to be safe: pattern, format, uniqueItems, multipleOf…"""
    for keyword in sorted(old.keys() - _SAYS_NOTHING - _READ - {*_LOWER, *_UPPER}):
        if old[keyword] != new.get(keyword):
            yield _changed(keyword, old, new)


def _changed(keyword: str, old: Schema, new: Schema) -> str:
    return f"had {keyword} {_json(old[keyword])} and has now {_json(new[keyword]) if keyword in new else 'none'}"


def _new_types(was: list[Schema], now: Schema) -> str:
    return ", ".join(sorted(_types(now).difference(*map(_types, was)) or _types(now)))


def _at(place: str, fault: str) -> str:
    return f"{place or 'the data'} {fault}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
