"""Whatever is sent, the answer is a problem document that names the field and the remedy, and no stack trace."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from shared.web.app import create
from shared.web.auth import ANYONE, SIGNED_IN
from shared.web.etag import SeenRevision
from shared.web.limits import LARGEST_BODY
from shared.web.problem import MEDIA_TYPE
from shared.web.text import Line, Text
from shared.web.writing import Once

router = APIRouter(dependencies=[Depends(ANYONE)])


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: Line = "a"
    text: Annotated[Text, Field(max_length=20)] = ""
    number: float = Field(default=0, allow_inf_nan=False)


@router.post("/things")
async def thing(body: Body, once: Once) -> str:
    return body.title + once.key


@router.put("/things/{name}")
async def change(name: str, seen: SeenRevision) -> str:
    return f"{name} {seen}"


@router.get("/broken")
async def broken() -> None:
    raise KeyError("secret detail")


@router.get("/broken/{token}")
async def broken_with_a_token(token: str) -> None:
    raise KeyError("secret detail", len(token))


@router.get("/down")
async def down() -> None:
    raise OperationalError("select secret", {}, OSError("secret address"))


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = create("Things", "", None, [router], writer=None)  # nothing is written here
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as made:
        yield made


KEY = {"Idempotency-Key": "k", "Content-Type": "application/json"}
BAD_BODIES: dict[str, tuple[bytes, int, str]] = {
    "malformed": (b'{"title": ', 400, ""),
    "not UTF-8": (b'{"title": "\xff\xfe"}', 400, ""),
    "deep": (b"[" * 200_000, 400, ""),
    "deep and closed": (b'{"title":' * 50_000 + b"1" + b"}" * 50_000, 400, ""),
    "wrong type": (b'{"title": 7}', 422, "title"),
    "a list": (b"[1]", 422, "body"),
    "null": (b"null", 422, "body"),
    "unknown field": (b'{"titel": "x"}', 422, "titel"),
    "NUL": (b'{"text": "a\\u0000b"}', 422, "text"),
    "lone surrogate": (b'{"text": "a\\ud800"}', 422, "text"),
    "lone surrogate in a name": (b'{"\\udfff": "a"}', 422, ""),
    "too long": (b'{"text": "%s"}' % (b"x" * 21), 422, "text"),
    "line break in a title": (b'{"title": "a\\r\\nBcc: all@example.org"}', 422, "title"),
    "not a number": (b'{"number": NaN}', 422, "number"),
    "infinite": (b'{"number": 1e999}', 422, "number"),
    "10 MB": (b'{"text": "%s"}' % (b"x" * 10_000_000), 413, ""),
}


def _problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
    problem: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail"} <= problem.keys()
    assert "Traceback" not in answer.text
    assert "secret" not in answer.text
    return problem


@pytest.mark.parametrize(("body", "status", "field"), BAD_BODIES.values(), ids=BAD_BODIES.keys())
async def test_bad_bodies(client: httpx.AsyncClient, body: bytes, status: int, field: str) -> None:
    problem = _problem(await client.post("/things", content=body, headers=KEY), status)
    if status == 422:
        assert all(fault["problem"] and fault["remedy"] for fault in problem["errors"])
        assert field in [fault["field"] for fault in problem["errors"]] or not field


async def test_a_body_without_a_length_is_counted_as_it_comes(client: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(LARGEST_BODY // 10_000 + 2):
            yield b"x" * 10_000

    _problem(await client.post("/things", content=chunks(), headers=KEY), 413)


@pytest.mark.parametrize("path", ["/things/a%00b", "/things?x=%00", "/nowhere"])
async def test_bad_addresses(client: httpx.AsyncClient, path: str) -> None:
    _problem(await client.put(path, headers={"If-Match": '"1"'}), 404 if path == "/nowhere" else 400)


async def test_method_not_allowed_says_which_are(client: httpx.AsyncClient) -> None:
    answer = await client.delete("/broken")
    _problem(answer, 405)
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize(("header", "status"), [(None, 428), ("3", 400), ('W/"3"', 400), ('"x"', 400), ('"3"', 200)])
async def test_if_match(client: httpx.AsyncClient, header: str | None, status: int) -> None:
    answer = await client.put("/things/a", headers={"If-Match": header} if header else {})
    assert answer.status_code == status, answer.text


async def test_a_post_without_a_key_is_refused(client: httpx.AsyncClient) -> None:
    problem = _problem(await client.post("/things", content=b"{}", headers={"Content-Type": "application/json"}), 400)
    assert problem["errors"][0]["field"] == "Idempotency-Key"


async def test_what_breaks_inside_stays_inside(client: httpx.AsyncClient) -> None:
    _problem(await client.get("/broken"), 500)
    answer = await client.get("/down")
    _problem(answer, 503)
    assert answer.headers["retry-after"]


async def test_every_answer_carries_security_headers(client: httpx.AsyncClient) -> None:
    for path in ("/livez", "/nowhere", "/broken"):
        headers = (await client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize("rules", [[], [Depends(ANYONE), Depends(SIGNED_IN)]], ids=["no rule", "two rules"])
def test_an_app_with_a_route_without_exactly_one_rule_does_not_start(rules: list[Any]) -> None:
    bare = APIRouter()

    @bare.get("/bare", dependencies=rules)
    async def route(request: Request) -> str:
        return json.dumps(str(request.url))

    with pytest.raises(RuntimeError, match="/bare"):
        create("Bare", "", None, [bare])


@pytest.mark.parametrize(("path", "route"), [("/broken/a-secret-token", "/broken/{token}"), ("/down", "/down")])
async def test_logs_name_the_route_and_no_address(client: httpx.AsyncClient, path: str, route: str) -> None:
    with capture_logs() as logs:
        await client.get(path)
    assert [line["route"] for line in logs] == [route]
    assert "secret-token" not in str(logs)


async def test_a_line_that_is_too_long_is_told_to_be_shortened(client: httpx.AsyncClient) -> None:
    answer = await client.post("/things", json={"title": "x" * 501}, headers=KEY)
    [fault] = answer.json()["errors"]
    assert (fault["problem"], fault["remedy"]) == ("String should have at most 500 characters", "shorten it")
