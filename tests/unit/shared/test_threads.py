"""Nothing that a request runs through waits for a thread: the hop costs more than all else that a dependency does."""

import importlib
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts


@pytest.mark.parametrize("service", ["pledges", "network_support", "notifications"])
def test_routes_and_dependencies_are_coroutines(service: str) -> None:
    app = importlib.import_module(f"services.{service}.app").create_app(None)
    contexts = [context for context in iter_route_contexts(app.routes) if getattr(context, "dependant", None)]
    called = {call for context in contexts for call in _calls(context.dependant)}
    assert called
    assert [call for call in called if not _awaited(call)] == []


def _calls(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    if dependant.call is not None:
        yield dependant.call
    for needed in dependant.dependencies:
        yield from _calls(needed)


def _awaited(call: Callable[..., Any]) -> bool:
    return inspect.iscoroutinefunction(call) or inspect.iscoroutinefunction(type(call).__call__)
