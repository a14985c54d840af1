"""Requests that came before their pledge: decided once, by the newest record, whoever comes first."""

import asyncio
import random
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from services.network_support.requests import commands
from shared.errors import Permanent
from tests.integration.network_support.support import OTHER, STAFF, VERIDIA, Support, opening, projection
from tests.support.tokens import bearer


async def test_the_pledge_comes_and_the_request_is_submitted(support: Support, pledge: UUID) -> None:
    waiting = await support.opened(pledge)
    await support.hears(pledge)
    decided = await support.read(waiting)
    assert (decided["state"], decided["revision"], decided["refusal"]) == ("submitted", 2, None)
    assert decided["pledge_title"] == "Identity documents at every consulate"
    public, workflow = await support.service.outbox()
    assert (public.type, public.data["support"]["status"]) == ("support.requested.v1", "requested")
    assert public.data["change"]["by"] == "system"
    assert (workflow.type, workflow.data["revision"]) == ("request.received.v1", 2)


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"entity": "sorvenia"}, "pledge_of_another_entity"), ({"state": "closed"}, "pledge_closed")],
)
async def test_the_pledge_does_not_fit_and_the_requester_sees_why(
    support: Support, pledge: UUID, changed: dict[str, str], code: str
) -> None:
    waiting = await support.opened(pledge)
    await support.hears(pledge, **changed)
    decided = (await support.get(f"/requests/{waiting['request_id']}")).json()
    assert (decided["state"], decided["refusal"]["code"]) == ("refused", code)
    assert decided["refusal"]["problem"].startswith("The pledge ")
    assert decided["refusal"]["remedy"]
    [event] = await support.service.outbox()
    assert (event.topic, event.type, event.data["state"]) == (
        "gcm.support.workflow",
        "request.refused.v1",
        "refused",
    )


CLOSES = {"pledge.closed.v1", "pledge.merged.v1"}


@pytest.mark.parametrize("type_", sorted(projection().handlers))
async def test_any_record_of_the_pledge_decides(support: Support, pledge: UUID, type_: str) -> None:
    waiting = await support.opened(pledge)
    await support.hears(pledge, type_, sequence=7)
    assert (await support.read(waiting))["state"] == ("refused" if type_ in CLOSES else "submitted")


async def test_every_request_for_it_is_decided_by_itself(support: Support, pledge: UUID) -> None:
    ours = [await support.opened(pledge), await support.opened(pledge)]
    theirs = await support.opened(pledge, bearer(OTHER), entity_id="sorvenia")
    other = await support.opened(uuid7())
    await support.hears(pledge)
    states = [(await support.read(request))["state"] for request in (*ours, theirs, other)]
    assert states == ["submitted", "submitted", "refused", "pending_pledge"]


async def test_it_is_decided_once(support: Support, pledge: UUID) -> None:
    waiting = await support.opened(pledge)
    for sequence, type_ in enumerate(("pledge.published.v1", "pledge.amended.v1", "pledge.closed.v1"), start=1):
        await support.hears(pledge, type_, sequence=sequence)
    await support.hears(pledge)
    assert (await support.read(waiting))["revision"] == 2
    assert await support.events() == ["support.requested.v1", "request.received.v1"]


async def test_records_in_one_transaction_decide_once(support: Support, pledge: UUID) -> None:
    """Consumers may handle several records before they commit."""
    waiting = await support.opened(pledge)
    async with support.service.database.transaction() as session:
        await support.handle(session, pledge)
        await support.handle(session, pledge, "pledge.closed.v1", sequence=2)
    assert (await support.read(waiting))["state"] == "submitted"
    assert await support.events() == ["support.requested.v1", "request.received.v1"]


async def test_a_request_taken_back_meanwhile_stays_so(support: Support, pledge: UUID) -> None:
    waiting = await support.opened(pledge)
    await support.post(f"/requests/{waiting['request_id']}/withdraw", seen=1)
    await support.hears(pledge)
    assert (await support.read(waiting))["state"] == "withdrawn"
    assert await support.events() == []  # nobody was told that it existed


async def test_a_pledge_that_closes_later_leaves_requests_alone(support: Support, pledge: UUID) -> None:
    await support.hears(pledge)
    submitted = await support.opened(pledge)
    await support.hears(pledge, "pledge.closed.v1", sequence=2)
    assert (await support.read(submitted))["state"] == "submitted"
    assert (await support.open(pledge)).status_code == 422


async def test_an_older_record_after_a_newer_changes_nothing(support: Support, pledge: UUID) -> None:
    await support.hears(pledge, "pledge.closed.v1", sequence=3)
    known = await support.service.rows("select * from known_pledge")
    for sequence in (1, 2, 3):
        await support.hears(pledge, "pledge.amended.v1", sequence=sequence, title="An older title")
    assert await support.service.rows("select * from known_pledge") == known


