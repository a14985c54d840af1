"""Offers: who may make and change them, what staff check, and what is refused."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from tests.integration.network_support.offering import CONTENT, GIVER, edited, offered, step
from tests.integration.network_support.support import FOCAL_POINT, REVIEWER, STAFF, VIEWER, Support
from tests.support.tokens import bearer


async def test_staff_record_an_offer_that_is_open_at_once(support: Support) -> None:
    answer = await support.post("/offers", CONTENT | {"provider": "Registry of Kalmora"}, STAFF)
    offer = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    assert answer.headers["location"] == f"/offers/{offer['offer_id']}"
    assert {name: offer[name] for name in CONTENT} == CONTENT | {"provider": "Registry of Kalmora"}
    assert (offer["state"], offer["availability"], offer["used"], offer["entity_id"]) == ("open", "available", 0, None)


@pytest.mark.parametrize("kind", ["expert", "practice", "fund_theme", "country_network", "state"])
async def test_an_entity_offers_for_itself_and_staff_check_it(support: Support, kind: str) -> None:
    offer = await offered(support, GIVER, kind=kind)
    assert (offer["state"], offer["availability"], offer["entity_id"]) == ("submitted", "not_checked", "sorvenia")
    checked = (await step(support, offer, "accept")).json()
    assert (checked["state"], checked["availability"], checked["revision"]) == ("open", "available", 2)


async def test_staff_say_what_is_missing_and_it_comes_back(support: Support) -> None:
    offer = await offered(support, GIVER)
    returned = (await step(support, offer, "return", body={"reason": "In which months?"})).json()
    assert (returned["state"], returned["returned"]) == ("changes_requested", "In which months?")
    again = (await edited(support, returned, GIVER, text="In May and June.")).json()
    assert (again["state"], again["returned"], again["text"]) == ("submitted", None, "In May and June.")
    history = (await support.get(f"/offers/{offer['offer_id']}/history", GIVER)).json()["items"]
    assert [(line["step"], line["state"], line["by"], line["reason"]) for line in history] == [
        ("made", "submitted", "entity", None),
        ("returned", "changes_requested", "network_staff", "In which months?"),
        ("edited", "submitted", "entity", None),
    ]
    assert history[2]["fields"] == ["text"]
    assert [line["content"]["text"] for line in history] == [CONTENT["text"], CONTENT["text"], "In May and June."]


async def test_what_an_entity_changes_is_checked_again_and_what_staff_change_is_not(support: Support) -> None:
    offer = (await step(support, await offered(support, GIVER), "accept")).json()
    by_staff = (await edited(support, offer, title="Experts")).json()
    assert (by_staff["state"], by_staff["title"]) == ("open", "Experts")
    assert (await edited(support, by_staff, GIVER, title="Two experts")).json()["state"] == "submitted"


async def test_two_who_change_it_at_once_do_not_overwrite_each_other(support: Support) -> None:
    offer = await offered(support)
    assert (await edited(support, offer, title="One")).status_code == 200
    second = await edited(support, offer, title="Other")
    assert (second.status_code, second.json()["type"].rpartition("/")[2]) == (412, "stale-revision")
    bare = await support.service.client.put(f"/offers/{offer['offer_id']}", json=CONTENT, headers=STAFF)
    assert bare.status_code == 428


async def test_an_offer_is_withdrawn_and_that_can_be_undone(support: Support) -> None:
    offer = (await step(support, await offered(support, GIVER), "accept")).json()
    gone = (await step(support, offer, "withdraw", GIVER, {"reason": "They left."})).json()
    assert (gone["state"], gone["availability"]) == ("withdrawn", "withdrawn")
    refused = await edited(support, gone, GIVER)
    assert (refused.status_code, refused.json()["allowed"]) == (409, ["restored"])
    assert (await step(support, gone, "restore", GIVER)).json()["state"] == "submitted"


async def test_what_staff_restore_is_open(support: Support) -> None:
    gone = (await step(support, await offered(support), "withdraw", body={})).json()
    assert (await step(support, gone, "restore")).json()["state"] == "open"


@pytest.mark.parametrize(
    ("now", "availability"),
    [
        ("2024-07-31T23:59", "not_yet"),
        ("2024-08-01T00:00", "available"),
        ("2025-07-31T23:59", "available"),
        ("2025-08-01T00:00", "expired"),
    ],
)
async def test_it_is_valid_from_the_first_day_to_the_last_by_business_time(
    support: Support, now: str, availability: str
) -> None:
    offer = await offered(support)
    support.service.set_clock(datetime.fromisoformat(now).replace(tzinfo=UTC))
    found = (await support.get(f"/offers/{offer['offer_id']}", STAFF)).json()
    assert found["availability"] == availability
    listed = (await support.get("/offers?matchable=yes", STAFF)).json()["items"]
    assert [one["offer_id"] for one in listed] == ([offer["offer_id"]] if availability == "available" else [])


@pytest.mark.parametrize(
    ("headers", "status"), [(bearer(VIEWER), 403), (bearer(FOCAL_POINT), 403), (REVIEWER, 403), (bearer("x"), 403)]
)
async def test_nobody_else_offers_for_an_entity(support: Support, headers: dict[str, str], status: int) -> None:
    answer = await support.post("/offers", CONTENT | {"entity_id": "sorvenia"}, headers)
    assert answer.status_code == status
    assert (await support.get("/offers", STAFF)).json()["items"] == []


async def test_only_staff_record_an_offer_of_nobody_and_they_act_for_no_entity(support: Support) -> None:
    assert (await support.post("/offers", CONTENT, GIVER)).status_code == 403
    answer = await support.post("/offers", CONTENT | {"entity_id": "sorvenia"}, STAFF)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "entity_id")


async def test_an_offer_is_shown_to_its_people_and_to_staff_alone(support: Support) -> None:
    offer = await offered(support, GIVER)
    path = f"/offers/{offer['offer_id']}"
    for headers, status in (
        (GIVER, 200),
        (STAFF, 200),
        (REVIEWER, 200),
        (bearer(FOCAL_POINT), 404),
        (bearer("x"), 404),
    ):
        assert (await support.get(path, headers)).status_code == status
        assert (await support.get(f"{path}/history", headers)).status_code == status
    mine = [(await support.get("/me/offers", headers)).json()["items"] for headers in (GIVER, bearer(FOCAL_POINT))]
    assert [[one["offer_id"] for one in items] for items in mine] == [[offer["offer_id"]], []]
    assert (await support.get("/offers", GIVER)).status_code == 403


@pytest.mark.parametrize("name", ["withdraw", "restore"])
async def test_nobody_else_changes_it(support: Support, name: str) -> None:
    offer = await offered(support, GIVER)
    assert (await step(support, offer, name, bearer(FOCAL_POINT), {})).status_code == 404
    assert (await edited(support, offer, bearer(FOCAL_POINT))).status_code == 404
    assert (await step(support, offer, "accept", GIVER)).status_code == 403


async def test_staff_filter_the_list(support: Support) -> None:
    expert = await offered(support)
    fund = await offered(support, kind="fund_theme", objectives=["objective-9"], types=["fund_proposal"])
    all_of_them = await offered(support, GIVER, kind="practice", objectives=[], types=[])
    for query, found in (
        ("kind=expert", [expert]),
        ("state=submitted", [all_of_them]),
        ("entity=sorvenia", [all_of_them]),
        ("objective=objective-9", [all_of_them, fund]),
        ("type=knowledge_exchange", [all_of_them, expert]),
        ("limit=1", [all_of_them]),
    ):
        items = (await support.get(f"/offers?{query}", STAFF)).json()["items"]
        assert [one["offer_id"] for one in items] == [one["offer_id"] for one in found], query
    second = await support.get((await support.get("/offers?limit=2", STAFF)).links["next"]["url"], STAFF)
    assert [one["offer_id"] for one in second.json()["items"]] == [expert["offer_id"]]
    assert (await support.get("/offers?objective=objective-99", STAFF)).status_code == 422


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "money"}, "kind"),
        ({"title": " "}, "title"),
        ({"title": "a\nb"}, "title"),
        ({"text": " \n"}, "text"),
        ({"text": "x" * 20_001}, "text"),
        ({"text": "\x00"}, "text"),
        ({"language": "English"}, "language"),
        ({"languages": []}, "languages"),
        ({"languages": ["e"]}, "languages.0"),
        ({"places": ["region_atlantis"]}, "places.0"),
        ({"objectives": ["objective-4", "objective-24"]}, "objectives.1"),
        ({"types": ["money"]}, "types.0"),
        ({"kind": "pledge"}, "pledge_id"),
        ({"pledge_id": str(uuid7())}, "pledge_id"),
        ({"pledge_id": "this one"}, "pledge_id"),
        ({"valid_from": "tomorrow"}, "valid_from"),
        ({"valid_from": 1725148800}, "valid_from"),
        ({"valid_until": "2024-07-31"}, "valid_until"),
        ({"valid_until": "2024-02-30"}, "valid_until"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": 1.5}, "capacity"),
        ({"capacity": "2"}, "capacity"),
        ({"capacity": 2**40}, "capacity"),
        ({"conflicts_with": ["Not An Id"]}, "conflicts_with.0"),
        ({"contact": "amina@example.org"}, "contact"),
    ],
)
async def test_what_is_wrong_is_named(support: Support, changed: dict[str, Any], field: str) -> None:
    answer = await support.post("/offers", CONTENT | changed, STAFF)
    assert (answer.status_code, [fault["field"] for fault in answer.json()["errors"]]) == (422, [field])
    assert all(fault["remedy"] for fault in answer.json()["errors"])
    assert (await support.get("/offers", STAFF)).json()["items"] == []


async def test_a_pledge_can_be_offered_once_it_is_public(support: Support, pledge: UUID) -> None:
    await support.hears(pledge, entity="sorvenia")
    offer = await offered(support, GIVER, kind="pledge", pledge_id=str(pledge))
    assert (offer["kind"], offer["pledge_id"]) == ("pledge", str(pledge))


async def test_codes_that_are_named_twice_count_once(support: Support) -> None:
    offer = await offered(support, languages=["fr", "en", "fr"], objectives=["objective-4"] * 2)
    assert (offer["languages"], offer["objectives"]) == (["fr", "en"], ["objective-4"])


async def test_the_same_offer_sent_twice_is_one(support: Support) -> None:
    headers = STAFF | {"Idempotency-Key": "the same"}
    first, second = [await support.service.client.post("/offers", json=CONTENT, headers=headers) for _ in range(2)]
    assert first.json() == second.json()
    assert len((await support.get("/offers", STAFF)).json()["items"]) == 1


async def test_history_cannot_be_changed_and_nothing_is_deleted(support: Support) -> None:
    await offered(support)
    for statement in ("update offer_history set step = 'x'", "delete from offer_history", "delete from offer"):
        with pytest.raises(Exception, match="permission denied"):
            async with support.service.database.transaction() as session:
                await session.execute(text(statement))


async def test_staff_and_focal_points_are_told_of_an_entitys_offer_and_of_no_other(support: Support) -> None:
    recorded = await offered(support)
    await edited(support, recorded, title="Experts")
    assert await support.events() == []
    offer = await offered(support, GIVER)
    returned = (await step(support, offer, "return", body={"reason": "When?"})).json()
    again = (await edited(support, returned, GIVER)).json()
    accepted = (await step(support, again, "accept")).json()
    await step(support, accepted, "withdraw", body={})
    told = [(row.type, row.topic, row.key) for row in await support.service.outbox()]
    assert [type_ for type_, _, _ in told] == [
        "offer.submitted.v1",
        "offer.returned.v1",
        "offer.submitted.v1",
        "offer.accepted.v1",
    ]
    assert {(topic, key) for _, topic, key in told} == {("gcm.support.workflow", offer["offer_id"])}
    assert "When?" not in str([row.data for row in await support.service.outbox()])
