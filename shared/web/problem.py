"""Every error is a problem document (RFC 9457) that names the fields at fault and the remedy."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from shared.errors import AppError, BadRequest, FieldProblem, Invalid
from shared.web.methods import methods_of

TYPE = "https://gcm-pledges.example/problems/"  # an identifier, not a page; docs/problems.md lists them
MEDIA_TYPE = "application/problem+json"

MOST_FAULTS = 50  # that are listed; the count says how many there are

_REMEDIES = {
    "missing": "add this field",
    "extra_forbidden": "remove this field, or check its spelling",
    "string_too_long": "shorten it",
    "string_too_short": "write more",
    "json_invalid": "send well-formed JSON in UTF-8",
    "literal_error": "use one of the values that are named",
    "enum": "use one of the values that are named",
}


_SLUGS = {404: "not-found", 405: "method-not-allowed", 400: "bad-request", 413: "too-large"}
_DETAILS = {
    404: "No resource has this address; the addresses are listed at /openapi.json.",
    405: "This address does not take this method; see the Allow header.",
    400: "The body could not be read; send well-formed JSON in UTF-8.",
}


class FieldFault(BaseModel):
    field: str = Field(examples=["targets.0.by"])
    problem: str = Field(examples=["there is no 30 February"])
    remedy: str = Field(examples=["write a day that exists, or only the month: 2024-02"])


class Problem(BaseModel):
    """The body of every error."""

    type: str = Field(examples=[TYPE + "invalid-fields"])
    title: str
    status: int
    detail: str
    errors: list[FieldFault] = []


Responses = dict[int | str, dict[str, Any]]


def described(description: str, model: type[Problem] = Problem) -> dict[str, Any]:
    """What an OpenAPI document says of a problem."""
    schema = model.model_json_schema()
    return {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": _whole(schema, schema.pop("$defs", {}))}},
    }


def _whole(part: Any, parts: Mapping[str, Any]) -> Any:
    """A schema without references: those of pydantic lead to its own root, which is none in an OpenAPI document."""
    if isinstance(part, list):
        return [_whole(one, parts) for one in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return _whole(parts[part["$ref"].rpartition("/")[2]], parts)
    return {name: _whole(one, parts) for name, one in part.items()}


RESPONSES: Responses = {"default": described("A problem document (RFC 9457)")}


def respond(error: AppError, headers: Mapping[str, str] | None = None) -> Response:
    body: dict[str, Any] = {
        "type": TYPE + error.slug,
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
    }
    if error.fields:
        body["errors"] = [{"field": f.field, "problem": f.problem, "remedy": f.remedy} for f in error.fields]
    body |= error.more
    return Response(json.dumps(body), error.status, {**_headers(error), **(headers or {})}, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """All ways to fail end in `respond`, those of a database in `outage`; none shows a trace or echoes what came."""
    app.add_exception_handler(AppError, _app_error)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)


def _headers(error: AppError) -> dict[str, str]:
    match error.status:
        case 401:
            return {"WWW-Authenticate": "Bearer"}
        case 503:
            return {"Retry-After": "5"}
    return {}


async def _app_error(_: Request, error: Exception) -> Response:
    if not isinstance(error, AppError):
        raise error
    return respond(error)


async def _validation(_: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    found = error.errors()
    if any(item["type"] == "json_invalid" for item in found):
        return respond(BadRequest("The body is not well-formed JSON.", [fault_of(item) for item in found]))
    return respond(invalid(found))


def invalid(found: Sequence[Mapping[str, Any]]) -> Invalid:
    """What pydantic refuses, as its `errors()` lists it."""
    faults = [fault_of(item) for item in found[:MOST_FAULTS]]
    return Invalid(f"{len(found)} field(s) need a change; nothing was saved.", faults)


def fault_of(item: Mapping[str, Any]) -> FieldProblem:
    """What pydantic found, in our words."""
    path: Sequence[str | int] = item["loc"]
    place = path[1:] if path and path[0] in {"body", "query", "path", "header"} else path
    message = "is null" if item.get("input", "") is None else str(item["msg"]).removeprefix("Value error, ")
    problem, _, remedy = message.partition("; ")
    field = ".".join(str(part) for part in place) or "body"
    return FieldProblem(_printable(field), _printable(problem), remedy or _remedy(item))


def _remedy(item: Mapping[str, Any]) -> str:
    if item.get("input", "") is None:
        return "give a value"
    return _REMEDIES.get(item["type"], "correct this field")


def _printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()[:300]


async def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error

    plain = AppError(_DETAILS.get(error.status_code, str(error.detail)))
    plain.status, plain.title = error.status_code, str(error.detail)
    plain.slug = _SLUGS.get(error.status_code, "http-error")
    headers = {"Allow": ", ".join(sorted(methods_of(request)))} if error.status_code == 405 else {}
    return respond(plain, {**(error.headers or {}), **headers})
