"""The last of an offer's capacity, when many want it at once; on a real database."""

import asyncio
from collections import Counter

import pytest
from sqlalchemy import text

from tests.integration.network_support.offering import (
    edited,
    in_matching,
    match,
    matched,
    matches,
    offered,
    propose,
    release,
    used,
)
from tests.integration.network_support.support import STAFF, Support

MANY = 12


async def test_of_many_at_once_only_as_many_have_it_as_there_is_left(support: Support) -> None:
    offer = await offered(support, capacity=3)
    requests = [await in_matching(support, offer) for _ in range(MANY)]
    answers = await asyncio.gather(*(match(support, each, offer) for each in requests))
    assert Counter(answer.status_code for answer in answers) == {200: 3, 409: MANY - 3}
    assert {answer.json()["offer_id"] for answer in answers if answer.status_code == 409} == {offer["offer_id"]}
    assert await used(support, offer) == 3
    states = Counter([(await support.read(each))["state"] for each in requests])
    assert states == {"matched": 3, "matching": MANY - 3}


async def test_several_offers_in_any_order_end_in_no_deadlock(support: Support) -> None:
    offers = [await offered(support, title=f"Offer {number}", capacity=MANY // 2) for number in range(4)]
    requests = [await in_matching(support, offers[0]) for _ in range(MANY)]
    turned = [offers if number % 2 else offers[::-1] for number in range(MANY)]
    answers = await asyncio.gather(
        *(match(support, each, *order) for each, order in zip(requests, turned, strict=True))
    )
    assert Counter(answer.status_code for answer in answers) == {200: MANY // 2, 409: MANY // 2}
    assert [await used(support, each) for each in offers] == [MANY // 2] * 4


async def test_two_officers_who_match_one_request_match_it_once(support: Support) -> None:
    one, other = await offered(support), await offered(support, title="A practice")
    request = await in_matching(support, one, other)
    answers = await asyncio.gather(match(support, request, one), match(support, request, other))
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    assert sum([await used(support, each) for each in (one, other)]) == 1


async def test_two_who_propose_the_same_propose_it_once(support: Support) -> None:
    offer = await offered(support)
    request = await in_matching(support, await offered(support))
    answers = await asyncio.gather(*(propose(support, request, offer) for _ in range(4)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 3}


async def test_what_is_released_twice_comes_back_once(support: Support) -> None:
    offer = await offered(support, capacity=2)
    request = await matched(support, offer)
    await matched(support, offer)
    [found] = await matches(support, request)
    answers = await asyncio.gather(*(release(support, request, found["match_id"]) for _ in range(4)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 3}
    assert await used(support, offer) == 1


async def test_while_some_let_go_others_take_and_the_count_is_right(support: Support) -> None:
    offer = await offered(support, capacity=4)
    holders = [await matched(support, offer) for _ in range(4)]
    waiting = [await in_matching(support, await offered(support, title="Another")) for _ in range(6)]
    ids = [(await matches(support, each))[0]["match_id"] for each in holders]
    answers = await asyncio.gather(
        *(release(support, each, found) for each, found in zip(holders, ids, strict=True)),
        *(match(support, each, offer) for each in waiting),
    )
    taken = Counter(answer.status_code for answer in answers[4:])
    assert [answer.status_code for answer in answers[:4]] == [200] * 4
    assert await used(support, offer) == taken[200] <= 4


async def test_the_capacity_is_never_made_less_than_what_is_used(support: Support) -> None:
    offer = await offered(support, capacity=3)
    for _ in range(2):
        await matched(support, offer)
    refused = await edited(support, offer, capacity=1)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "capacity")
    assert (await edited(support, offer, capacity=2)).json()["availability"] == "full"


async def test_a_match_and_a_smaller_capacity_at_once_leave_no_more_used_than_there_is(support: Support) -> None:
    offer = await offered(support, capacity=2)
    await matched(support, offer)
    request = await in_matching(support, offer)
    await asyncio.gather(match(support, request, offer), edited(support, offer, capacity=1))
    [row] = await support.service.rows("select capacity, used from offer where offer_id = :id", id=offer["offer_id"])
    assert row["used"] <= row["capacity"]


async def test_the_table_itself_holds_the_limit(support: Support) -> None:
    offer = await offered(support, capacity=1)
    for statement in ("update offer set used = 2", "update offer set used = -1"):
        with pytest.raises(Exception, match="violates check constraint"):
            async with support.service.database.transaction() as session:
                await session.execute(text(statement))
    assert await used(support, offer) == 0


async def test_an_offer_that_is_withdrawn_at_that_moment_is_matched_or_not_but_never_half(support: Support) -> None:
    offer = await offered(support)
    request = await in_matching(support, offer)
    path = f"/offers/{offer['offer_id']}/withdraw"
    answers = await asyncio.gather(
        match(support, request, offer), support.post(path, {}, STAFF, seen=offer["revision"])
    )
    assert answers[1].status_code == 200
    assert await used(support, offer) == (1 if answers[0].status_code == 200 else 0)
