"""Suggestions over the database: what is looked for, what is known of who asks, and that nothing happens by itself."""

from datetime import UTC, datetime
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from tests.integration.network_support.offering import (
    GIVER,
    accepted,
    hears_of_entity,
    matched,
    offered,
    step,
    used,
)
from tests.integration.network_support.support import OTHER, REVIEWER, STAFF, Support

EACH = {"objectives", "type", "region", "theme", "language", "pledge", "validity", "capacity", "conflict"}


async def suggested(support: Support, request: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await support.get(f"/requests/{request['request_id']}/suggestions", STAFF)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def codes(one: dict[str, Any]) -> dict[str, str]:
    return {reason["criterion"]: reason["code"] for reason in one["reasons"]}


async def test_offers_are_ranked_with_a_reason_for_each_criterion(support: Support) -> None:
    await hears_of_entity(support, "veridia", "region_africa", "ldc")
    similar = uuid7()
    await support.hears(similar, entity="sorvenia", title="Identity documents", objectives=["objective-4"])
    request = await accepted(support, title="Identity documents at consulates", objectives=["objective-4"])
    other = await offered(support, objectives=["objective-9"], places=["CHE"], languages=["ru"])
    best = (await step(support, await offered(support, GIVER), "accept")).json()
    found = await suggested(support, request)
    assert [one["offer"]["offer_id"] for one in found] == [best["offer_id"], other["offer_id"]]
    assert [{reason["criterion"] for reason in one["reasons"]} for one in found] == [EACH, EACH]
    assert codes(found[0]) == {
        "objectives": "objectives_shared",
        "type": "type_named",
        "region": "region_shared",
        "theme": "theme_shared",
        "language": "language_shared",
        "pledge": "pledge_alike",
        "validity": "validity_until",
        "capacity": "capacity_left",
        "conflict": "conflict_none",
    }
    [alike] = [reason for reason in found[0]["reasons"] if reason["criterion"] == "pledge"]
    assert (alike["pledge_id"], alike["values"][0]) == (str(similar), "Identity documents")
    assert found[0]["points"] == pytest.approx(sum(reason["points"] for reason in found[0]["reasons"]))
    assert found[0]["of"] == 100


async def test_nothing_is_matched_by_itself(support: Support) -> None:
    offer = await offered(support)
    request = await accepted(support)
    await suggested(support, request)
    assert await used(support, offer) == 0
    assert (await support.read(request))["state"] == "accepted"
    assert (await support.get(f"/requests/{request['request_id']}/matches", STAFF)).json()["items"] == []


async def test_only_what_can_be_matched_is_suggested(support: Support) -> None:
    full = await offered(support, capacity=1)
    await matched(support, full)
    await offered(support, valid_from="2024-10-01")
    await offered(support, valid_from=None, valid_until="2024-09-01")
    await offered(support, GIVER)
    gone = await offered(support)
    await step(support, gone, "withdraw", body={})
    request = await accepted(support)
    assert await suggested(support, request) == []
    support.service.set_clock(datetime(2024, 10, 1, tzinfo=UTC))
    assert len(await suggested(support, request)) == 1


async def test_a_conflict_with_who_asks_is_shown_and_its_own_offer_is_not(support: Support) -> None:
    await offered(support, conflicts="Advises Veridia.", conflicts_with=["veridia"])
    support.people.roles[OTHER] = {"veridia": "focal_point"}
    own = await offered(support, GIVER, entity_id="veridia")
    await step(support, own, "accept")
    [one] = await suggested(support, await accepted(support))
    assert (one["conflict"], codes(one)["conflict"]) == (True, "conflict_with_requester")


async def test_groups_count_as_they_are_on_that_day(support: Support) -> None:
    await hears_of_entity(support, "veridia", "ldc", country="MLI")
    await offered(support, places=["MLI"])
    await offered(support, places=["sids"])
    found = await suggested(support, await accepted(support))
    assert [codes(one)["region"] for one in found] == ["region_shared", "region_other"]


async def test_while_neither_pledge_nor_entity_is_known_there_are_still_suggestions(support: Support) -> None:
    await offered(support)
    request = await accepted(support)
    await support.clears()
    [one] = await suggested(support, request)
    assert (codes(one)["objectives"], codes(one)["region"]) == ("objectives_unnamed", "region_other")


async def test_reviewers_look_on(support: Support) -> None:
    request = await accepted(support)
    assert (await support.get(f"/requests/{request['request_id']}/suggestions", REVIEWER)).status_code == 200
