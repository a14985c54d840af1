"""POST /requests: who may, what is in order, and what bad input gets."""

import asyncio
import json
from typing import Any
from uuid import UUID

import pytest

from tests.integration.network_support.support import (
    ADMIN,
    DELEGATE,
    FOCAL_POINT,
    OTHER,
    REVIEWER,
    STAFF,
    VIEWER,
    Support,
    wish,
)
from tests.support.api import once
from tests.support.tokens import bearer


async def test_a_request_for_ones_own_pledge_is_submitted(support: Support, pledge: UUID) -> None:
    await support.hears(pledge)
    answer = await support.open(pledge)
    body = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/requests/{body['request_id']}"
    assert answer.headers["etag"] == '"1"'
    assert body == {
        **wish(pledge),
        "request_id": body["request_id"],
        "pledge_title": "Identity documents at every consulate",
        "state": "submitted",
        "refusal": None,
        "revision": 1,
        "created_at": body["created_at"],
        "changed_at": body["created_at"],
        "sent_at": body["created_at"],
        "from_update": None,
        "allowed": ["acknowledged", "merged", "withdrawn"],
        "clocks": body["clocks"],
    }
    assert body["created_at"].startswith("2024-09-02T09:00:0")  # business time
    assert support.service.nudges


async def test_others_learn_ids_and_states_and_no_word_of_it(support: Support, pledge: UUID) -> None:
    await support.hears(pledge)
    body = await support.opened(pledge, text="Our consul in Arkady is ill")
    public, workflow = await support.service.outbox()
    assert (public.topic, public.type, public.key) == ("gcm.support", "support.requested.v1", body["request_id"])
    assert public.data["support"] == {
        "request_id": body["request_id"],
        "pledge_id": str(pledge),
        "sequence": 1,
        "status": "requested",
    }
    assert (public.data["change"]["action"], public.data["change"]["by"]) == ("requested", "entity")
    assert (workflow.topic, workflow.type, workflow.key) == (
        "gcm.support.workflow",
        "request.received.v1",
        body["request_id"],
    )
    assert workflow.data == {
        "request_id": body["request_id"],
        "pledge_id": str(pledge),
        "entity_id": "veridia",
        "state": "submitted",
        "revision": 1,
    }
    rows = await support.service.rows("select payload from outbox")
    assert "Arkady" not in str(rows)
    assert FOCAL_POINT not in str(rows)


async def test_a_request_before_its_pledge_waits_and_tells_nobody(support: Support, pledge: UUID) -> None:
    body = await support.opened(pledge)
    assert (body["state"], body["pledge_title"]) == ("pending_pledge", None)
    assert await support.events() == []


@pytest.mark.parametrize(
    ("changed", "problem"),
    [({"entity": "sorvenia"}, "belongs to another entity"), ({"state": "closed"}, "is closed")],
)
async def test_a_known_pledge_that_does_not_fit_is_refused_at_once(
    support: Support, pledge: UUID, changed: dict[str, str], problem: str
) -> None:
    await support.hears(pledge, **changed)
    answer = await support.open(pledge)
    assert answer.status_code == 422
    [fault] = answer.json()["errors"]
    assert fault["field"] == "pledge_id"
    assert problem in fault["problem"]
    assert fault["remedy"]
    await _nothing_is_written(support)


async def test_delegates_ask_too(support: Support, pledge: UUID) -> None:
    assert (await support.open(pledge, bearer(DELEGATE))).status_code == 201


@pytest.mark.parametrize(
    "headers",
    [bearer(VIEWER), bearer(OTHER), bearer("nobody of anywhere"), STAFF, REVIEWER, ADMIN, bearer("machine", "service")],
)
async def test_nobody_else_may_ask_for_the_entity(support: Support, pledge: UUID, headers: dict[str, str]) -> None:
    answer = await support.open(pledge, headers)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (403, "forbidden")
    await _nothing_is_written(support)


