"""Proposing, matching and letting go: the request's life, the reply, conflicts of interest, and who sees what."""

from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from services.network_support.offers import capacity
from services.network_support.requests import commands
from tests.integration.network_support.offering import (
    GIVER,
    accepted,
    hears_of_entity,
    in_matching,
    match,
    matched,
    matches,
    offered,
    propose,
    release,
    step,
    used,
)
from tests.integration.network_support.support import FOCAL_POINT, OTHER, REVIEWER, STAFF, VIEWER, Support
from tests.support.tokens import bearer


async def steps(support: Support, request: dict[str, Any]) -> list[tuple[str, str]]:
    items = (await support.get(f"/requests/{request['request_id']}/history", STAFF)).json()["items"]
    return [(line["step"], line["state"]) for line in items]


async def test_with_the_first_proposal_matching_begins(support: Support) -> None:
    request = await accepted(support)
    one, other = await offered(support), await offered(support, title="A practice")
    answer = await propose(support, request, one, note="Ask about May.")
    assert answer.status_code == 201
    [only] = answer.json()["items"]
    assert (only["state"], only["offer_id"], only["note"]) == ("proposed", one["offer_id"], "Ask about May.")
    assert (await propose(support, request, other)).status_code == 201
    assert (await steps(support, request))[-1] == ("matching_begun", "matching")
    assert [await used(support, each) for each in (one, other)] == [0, 0]


async def test_several_offers_are_matched_with_one_reply(support: Support) -> None:
    one, other = await offered(support), await offered(support, title="A practice", capacity=None)
    request = await in_matching(support, one)
    answer = await match(support, request, one, other, reply="Take both.")
    assert (answer.status_code, answer.json()["state"]) == (200, "matched")
    assert answer.headers["etag"] == f'"{request["revision"] + 1}"'
    found = await matches(support, request)
    assert {each["offer_id"]: each["state"] for each in found} == {
        one["offer_id"]: "matched",
        other["offer_id"]: "matched",
    }
    assert [await used(support, each) for each in (one, other)] == [1, 1]
    line = (await support.get(f"/requests/{request['request_id']}/history")).json()["items"][-1]
    assert (line["step"], line["reason"]) == ("matched", None)
    assert line["facts"] == {"offers": [one["offer_id"], other["offer_id"]], "message": 1}
    assert await said(support, request) == [(1, "staff", "Take both.")]
    assert "request.message.v1" not in await support.events()  # the mail about the step tells of it


async def said(support: Support, request: dict[str, Any]) -> list[tuple[int, str, str]]:
    """What the requester reads in the conversation."""
    items = (await support.get(f"/requests/{request['request_id']}/messages")).json()["items"]
    return [(one["number"], one["sender"], one["text"]) for one in items]


async def test_another_offer_joins_a_match_with_a_message_of_its_own(support: Support) -> None:
    one, other = await offered(support), await offered(support, title="A practice")
    request = await matched(support, one)
    answer = await match(support, request, other, reply="And this.")
    assert (answer.status_code, answer.json()["state"]) == (200, "matched")
    assert [each["state"] for each in await matches(support, request)] == ["matched", "matched"]
    assert [await used(support, each) for each in (one, other)] == [1, 1]
    assert (await said(support, request))[1] == (2, "staff", "And this.")
    assert "request.message.v1" in await support.events()
    again = await match(support, answer.json(), other)
    assert (again.status_code, "matched to this request already" in again.json()["detail"]) == (409, True)


async def test_the_public_is_told_that_it_was_matched_and_nothing_of_the_offer(support: Support) -> None:
    await matched(support, await offered(support))
    [public] = [row for row in await support.service.outbox("gcm.support") if row.type == "support.matched.v1"]
    assert public.data["support"]["status"] == "matched"
    assert "expert" not in str(public.data)


async def test_one_match_of_several_is_released_and_with_the_last_it_is_back_in_matching(support: Support) -> None:
    one, other = await offered(support), await offered(support, title="A practice")
    request = await matched(support, one, other)
    first, second = await matches(support, request)
    after = await release(support, request, first["match_id"], "They cannot travel.")
    assert (after.status_code, after.json()["state"]) == (200, "matched")
    assert (await said(support, request))[1] == (2, "staff", "They cannot travel.")
    again = await release(support, after.json(), second["match_id"])
    assert (again.status_code, again.json()["state"]) == (200, "matching")
    assert [await used(support, each) for each in (one, other)] == [0, 0]
    assert [(each["state"], each["reason"]) for each in await matches(support, request)] == [
        ("released", "They cannot travel."),
        ("released", "They cannot travel."),
    ]


async def test_what_was_released_can_be_matched_again(support: Support) -> None:
    offer = await offered(support, capacity=1)
    request = await matched(support, offer)
    [found] = await matches(support, request)
    back = (await release(support, request, found["match_id"])).json()
    assert (await match(support, back, offer)).status_code == 200
    assert [each["state"] for each in await matches(support, request)] == ["released", "matched"]
    assert await used(support, offer) == 1


