"""Acknowledging and withdrawing: who may, in which states, and over which revision."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

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
from tests.support.tokens import bearer, token


@pytest.fixture
async def submitted(support: Support, pledge: UUID) -> dict[str, Any]:
    await support.hears(pledge)
    return await support.opened(pledge)


def _path(request: dict[str, Any], step: str) -> str:
    return f"/requests/{request['request_id']}/{step}"


@pytest.mark.parametrize("headers", [STAFF, ADMIN])
async def test_staff_acknowledge(support: Support, submitted: dict[str, Any], headers: dict[str, str]) -> None:
    support.service.set_clock(datetime(2024, 9, 4, 12, 0, tzinfo=UTC))
    answer = await support.post(_path(submitted, "acknowledge"), headers=headers, seen=1)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert (answer.json()["state"], answer.json()["changed_at"][:16]) == ("acknowledged", "2024-09-04T12:00")
    told = (await support.service.outbox())[2:]
    assert [(event.type, event.data["state"]) for event in told] == [("request.acknowledged.v1", "acknowledged")]


@pytest.mark.parametrize("headers", [bearer(FOCAL_POINT), bearer(OTHER), REVIEWER, bearer("machine", "service")])
async def test_nobody_else_acknowledges(support: Support, submitted: dict[str, Any], headers: dict[str, str]) -> None:
    assert (await support.post(_path(submitted, "acknowledge"), headers=headers, seen=1)).status_code == 403
    assert (await support.read(submitted))["state"] == "submitted"


async def test_staff_work_while_nobodys_memberships_are_known(support: Support, submitted: dict[str, Any]) -> None:
    support.people.down = True
    assert (await support.read(submitted))["state"] == "submitted"
    assert (await support.post(_path(submitted, "acknowledge"), headers=STAFF, seen=1)).status_code == 200


@pytest.mark.parametrize("person", [FOCAL_POINT, DELEGATE])
async def test_the_entity_withdraws(support: Support, submitted: dict[str, Any], person: str) -> None:
    answer = await support.post(_path(submitted, "withdraw"), headers=bearer(person), seen=1)
    assert (answer.status_code, answer.json()["state"], answer.headers["etag"]) == (200, "withdrawn", '"2"')
    public, workflow = (await support.service.outbox())[2:]
    assert (public.type, public.data["support"]["status"], public.data["support"]["sequence"]) == (
        "support.withdrawn.v1",
        "withdrawn",
        2,
    )
    assert (workflow.type, workflow.data["revision"]) == ("request.withdrawn.v1", 2)


@pytest.mark.parametrize(
    ("headers", "status"),
    [(bearer(VIEWER), 403), (bearer(OTHER), 404), (STAFF, 404), (REVIEWER, 404), (bearer("nobody"), 404)],
)
async def test_nobody_else_withdraws(
    support: Support, submitted: dict[str, Any], headers: dict[str, str], status: int
) -> None:
    answer = await support.post(_path(submitted, "withdraw"), headers=headers, seen=1)
    assert answer.status_code == status
    assert "veridia" not in answer.text or status == 403
    assert (await support.read(submitted))["state"] == "submitted"


async def test_who_cannot_be_known_cannot_withdraw(support: Support, submitted: dict[str, Any]) -> None:
    support.people.down = True
    answer = await support.post(_path(submitted, "withdraw"), headers=bearer(DELEGATE), seen=1)
    assert answer.status_code == 503
    assert (await support.read(submitted))["state"] == "submitted"


@pytest.mark.parametrize(("step", "headers"), [("acknowledge", STAFF), ("withdraw", bearer(FOCAL_POINT))])
class TestBoth:
    @pytest.mark.parametrize(("seen", "status"), [(None, 428), ("2", 400), ('"2"', 412), ('"0"', 412), ('W/"1"', 400)])
    async def test_the_revision_that_was_seen_is_the_present_one(
        self, support: Support, submitted: dict[str, Any], step: str, headers: dict[str, str], seen: str, status: int
    ) -> None:
        sent = once(headers) | ({"If-Match": seen} if seen else {})
        answer = await support.service.client.post(_path(submitted, step), headers=sent)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        assert (await support.read(submitted))["revision"] == 1

    async def test_two_at_once_are_one(
        self, support: Support, submitted: dict[str, Any], step: str, headers: dict[str, str]
    ) -> None:
        answers = await asyncio.gather(*(support.post(_path(submitted, step), headers=headers, seen=1) for _ in "ab"))
        assert sorted(answer.status_code for answer in answers) == [200, 412]
        assert (await support.read(submitted))["revision"] == 2

    async def test_sent_twice_it_is_done_once(
        self, support: Support, submitted: dict[str, Any], step: str, headers: dict[str, str]
    ) -> None:
        sent = once(headers) | {"If-Match": '"1"'}
        first, second = [await support.service.client.post(_path(submitted, step), headers=sent) for _ in "ab"]
        assert (first.status_code, first.content, first.headers["etag"]) == (
            200,
            second.content,
            second.headers["etag"],
        )

    async def test_not_in_any_state(
        self, support: Support, submitted: dict[str, Any], step: str, headers: dict[str, str]
    ) -> None:
        await support.post(_path(submitted, "withdraw"), seen=1)
        answer = await support.post(_path(submitted, step), headers=headers, seen=2)
        assert (answer.status_code, "is withdrawn" in answer.json()["detail"]) == (409, True)

    async def test_of_a_request_that_does_not_exist(self, support: Support, step: str, headers: dict[str, str]) -> None:
        assert (await support.post(f"/requests/{uuid7()}/{step}", headers=headers, seen=1)).status_code == 404
        assert (await support.post(f"/requests/none/{step}", headers=headers, seen=1)).status_code == 422


async def test_who_is_no_longer_a_member_gets_no_earlier_answer_again(support: Support, pledge: UUID) -> None:
    """An Idempotency-Key gives back words that are not public, so only to who may still read them."""
    opening, withdrawing = (
        wish(pledge, text="Our consul in Arkady is ill"),
        once(bearer(DELEGATE)) | {"If-Match": '"1"'},
    )
    asking, client = once(bearer(DELEGATE)), support.service.client
    first = await client.post("/requests", json=opening, headers=asking)
    path = _path(first.json(), "withdraw")
    assert (await client.post(path, headers=withdrawing)).status_code == 200
    repeats = (("/requests", opening, asking), (path, None, withdrawing))
    for place, body, headers in repeats:
        assert (await client.post(place, json=body, headers=headers)).is_success
    del support.people.roles[DELEGATE]
    later = {"Authorization": f"Bearer {token(DELEGATE, jti='later')}"}  # what was said of the earlier one is kept
    for (place, body, headers), status in zip(repeats, (403, 404), strict=True):
        refused = await client.post(place, json=body, headers=headers | later)
        assert (refused.status_code, "Arkady" in refused.text) == (status, False)


async def test_a_waiting_request_is_not_acknowledged(support: Support, pledge: UUID) -> None:
    waiting = await support.opened(pledge)
    answer = await support.post(_path(waiting, "acknowledge"), headers=STAFF, seen=1)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (409, "conflict")


async def test_an_acknowledged_request_can_be_withdrawn(support: Support, submitted: dict[str, Any]) -> None:
    await support.post(_path(submitted, "acknowledge"), headers=STAFF, seen=1)
    assert (await support.post(_path(submitted, "withdraw"), seen=2)).json()["state"] == "withdrawn"