async def test_without_a_token_nothing_is_done(support: Support, pledge: UUID) -> None:
    answer = await support.service.client.post("/requests", json=wish(pledge), headers=once({}))
    assert answer.status_code == 401
    await _nothing_is_written(support)


async def test_who_cannot_be_known_cannot_write(support: Support, pledge: UUID) -> None:
    support.people.down = True
    answer = await support.open(pledge)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    await _nothing_is_written(support)
    support.people.down = False
    assert (await support.open(pledge)).status_code == 201


async def test_the_same_request_twice_is_one(support: Support, pledge: UUID) -> None:
    headers = once(bearer(FOCAL_POINT))
    client = support.service.client
    answers = await asyncio.gather(*(client.post("/requests", json=wish(pledge), headers=headers) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert len(await support.service.rows("select 1 from support_request")) == 1
    other = await client.post("/requests", json=wish(pledge, text="Something else"), headers=headers)
    assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "Idempotency-Key")


async def test_a_key_is_asked_for(support: Support, pledge: UUID) -> None:
    answer = await support.service.client.post("/requests", json=wish(pledge), headers=bearer(FOCAL_POINT))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "Idempotency-Key")
    await _nothing_is_written(support)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", "NUL \x00 in the middle"),
        ("text", "half a \ud83d character"),
        ("text", "x" * 20_001),
        ("text", " \n "),
        ("text", 5),
        ("text", None),
        ("type", "a miracle"),
        ("pledge_id", "the first one"),
        ("pledge_id", "\ud83d"),
        ("entity_id", "../veridia"),
        ("entity_id", "x\x00"),
        ("language", "English, please"),
        ("state", "acknowledged"),
    ],
)
async def test_a_bad_field_is_named_with_a_remedy(support: Support, pledge: UUID, field: str, value: object) -> None:
    answer = await support.post("/requests", {**wish(pledge), field: value})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    [fault] = answer.json()["errors"]
    assert fault["field"] == field
    assert fault["remedy"]
    await _nothing_is_written(support)


async def test_what_a_ministry_may_write_is_kept_as_it_is(support: Support, pledge: UUID) -> None:
    text = "<script>alert('مرحبا')</script>\r\n\t日本語 é 🙂" + "x" * 100
    body = await support.opened(pledge, text=text.ljust(20_000, "."))
    assert (await support.read(body))["text"] == text.ljust(20_000, ".")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"entity_id": "veridia",', 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b"[]", 422),
        (b"null", 422),
        (b"", 422),
        (b'"' + b"x" * 10_000_000 + b'"', 413),
    ],
)
async def test_a_body_that_is_no_request(support: Support, body: bytes, status: int) -> None:
    headers = once(bearer(FOCAL_POINT)) | {"Content-Type": "application/json"}
    answer = await support.service.client.post("/requests", content=body, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    await _nothing_is_written(support)


async def test_deep_json_in_a_field_harms_nobody(support: Support, pledge: UUID) -> None:
    deep = json.dumps(wish(pledge)).replace('"en"', "[" * 50_000 + "]" * 50_000).encode()
    headers = once(bearer(FOCAL_POINT)) | {"Content-Type": "application/json"}
    answer = await support.service.client.post("/requests", content=deep, headers=headers)
    assert answer.status_code in {400, 422}
    await _nothing_is_written(support)


async def test_the_example_of_the_documentation_works_as_it_stands(support: Support) -> None:
    document: dict[str, Any] = support.service.app.openapi()
    [example] = document["components"]["schemas"]["Opening"]["examples"]
    answer = await support.post("/requests", example)
    assert (answer.status_code, answer.json()["state"]) == (201, "pending_pledge")


async def _nothing_is_written(support: Support) -> None:
    assert await support.service.rows("select 1 from support_request") == []
    assert await support.service.rows("select 1 from request_history") == []
    assert await support.service.rows("select 1 from outbox") == []
    assert await support.service.rows("select 1 from idempotency") == []
