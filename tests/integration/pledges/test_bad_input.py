"""Whatever is sent to the routes of entities, people and reviews: a problem document, and nothing half written."""

import json
from typing import Any

import pytest

from services.pledges.app import create_app
from tests.support.api import Service, once
from tests.support.entities import ADMIN, MACHINE, STAFF, VERIDIA, faults, made
from tests.support.tokens import bearer, token

# every route of these rooms that takes a body, with somebody who may send one
ROUTES = {
    "POST /entities": ADMIN,
    "PUT /entities/DEU": ADMIN,
    "POST /entities/DEU/memberships": ADMIN,
    "POST /people": ADMIN,
    "PUT /people/amina": ADMIN,
    "PUT /me/contact": bearer("amina"),
    "POST /contacts/search": MACHINE,
    "POST /contacts/resolve": MACHINE,
    "PUT /reviews/plenary-2024": STAFF,
}
TABLES = (
    "entity",
    "entity_group",
    "entity_history",
    "membership",
    "person",
    "milestone",
    "milestone_history",
    "outbox",
)
DEEP = b'{"names":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
BODIES: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 422),
    "half a document": (b'{"names": {"en": "Ver', 400),
    "no JSON": (b"names=Veridia", 400),
    "not UTF-8": (b'{"kind": "\xff\xfe"}', 400),
    "a list": (b"[]", 422),
    "a number": (b"7", 422),
    "null": (b"null", 422),
    "not a number": (b'{"kind": NaN}', 422),
    "deep": (DEEP, 400),
    "ten megabytes": (b'{"kind": "' + b"a" * 10_000_000 + b'"}', 413),
    "a field too many": (b'{"colour": "green"}', 422),
}


async def count(pledges: Service) -> dict[str, int]:
    counts = ", ".join(f"(select count(*) from {table}) as {table}" for table in TABLES)  # noqa: S608 - names from above
    return (await pledges.rows(f"select {counts}"))[0]


async def send(pledges: Service, route: str, who: dict[str, str], content: bytes, **headers: str) -> Any:
    method, path = route.split()
    every = {"Content-Type": "application/json", "If-Match": '"1"', **once(who), **headers}
    return await pledges.client.request(method, path, content=content, headers=every)


@pytest.mark.parametrize("kind", BODIES)
async def test_a_body_that_is_none(pledges: Service, kind: str) -> None:
    before, (body, status) = await count(pledges), BODIES[kind]
    for route, who in ROUTES.items():
        answer = await send(pledges, route, who, body)
        assert answer.status_code == status, (route, answer.text)
        faults(answer)
        assert "Traceback" not in answer.text
    assert await count(pledges) == before


@pytest.mark.parametrize("text", ["\x00", "\ud800", "a\udfffb"])
async def test_what_is_no_character_is_refused_in_every_text(pledges: Service, text: str) -> None:
    before = await count(pledges)
    document = create_app(None).openapi()
    for route, who in ROUTES.items():
        for field, body in _spoiled(document, route, text):
            answer = await send(pledges, route, who, json.dumps(body).encode())
            assert answer.status_code == 422, (route, field, answer.text)
            assert any(name.split(".")[0] == field for name in faults(answer)), (route, field, answer.text)
    assert await count(pledges) == before


def _spoiled(document: dict[str, Any], route: str, text: str) -> list[tuple[str, dict[str, Any]]]:
    """The route's example with one text after the other replaced."""
    from tests.support.openapi import example

    method, path = route.split()
    templates = {"/entities/DEU": "/entities/{entity_id}", "/people/amina": "/people/{person_id}"}
    templates |= {"/reviews/plenary-2024": "/reviews/{code}"}
    templates |= {"/entities/DEU/memberships": "/entities/{entity_id}/memberships"}
    whole = example(document, method, templates.get(path, path))
    found = [(name, whole | {name: text}) for name, value in whole.items() if isinstance(value, str)]
    found += [(name, whole | {name: [text]}) for name, value in whole.items() if isinstance(value, list)]
    return found + [(name, whole | {name: {"en": text}}) for name, value in whole.items() if isinstance(value, dict)]


@pytest.mark.parametrize(
    "path", ["/entities?q=%00", "/entities/%00", "/reviews/%00", "/entities?kind=%00", "/reviews/x%00/pledges"]
)
async def test_nul_in_an_address(pledges: Service, path: str) -> None:
    answer = await pledges.client.get(path)
    assert answer.status_code == 400
    faults(answer)


@pytest.mark.parametrize("path", ["/entities?q=%ED%A0%80", "/entities?kind=%FF", "/entities/%FF", "/reviews/%ED%A0%80"])
async def test_an_address_that_is_not_utf_8_names_nothing(pledges: Service, path: str) -> None:
    answer = await pledges.client.get(path)
    assert answer.status_code in {200, 404, 422}
    assert answer.status_code != 200 or answer.json()["items"] == []


async def test_html_is_text_like_any_other(pledges: Service) -> None:
    name = '<script>alert("x")</script> & <b>Sons</b>'
    body = VERIDIA | {"names": {"en": name}, "aliases": [name]}
    answer = await pledges.client.post("/entities", json=body, headers=once(ADMIN))
    assert (answer.json()["name"], answer.headers["content-type"]) == (name, "application/json")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("key", ["", "a" * 201, "tab\there"])
async def test_every_post_needs_a_key(pledges: Service, key: str) -> None:
    for route in ("POST /entities", "POST /people", "POST /entities/DEU/memberships"):
        answer = await send(pledges, route, ADMIN, b"{}", **{"Idempotency-Key": key})
        assert answer.status_code in {400, 422}
        assert "Idempotency-Key" in answer.text or answer.status_code == 422
    answer = await pledges.client.post("/entities", json=VERIDIA, headers={**ADMIN, "Idempotency-Key": key})
    assert (answer.status_code, set(faults(answer))) == (400, {"Idempotency-Key"})


async def test_questions_of_our_services_need_no_key(pledges: Service) -> None:
    await made(pledges.client.post("/contacts/search", json={}, headers=MACHINE))


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": 1},
        {"iss": "https://elsewhere.example"},
        {"aud": "another"},
        {"typ": "ID"},
        {"sub": None},
    ],
)
async def test_a_wrong_token_is_refused_with_the_reason(pledges: Service, changed: dict[str, Any]) -> None:
    headers = {"Authorization": f"Bearer {token('amina', **changed)}"}
    answer = await pledges.client.get("/me", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    faults(answer)


async def test_every_operation_says_what_it_does() -> None:
    document = create_app(None).openapi()
    assert document["openapi"].startswith("3.1")
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if path.startswith(("/entities", "/people", "/me", "/contacts", "/reviews")):
                assert operation["summary"], (method, path)
                assert operation["description"], (method, path)
