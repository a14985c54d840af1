"""Lists, single requests and their history: what is shown, and to whom."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from uuid_utils.compat import uuid7

from services.network_support.memberships import KEPT, Memberships
from shared.web import pagination
from tests.integration.network_support.support import (
    ADMIN,
    DELEGATE,
    FOCAL_POINT,
    OTHER,
    REVIEWER,
    STAFF,
    VIEWER,
    Support,
)
from tests.support.tokens import bearer

READERS = [bearer(FOCAL_POINT), bearer(DELEGATE), bearer(VIEWER), STAFF, REVIEWER, ADMIN]


@pytest.fixture
async def asked(support: Support, pledge: UUID) -> dict[str, Any]:
    return await support.opened(pledge)


@pytest.mark.parametrize("headers", READERS)
async def test_its_entity_staff_and_reviewers_read_it(
    support: Support, asked: dict[str, Any], headers: dict[str, str]
) -> None:
    answer = await support.get(f"/requests/{asked['request_id']}", headers)
    assert (answer.status_code, answer.headers["etag"], answer.json()) == (200, '"1"', asked)
    assert (await support.get(f"/requests/{asked['request_id']}/history", headers)).status_code == 200


@pytest.mark.parametrize("headers", [bearer(OTHER), bearer("nobody"), bearer("machine", "service")])
@pytest.mark.parametrize("path", ["/requests/{}", "/requests/{}/history"])
async def test_to_others_it_does_not_exist(
    support: Support, asked: dict[str, Any], headers: dict[str, str], path: str
) -> None:
    theirs = await support.get(path.format(asked["request_id"]), headers)
    nobodys = await support.get(path.format(uuid7()), headers)
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content


@pytest.mark.parametrize("path", ["/requests", "/me/requests", "/requests/{}", "/requests/{}/history"])
async def test_nobody_reads_without_a_token(support: Support, asked: dict[str, Any], path: str) -> None:
    assert (await support.service.client.get(path.format(asked["request_id"]))).status_code == 401


@pytest.mark.parametrize("headers", [bearer(FOCAL_POINT), bearer(OTHER), bearer("machine", "service")])
async def test_the_whole_list_is_for_staff_and_reviewers(support: Support, headers: dict[str, str]) -> None:
    assert (await support.get("/requests", headers)).status_code == 403


async def test_a_membership_that_ended_is_refused_within_a_minute(support: Support, asked: dict[str, Any]) -> None:
    app, time = support.service.app, [1000.0]
    app.state.memberships = Memberships("http://pledges", app.state.parts.http, now=lambda: time[0])
    path = f"/requests/{asked['request_id']}"
    assert (await support.get(path)).status_code == 200
    support.people.roles[FOCAL_POINT] = {}
    time[0] += KEPT
    assert (await support.get(path)).status_code == 404
    assert (await support.post(f"{path}/withdraw", seen=1)).status_code == 404


async def test_history_tells_steps_by_role(support: Support, pledge: UUID, asked: dict[str, Any]) -> None:
    await support.hears(pledge)
    await support.post(f"/requests/{asked['request_id']}/acknowledge", headers=STAFF, seen=2)
    await support.post(f"/requests/{asked['request_id']}/withdraw", seen=3)
    answer = await support.get(f"/requests/{asked['request_id']}/history")
    assert [(line["revision"], line["step"], line["state"], line["by"]) for line in answer.json()["items"]] == [
        (1, "opened", "pending_pledge", "entity"),
        (2, "decided", "submitted", "system"),
        (3, "acknowledged", "acknowledged", "network_staff"),
        (4, "withdrawn", "withdrawn", "entity"),
    ]
    assert not {FOCAL_POINT, "nora"} & set(answer.text.split('"'))
    rows = await support.service.rows("select person from request_history order by revision")
    assert [row["person"] for row in rows] == [FOCAL_POINT, None, "nora", FOCAL_POINT]


@pytest.mark.parametrize("statement", ["update request_history set state = 'submitted'", "delete from request_history"])
async def test_history_cannot_be_changed(support: Support, asked: dict[str, Any], statement: str) -> None:
    assert asked
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with support.service.database.transaction() as session:
            await session.execute(text(statement))


async def test_a_request_cannot_be_deleted(support: Support) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with support.service.database.transaction() as session:
            await session.execute(text("delete from support_request"))


async def test_ones_own_list_shows_ones_own_entities(support: Support) -> None:
    ours = await support.opened(uuid7())
    theirs = await support.opened(uuid7(), bearer(OTHER), entity_id="sorvenia")
    assert (await support.get("/me/requests", bearer(VIEWER))).json() == {"items": [ours], "next": None}
    assert (await support.get("/me/requests", bearer(OTHER))).json()["items"] == [theirs]
    assert (await support.get("/me/requests", STAFF)).json()["items"] == []
    assert (await support.get("/me/requests?entity=veridia", bearer(OTHER))).json()["items"] == []


async def test_staff_narrow_the_list(support: Support) -> None:
    known, unknown = uuid7(), uuid7()
    await support.hears(known)
    first = await support.opened(known)
    second = await support.opened(unknown, type="fund_proposal")
    third = await support.opened(unknown, bearer(OTHER), entity_id="sorvenia")

    async def listed(query: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await support.get(f"/requests{query}", STAFF)).json()["items"]
        return items

    assert await listed("") == [third, second, first]
    assert await listed("?state=submitted") == [first]
    assert await listed("?entity=veridia") == [second, first]
    assert await listed(f"?pledge={unknown}") == [third, second]
    assert await listed("?type=knowledge_exchange&state=pending_pledge") == [third]


async def test_pages_follow_each_other(support: Support) -> None:
    made = [(await support.opened(uuid7()))["request_id"] for _ in range(5)]
    seen, path = [], "/requests?limit=2&entity=veridia"
    while path:
        answer = await support.get(path, STAFF)
        seen += [item["request_id"] for item in answer.json()["items"]]
        assert (answer.json()["next"] is None) == ("link" not in answer.headers)
        path = answer.links.get("next", {}).get("url", "")
    assert seen == made[::-1]


async def test_a_request_that_comes_meanwhile_moves_no_page(support: Support) -> None:
    made = [(await support.opened(uuid7()))["request_id"] for _ in range(4)]
    first = (await support.get("/me/requests?limit=2")).json()
    await support.opened(uuid7())
    second = (await support.get(f"/me/requests?limit=2&cursor={first['next']}")).json()
    assert [item["request_id"] for item in second["items"]] == made[1::-1]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("cursor=AAAA", "cursor"),
        ("cursor=%F0%9F%99%82", "cursor"),
        ("state=lost", "state"),
        ("type=a+miracle", "type"),
        ("pledge=the-first", "pledge"),
        ("entity=..%2F", "entity"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
    ],
)
async def test_a_bad_query_is_named(support: Support, query: str, field: str) -> None:
    answer = await support.get(f"/requests?{query}", STAFF)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert [fault["field"] for fault in answer.json()["errors"]] == [field]


async def test_a_cursor_fits_only_its_list(support: Support) -> None:
    for _ in range(2):
        await support.opened(uuid7())
    cursor = (await support.get("/requests?limit=1", STAFF)).json()["next"]
    changed = ("B" if cursor[0] == "A" else "A") + cursor[1:]
    for path in (
        f"/requests?cursor={changed}",
        f"/requests?state=submitted&cursor={cursor}",
        f"/me/requests?cursor={cursor}",
    ):
        answer = await support.get(path, STAFF)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "cursor")


@pytest.mark.parametrize("position", [[], ["no id"], [{"a": 1}]])
async def test_a_cursor_that_was_made_up_is_refused(support: Support, position: list[Any]) -> None:
    cursor = pagination.encode(position, "requests, all: True, []")
    assert (await support.get(f"/requests?cursor={cursor}", STAFF)).status_code == 422


async def test_nul_in_an_address_is_refused(support: Support) -> None:
    assert (await support.get("/requests?entity=veridia%00", STAFF)).status_code == 400
    assert (await support.get("/requests/%00", STAFF)).status_code == 400
