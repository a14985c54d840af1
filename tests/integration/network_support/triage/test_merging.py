"""Requests that are the same one: suggested with reasons, merged after a look at what that does, and taken apart."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from tests.integration.network_support.support import OTHER, REVIEWER, STAFF, Support
from tests.integration.network_support.triage.desk import Desk
from tests.support.tokens import bearer

BECAUSE = "sent twice: by form and by mail"


@pytest.fixture
async def two(desk: Desk, pledge: UUID) -> list[dict[str, Any]]:
    await desk.support.hears(pledge)
    return [await desk.support.opened(pledge) for _ in range(2)]


async def merge(
    support: Support, merged: dict[str, Any], into: dict[str, Any] | str, seen: int = 1, **changed: Any
) -> Any:
    into_id = into if isinstance(into, str) else into["request_id"]
    body = {"into": into_id, "reason": BECAUSE, **changed}
    return await support.post(f"/requests/{merged['request_id']}/merge", body, STAFF, seen)


async def unmerge(support: Support, merged: dict[str, Any], seen: int) -> Any:
    return await support.post(f"/requests/{merged['request_id']}/unmerge", {"reason": "they differ"}, STAFF, seen)


async def test_a_request_is_merged_and_the_merge_is_undone(desk: Desk, two: list[dict[str, Any]]) -> None:
    one, other = two
    await desk.support.post(f"/requests/{one['request_id']}/acknowledge", headers=STAFF, seen=1)
    answer = await merge(desk.support, one, other, seen=2)
    assert (answer.status_code, answer.json()["state"], answer.headers["etag"]) == (200, "merged", '"3"')
    assert await desk.ids("/queues/all") == [other["request_id"]]
    [line] = (await desk.get(f"/requests/{other['request_id']}/merged"))["items"]
    assert (line["request_id"], line["reason"], line["state_before"]) == (one["request_id"], BECAUSE, "acknowledged")
    undone = await unmerge(desk.support, one, seen=3)
    assert (undone.status_code, undone.json()["state"]) == (200, "acknowledged")
    assert sorted(await desk.ids("/queues/all")) == sorted(request["request_id"] for request in two)
    assert (await desk.get(f"/requests/{other['request_id']}/merged"))["items"] == []
    steps = await desk.get(f"/requests/{one['request_id']}/history")
    assert [(step["step"], step["state"]) for step in steps["items"]][2:] == [
        ("merged", "merged"),
        ("unmerged", "acknowledged"),
    ]
    assert (await merge(desk.support, one, other, seen=4)).status_code == 200


async def test_a_preview_says_what_would_be_and_does_nothing(desk: Desk, two: list[dict[str, Any]]) -> None:
    one, other = two
    path = f"/requests/{one['request_id']}/merge?into={other['request_id']}"
    seen = await desk.get(path)
    assert (seen["possible"], seen["problem"], seen["comes_along"]) == (True, None, [])
    assert (seen["into"]["score"], seen["into"]["request_id"]) == (100, other["request_id"])
    assert [why["code"] for why in seen["into"]["reasons"]] == ["same_entity", "same_pledge", "same_type", "same_text"]
    assert (await desk.support.read(one))["state"] == "submitted"
    await merge(desk.support, one, other)
    assert (await desk.get(path))["possible"] is False
    back = f"/requests/{other['request_id']}/merge?into={one['request_id']}"
    seen = await desk.get(back)
    assert (seen["possible"], other["request_id"] in seen["problem"]) == (False, True)
    assert seen["comes_along"] == [one["request_id"]]


async def test_a_circle_is_refused(desk: Desk, two: list[dict[str, Any]]) -> None:
    one, other = two
    third = await desk.support.opened(UUID(one["pledge_id"]))
    assert (await merge(desk.support, one, other)).status_code == 200
    refused = await merge(desk.support, other, one)
    assert (refused.status_code, other["request_id"] in refused.json()["detail"]) == (409, True)
    assert (await merge(desk.support, other, third)).status_code == 200
    assert (await merge(desk.support, third, one)).status_code == 409
    assert (await merge(desk.support, third, other)).status_code == 409
    assert (await desk.support.read(third))["state"] == "submitted"


async def test_of_two_that_are_merged_into_each_other_at_once_one_stays(desk: Desk, two: list[dict[str, Any]]) -> None:
    one, other = two
    answers = await asyncio.gather(merge(desk.support, one, other), merge(desk.support, other, one))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert sorted([(await desk.support.read(request))["state"] for request in two]) == ["merged", "submitted"]


async def test_two_officers_who_merge_at_once_do_it_once(desk: Desk, two: list[dict[str, Any]]) -> None:
    answers = await asyncio.gather(*(merge(desk.support, two[0], two[1]) for _ in "ab"))
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    [line] = (await desk.get(f"/requests/{two[1]['request_id']}/merged"))["items"]
    assert line["request_id"] == two[0]["request_id"]


async def test_only_an_open_request_of_the_same_entity_takes_another_up(desk: Desk, two: list[dict[str, Any]]) -> None:
    one, other = two
    foreign = uuid7()
    await desk.support.hears(foreign, entity="sorvenia")
    theirs = await desk.support.opened(foreign, bearer(OTHER), entity_id="sorvenia")
    for into in (one["request_id"], theirs["request_id"], str(uuid7())):
        answer = await merge(desk.support, one, into)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "into")
    await desk.support.post(f"/requests/{other['request_id']}/withdraw", seen=1)
    assert (await merge(desk.support, one, other)).status_code == 409
    assert (await merge(desk.support, other, one, seen=2)).status_code == 409
    assert (await merge(desk.support, one, other, reason=" ")).status_code == 422
    assert (await unmerge(desk.support, one, seen=1)).status_code == 409


async def test_merging_is_for_staff_alone(desk: Desk, two: list[dict[str, Any]]) -> None:
    path = f"/requests/{two[0]['request_id']}"
    for headers in (bearer("amina"), REVIEWER, bearer("machine", "service")):
        for read in (f"{path}/duplicates", f"{path}/merged", f"{path}/merge?into={two[1]['request_id']}"):
            assert (await desk.support.get(read, headers)).status_code == 403
        body = {"into": two[1]["request_id"], "reason": "no"}
        assert (await desk.support.post(f"{path}/merge", body, headers, 1)).status_code == 403
        assert (await desk.support.post(f"{path}/unmerge", {"reason": "no"}, headers, 1)).status_code == 403


async def test_what_may_be_the_same_is_suggested_with_reasons(desk: Desk, two: list[dict[str, Any]]) -> None:
    one, other = two
    pledge = UUID(one["pledge_id"])
    translated = await desk.support.opened(pledge, language="fr", text="Comment font les autres ?")
    await desk.support.opened(pledge, type="fund_proposal", text="We look for money for a new ship of the coast guard")
    elsewhere = uuid7()
    await desk.support.hears(elsewhere, entity="sorvenia")
    await desk.support.opened(elsewhere, bearer(OTHER), entity_id="sorvenia")
    found = (await desk.get(f"/requests/{one['request_id']}/duplicates"))["items"]
    assert [(line["request_id"], line["score"]) for line in found] == [
        (other["request_id"], 100),
        (translated["request_id"], 60),
    ]
    assert "same pledge" in " ".join(why["says"] for why in found[0]["reasons"])
    assert found[1]["reasons"][-1]["parameters"] == {"language": "fr"}
    await merge(desk.support, other, one)
    left = (await desk.get(f"/requests/{one['request_id']}/duplicates"))["items"]
    assert [line["request_id"] for line in left] == [translated["request_id"]]