async def test_a_withdrawn_request_gives_back_what_it_took(support: Support) -> None:
    offer, proposed = await offered(support), await offered(support, title="A practice")
    request = await in_matching(support, offer, proposed)
    request = (await match(support, request, offer)).json()
    path = f"/requests/{request['request_id']}/withdraw"
    assert (await support.post(path, seen=request["revision"])).status_code == 200
    assert await used(support, offer) == 0
    assert [each["state"] for each in await matches(support, request)] == ["released", "dropped"]


async def test_help_that_was_given_is_used_up_also_when_the_request_is_withdrawn_then(support: Support) -> None:
    offer = await offered(support)
    request = await matched(support, offer)
    for name in ("begin-delivery", "deliver"):
        path = f"/requests/{request['request_id']}/{name}"
        request = (await support.post(path, headers=STAFF, seen=request["revision"])).json()
    assert [each["state"] for each in await matches(support, request)] == ["delivered"]
    await support.post(f"/requests/{request['request_id']}/withdraw", seen=request["revision"])
    assert await used(support, offer) == 1


async def test_a_proposal_is_dropped(support: Support) -> None:
    offer = await offered(support)
    request = await in_matching(support, offer)
    [found] = await matches(support, request)
    path = f"/requests/{request['request_id']}/proposals/{found['match_id']}/drop"
    answer = await support.post(path, {"reason": "Too late."}, STAFF)
    assert [(each["state"], each["reason"]) for each in answer.json()["items"]] == [("dropped", "Too late.")]
    assert (await support.post(path, {}, STAFF)).status_code == 409
    assert (await propose(support, request, offer)).status_code == 201


async def test_who_asked_sees_what_was_matched_and_no_word_between_staff(support: Support) -> None:
    offer, only_proposed = await offered(support, conflicts="Sells software."), await offered(support)
    request = await accepted(support)
    for each in (offer, only_proposed):
        await propose(support, request, each, note="secret")
    await match(support, await support.read(request), offer)
    [seen] = await matches(support, request, bearer(FOCAL_POINT))
    assert (seen["title"], seen["conflicts"], seen["note"]) == (offer["title"], "Sells software.", "")
    assert len(await matches(support, request, REVIEWER)) == 2
    path = f"/requests/{request['request_id']}/matches"
    assert (await support.get(path, bearer(VIEWER))).status_code == 200
    assert (await support.get(path, bearer(OTHER))).status_code == 404


@pytest.mark.parametrize("headers", [bearer(FOCAL_POINT), GIVER, REVIEWER, bearer("machine", "service")])
async def test_only_staff_match(support: Support, headers: dict[str, str]) -> None:
    offer = await offered(support)
    request = await in_matching(support, offer)
    [found] = await matches(support, request)
    base, wish = f"/requests/{request['request_id']}", {"offer_ids": [offer["offer_id"]], "reply": "Yes."}
    for path, body in (
        ("proposals", {"offer_id": offer["offer_id"]}),
        (f"proposals/{found['match_id']}/drop", {}),
        ("match", wish),
        (f"matches/{found['match_id']}/release", {"reason": "No."}),
    ):
        answer = await support.post(f"{base}/{path}", body, headers, seen=request["revision"])
        assert answer.status_code == 403, path
    if headers is not REVIEWER:
        assert (await support.get(f"{base}/suggestions", headers)).status_code == 403
        assert (await support.get(f"{base}/reply?offer={offer['offer_id']}", headers)).status_code == 403


async def test_a_match_needs_the_revision_that_was_seen_and_a_state_that_allows_it(support: Support) -> None:
    offer = await offered(support)
    request = await in_matching(support, offer)
    stale = await match(support, request | {"revision": 1}, offer)
    assert stale.status_code == 412
    fresh = await accepted(support)
    refused = await match(support, fresh, offer)
    assert (refused.status_code, "matching_begun" in refused.json()["allowed"]) == (409, True)
    assert await used(support, offer) == 0


async def test_nothing_is_proposed_for_what_is_not_accepted(support: Support, pledge: UUID) -> None:
    await support.hears(pledge)
    request = await support.opened(pledge)
    answer = await propose(support, request, await offered(support))
    assert (answer.status_code, "accepted" in answer.json()["detail"]) == (409, True)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"valid_from": "2024-10-01"}, "not valid yet"),
        ({"valid_from": None, "valid_until": "2024-09-01"}, "valid no more"),
    ],
)
async def test_what_cannot_be_matched_now_is_refused_with_the_reason(
    support: Support, changed: dict[str, Any], says: str
) -> None:
    offer, request = await offered(support, **changed), await in_matching(support, await offered(support))
    for answer in (await propose(support, request, offer), await match(support, request, offer)):
        assert (answer.status_code, says in answer.json()["detail"]) == (409, True)
        assert answer.json()["offer_id"] == offer["offer_id"]


async def test_an_offer_that_is_not_checked_or_withdrawn_is_refused(support: Support) -> None:
    unchecked = await offered(support, GIVER)
    gone = await offered(support)
    await step(support, gone, "withdraw", body={})
    request = await in_matching(support, await offered(support))
    for offer, says in ((unchecked, "not been checked"), (gone, "is withdrawn")):
        answer = await match(support, request, offer)
        assert (answer.status_code, says in answer.json()["detail"]) == (409, True)


