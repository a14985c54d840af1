"""Which methods an address takes (RFC 9110, 10.2.1). Several routes may share it; Starlette names one route's alone."""

from fastapi import Request
from fastapi.routing import iter_route_contexts
from starlette.routing import compile_path


def methods_of(request: Request) -> set[str]:
    """An address that routes name letter by letter is not also one of those with an id in its place."""
    path = request.scope["path"]
    fitting = [
        route
        for route in iter_route_contexts(request.app.routes)
        if route.path and compile_path(str(route.path))[0].match(path)
    ]
    exact = [route for route in fitting if route.path == path]
    return {method for route in exact or fitting for method in route.methods or ()}
