"""The client of the pledges service: its token, its batches, and that nothing personal leaks from its errors."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from services.notifications.recipients import Contact, Recipients, Unreachable
from shared.asking import ServiceToken
from shared.errors import Unavailable

PLEDGES, TOKEN_URL = "http://pledges.test", "http://id.test/token"
Answer = Callable[[httpx.Request], httpx.Response]


class Net:
    """Both ends: counts the tokens it gave, refuses old ones, and answers what the test says."""

    def __init__(self, answer: Answer, *, life: int = 300) -> None:
        self.answer, self.life, self.tokens = answer, life, 0
        self.asked: list[Any] = []
        self.revoked: set[str] = set()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        if str(request.url) == TOKEN_URL:
            await asyncio.sleep(0)
            self.tokens += 1
            return httpx.Response(200, json={"access_token": f"t{self.tokens}", "expires_in": self.life})
        if request.headers["authorization"].removeprefix("Bearer ") in self.revoked:
            return httpx.Response(401)
        self.asked.append(json.loads(request.content))
        return self.answer(request)

    def client(self) -> Recipients:
        http = httpx.AsyncClient(transport=httpx.MockTransport(self))
        return Recipients(http, PLEDGES, ServiceToken(http, TOKEN_URL, "gcm-service", "secret"))


def nobody(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"entities": {}, "desk": []})


async def test_one_token_serves_many_requests_also_at_the_same_time() -> None:
    net = Net(nobody)
    client = net.client()
    await asyncio.gather(*(client.search(["veridia"]) for _ in range(20)))
    assert net.tokens == 1


async def test_a_token_about_to_end_is_not_used() -> None:
    net = Net(nobody, life=20)
    client = net.client()
    await client.search(["veridia"])
    await client.search(["veridia"])
    assert net.tokens == 2


async def test_a_refused_token_is_replaced_once() -> None:
    net = Net(nobody)
    client = net.client()
    await client.search(["veridia"])
    net.revoked = {"t1"}
    await client.search(["veridia"])
    assert (net.tokens, len(net.asked)) == (2, 2)
    net.revoked = {"t2", "t3"}
    with pytest.raises(Unavailable):
        await client.search(["veridia"])


async def test_searches_come_in_batches_of_200_and_ask_for_the_desk_once() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)
        desk = [{"person_id": "officer", "time_zone": "UTC"}] if asked["desk"] else []
        people = {entity: [{"person_id": f"p-{entity}", "time_zone": "UTC"}] for entity in asked["entity_ids"]}
        return httpx.Response(200, json={"entities": people, "desk": desk})

    net = Net(answer)
    found = await net.client().search([f"e{number}" for number in range(401)] * 2, desk=True)
    assert [len(asked["entity_ids"]) for asked in net.asked] == [200, 200, 1]
    assert (len(found.entities), [person.person_id for person in found.desk]) == (401, ["officer"])


async def test_the_desk_alone() -> None:
    net = Net(nobody)
    await net.client().search([], desk=True)
    assert net.asked == [{"entity_ids": [], "roles": ["focal_point"], "desk": True}]


async def test_a_contact_hides_itself() -> None:
    shown = {"reachable": True, "address": "amina@demo.invalid", "name": "Amina Diallo", "language": "fr"}
    net = Net(lambda _: httpx.Response(200, json={**shown, "pledge_title": "Schools", "entity_name": "Veridia"}))
    found = await net.client().resolve("amina", entity_id="veridia", desk=False, pledge_id=None)
    assert isinstance(found, Contact)
    assert (found.address, found.language, found.pledge_title) == ("amina@demo.invalid", "fr", "Schools")
    assert not any(secret in repr(found) for secret in ("amina@", "Amina", "Schools"))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"reachable": False, "reason": "membership_ended"}, "membership_ended"),
        ({"reachable": False, "reason": "no mail to amina@demo.invalid"}, "unreachable"),
        ({"reachable": False}, "unreachable"),
        ({"reachable": True, "address": ""}, "unreachable"),
    ],
)
async def test_unreachable_for_a_reason_that_may_be_stored(answer: dict[str, Any], reason: str) -> None:
    net = Net(lambda _: httpx.Response(200, json=answer))
    found = await net.client().resolve("amina", entity_id="veridia", desk=False, pledge_id=None)
    assert found == Unreachable(reason)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(403),
        httpx.Response(422),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=["amina@demo.invalid"]),
        httpx.Response(200, json={"reachable": "amina@demo.invalid"}),
    ],
)
async def test_whatever_else_it_answers_is_unavailable_and_not_repeated_aloud(answer: httpx.Response) -> None:
    net = Net(lambda _: answer)
    with pytest.raises(Unavailable) as caught:
        await net.client().resolve("amina", entity_id="veridia", desk=False, pledge_id=None)
    assert "amina" not in str(caught.value)


async def test_a_network_that_is_down_is_unavailable() -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(Unavailable):
        await Net(broken).client().search(["veridia"])


@pytest.mark.parametrize("answer", [httpx.Response(401), httpx.Response(200, json={"error": "x"}), httpx.Response(200)])
async def test_no_token_is_unavailable(answer: httpx.Response) -> None:
    http = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: answer))
    with pytest.raises(Unavailable):
        await ServiceToken(http, TOKEN_URL, "gcm-service", "secret").get()