async def test_all_of_the_offers_are_matched_or_none(support: Support) -> None:
    good, bad = await offered(support), await offered(support, valid_from=None, valid_until="2024-09-01")
    request = await in_matching(support, good)
    assert (await match(support, request, good, bad)).status_code == 409
    assert await used(support, good) == 0
    assert (await support.read(request))["state"] == "matching"


async def test_nobody_is_matched_with_oneself(support: Support) -> None:
    support.people.roles[OTHER] = {"veridia": "focal_point"}
    offer = (await step(support, await offered(support, GIVER, entity_id="veridia"), "accept")).json()
    request = await accepted(support)
    answer = await propose(support, request, offer)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "offer_id")


async def test_a_declared_conflict_with_who_asks_needs_a_reason(support: Support) -> None:
    offer = await offered(support, conflicts="Advises Veridia.", conflicts_with=["veridia"])
    request = await in_matching(support, offer)
    refused = await match(support, request, offer)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "despite")
    assert (await match(support, request, offer, despite="Veridia knows and agrees.")).status_code == 200
    [found] = await matches(support, request)
    assert found["despite"] == "Veridia knows and agrees."
    assert (await matches(support, request, bearer(FOCAL_POINT)))[0]["despite"] is None


async def test_what_is_not_there_is_said(support: Support) -> None:
    offer = await offered(support)
    request = await in_matching(support, offer)
    nothing = {"offer_id": str(uuid7())}
    assert (await propose(support, request, nothing)).status_code == 404
    assert (await match(support, request, nothing)).status_code == 404
    assert (await release(support, request, str(uuid7()))).status_code == 404
    assert (await propose(support, {"request_id": str(uuid7())}, offer)).status_code == 404
    assert (await support.get(f"/requests/{uuid7()}/suggestions", STAFF)).status_code == 404
    assert (await propose(support, request, offer)).status_code == 409


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"offer_ids": []}, "offer_ids"),
        ({"offer_ids": [str(uuid7()) for _ in range(21)]}, "offer_ids"),
        ({"offer_ids": ["one"]}, "offer_ids.0"),
        ({"reply": " "}, "reply"),
        ({"reply": "x" * 20_001}, "reply"),
        ({"despite": ""}, "despite"),
    ],
)
async def test_a_match_that_lacks_something_is_refused(support: Support, wish: dict[str, Any], field: str) -> None:
    offer = await offered(support)
    request = await in_matching(support, offer)
    answer = await match(support, request, offer, **wish)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_a_release_says_why(support: Support) -> None:
    request = await matched(support, await offered(support))
    [found] = await matches(support, request)
    answer = await release(support, request, found["match_id"], " ")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "reason")


async def test_the_reply_is_put_together_from_the_offers_in_the_language_of_the_request(support: Support) -> None:
    await hears_of_entity(support, "veridia")
    pledge = uuid7()
    await support.hears(pledge, title="Identity documents")
    request = await support.opened(pledge, language="fr")
    one = await offered(support, provider="Registry of Kalmora", conflicts="Sells software.")
    other = await offered(support, title="A practice", valid_until=None)
    query = f"offer={one['offer_id']}&offer={other['offer_id']}"
    draft = (await support.get(f"/requests/{request['request_id']}/reply?{query}", STAFF)).json()
    assert (draft["language"], draft["conflicts"]) == ("fr", [])
    for part in (
        "À l’attention de : Veridia",
        "« Identity documents »",
        "1. Two experts for civil registration",
        "They come for two weeks each.",
        "Proposée par : Registry of Kalmora",
        "Langues : anglais et français",
        "Valable jusqu’au : 31 juillet 2025",
        "Intérêts déclarés : Sells software.",
        "2. A practice",
        "Proposée par : le Réseau des Nations Unies sur les migrations",
    ):
        assert part in draft["text"]
    assert draft["text"].count("Valable") == 1
    assert (await support.get(f"/requests/{request['request_id']}/reply", STAFF)).status_code == 422
    assert (await support.get(f"/requests/{request['request_id']}/reply?offer={uuid7()}", STAFF)).status_code == 404


async def test_a_merge_gives_back_what_was_taken(support: Support) -> None:
    """No table of steps leads there from a match today; whoever allows it finds the capacity right."""
    offer = await offered(support)
    request = await matched(support, offer)
    async with support.service.database.transaction() as session:
        locked = await commands.locked(session, UUID(request["request_id"]))
        await capacity.after(session, locked, "merged", support.author, support.moment, None)
    assert await used(support, offer) == 0


async def test_who_offers_is_told_of_a_match_and_not_with_whom(support: Support) -> None:
    offer = (await step(support, await offered(support, GIVER), "accept")).json()
    await matched(support, offer, await offered(support, title="Recorded by staff"))
    [told] = [row for row in await support.service.outbox() if row.type == "offer.matched.v1"]
    assert told.data == {"offer_id": offer["offer_id"], "entity_id": "sorvenia"}
