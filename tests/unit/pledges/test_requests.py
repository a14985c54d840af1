"""What the bodies of requests take for a boolean and for a whole number: what the documents say, and no text."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel, ValidationError

from services.pledges.app import create_app

NOT = {bool: (0, 1, "0", "true"), int: ("1", True)}


def bodies() -> set[type[BaseModel]]:
    """Models of the bodies of all requests, and those that they are made of."""
    found: set[type[BaseModel]] = set()
    for context in iter_route_contexts(create_app(None).routes):
        route = context.original_route
        for param in route.dependant.body_params if isinstance(route, APIRoute) else ():
            found |= set(models(param.field_info.annotation))
    return found


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from models(field.annotation)
    for inner in get_args(annotation):
        yield from models(inner)


def mentions(annotation: Any, kind: type) -> bool:
    return annotation is kind or any(mentions(inner, kind) for inner in get_args(annotation) if inner is not annotation)


FIELDS = sorted(
    (
        (model, name, kind)
        for model in bodies()
        for name, field in model.model_fields.items()
        for kind in NOT
        if mentions(field.annotation, kind)
    ),
    key=lambda one: (one[0].__name__, one[1]),
)


def test_there_are_such_fields() -> None:
    assert {"desk", "submit", "no_change", "confirms", "size"} <= {name for _, name, _ in FIELDS}


@pytest.mark.parametrize(
    ("model", "name", "kind"), FIELDS, ids=[f"{model.__name__}-{name}" for model, name, _ in FIELDS]
)
def test_only_what_the_schema_says_is_taken(model: type[BaseModel], name: str, kind: type) -> None:
    for value in NOT[kind]:
        with pytest.raises(ValidationError) as refused:
            model.model_validate({name: value})
        assert name in {fault["loc"][0] for fault in refused.value.errors() if fault["loc"]}, value