async def test_a_tombstone_empties_the_projection_and_keeps_requests(support: Support, pledge: UUID) -> None:
    await support.hears(pledge)
    submitted = await support.opened(pledge)
    await support.hears_of_no_more(pledge)
    assert await support.service.rows("select * from known_pledge") == []
    assert (await support.read(submitted))["state"] == "submitted"
    assert (await support.opened(pledge))["state"] == "pending_pledge"


async def test_a_tombstone_with_another_key_is_a_dead_letter(support: Support) -> None:
    async with support.service.database.transaction() as session:
        with pytest.raises(Permanent, match="no pledge id"):
            await projection().forget(session, "veridia")


async def test_a_rebuilt_projection_equals_the_one_that_lived_and_tells_nothing(support: Support, pledge: UUID) -> None:
    async def life() -> None:
        await support.hears(pledge)
        await support.hears(pledge, "pledge.amended.v1", sequence=2, title="Identity documents for all")

    await life()
    await support.opened(pledge)
    lived, told = await support.service.rows("select * from known_pledge"), await support.events()
    await support.clears()
    await life()
    assert await support.service.rows("select * from known_pledge") == lived
    assert await support.events() == told


async def test_in_a_rebuild_only_the_newest_record_decides(support: Support, pledge: UUID) -> None:
    """What comes again from the topic's beginning is what the pledge was; it was closed since."""
    await support.hears(pledge)
    await support.hears(pledge, "pledge.closed.v1", sequence=2)
    await support.clears()
    waiting = await support.opened(pledge)
    assert waiting["state"] == "pending_pledge"
    await support.hears(pledge)
    assert (await support.read(waiting))["state"] == "pending_pledge"
    await support.hears(pledge, "pledge.closed.v1", sequence=2)
    assert (await support.read(waiting))["refusal"]["code"] == "pledge_closed"


async def test_in_a_rebuild_an_erased_pledge_decides_nothing(support: Support, pledge: UUID) -> None:
    await support.hears(pledge)
    await support.hears_of_no_more(pledge)
    await support.clears()
    waiting = await support.opened(pledge)
    for _ in range(2):  # however often it is rebuilt
        await support.hears(pledge)
        await support.hears_of_no_more(pledge)
    assert (await support.read(waiting))["state"] == "pending_pledge"
    await support.hears(pledge, "pledge.republished.v1", sequence=2)  # it is back
    assert (await support.read(waiting))["state"] == "submitted"


async def test_the_request_comes_while_its_pledge_is_being_learned(support: Support, pledge: UUID) -> None:
    async with support.service.database.transaction() as session:
        await support.handle(session, pledge)
        opening_it = asyncio.create_task(support.opened(pledge))
        await _waits(support, opening_it)
    assert (await opening_it)["state"] == "submitted"
    assert await support.events() == ["support.requested.v1", "request.received.v1"]


async def test_the_pledge_comes_while_its_request_is_being_opened(support: Support, pledge: UUID) -> None:
    async with support.service.database.transaction() as session:
        waiting = await commands.open_request(session, VERIDIA, opening(pledge), support.author, support.moment)
        assert waiting.state == "pending_pledge"
        hearing = asyncio.create_task(support.hears(pledge))
        await _waits(support, hearing)
    await hearing
    assert (await support.read({"request_id": waiting.request_id}))["state"] == "submitted"
    assert await support.events() == ["support.requested.v1", "request.received.v1"]


async def test_a_withdrawal_and_a_decision_at_once(support: Support, pledge: UUID) -> None:
    """Whoever is first: the request ends withdrawn or, had the caller seen the decision, could be."""
    waiting = await support.opened(pledge)
    path = f"/requests/{waiting['request_id']}/withdraw"
    answer, _ = await asyncio.gather(support.post(path, seen=1), support.hears(pledge))
    state = (await support.read(waiting))["state"]
    assert (answer.status_code, state) in {(200, "withdrawn"), (412, "submitted")}


async def test_however_they_meet_no_request_is_missed(support: Support) -> None:
    pledges = [uuid7() for _ in range(20)]
    chance = random.Random(77)  # noqa: S311 - an order, no secret

    async def meet(pledge: UUID) -> None:
        both: list[Any] = [support.opened(pledge), support.hears(pledge)]
        chance.shuffle(both)
        await asyncio.gather(*both)

    await asyncio.gather(*(meet(pledge) for pledge in pledges))
    requests = (await support.get("/requests?limit=100", STAFF)).json()["items"]
    assert [request["state"] for request in requests] == ["submitted"] * len(pledges)
    assert sorted(map(str, await support.events())) == sorted(["support.requested.v1", "request.received.v1"] * 20)


async def _waits(support: Support, task: "asyncio.Task[Any]") -> None:
    """Until the task's transaction stands before the lock that another one holds."""
    query = """
        select 1 from pg_locks where locktype = 'advisory' and not granted
        and database = (select oid from pg_database where datname = current_database())
    """
    async with asyncio.timeout(10):
        while not await support.service.rows(query):
            assert not task.done(), "it did not wait"
