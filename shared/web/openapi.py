"""What an OpenAPI document says beyond what FastAPI reads from routes: whom to call as, and headers that must be."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from shared.web.auth import guarded

BEARER = "bearer"
SCHEME = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "An access token of the realm"}
# their dependencies answer for a missing one themselves, by 400 and 428: FastAPI would by 422
REQUIRED: dict[str, dict[str, Any]] = {
    "idempotency-key": {"type": "string", "minLength": 1, "maxLength": 200},
    "if-match": {"type": "string", "pattern": r'^"\d{1,9}(-[0-9a-f]{16})?"$'},
}


def complete(app: FastAPI) -> None:
    """Adds to the document that `app.openapi()` makes and keeps."""
    make = app.openapi

    def completed() -> dict[str, Any]:
        if app.openapi_schema is None:
            _add(app, make())
        return make()

    app.openapi = completed  # type: ignore[method-assign]


def _add(app: FastAPI, document: dict[str, Any]) -> None:
    document["components"]["securitySchemes"] = {BEARER: SCHEME}
    for operation in _of_callers(app, document):
        operation["security"] = [{BEARER: []}]
    for methods in document["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", ()):
                _require(parameter)


def _of_callers(app: FastAPI, document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The operations that nobody may call without a token."""
    for route in guarded(app):
        if route.rule is not None and not route.rule.anyone:
            yield from (document["paths"][route.path][method.lower()] for method in route.methods)


def _require(parameter: dict[str, Any]) -> None:
    if parameter["in"] == "header" and parameter["name"] in REQUIRED:
        parameter["required"] = True
        told = {name: said for name, said in parameter["schema"].items() if name not in {"anyOf", "default"}}
        parameter["schema"] = told | REQUIRED[parameter["name"]]
