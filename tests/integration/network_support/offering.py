"""Offers and requests in the state that a test begins with."""

from typing import Any
from uuid import UUID

import httpx
from uuid_utils.compat import uuid7

from services.network_support.requests import known_entities
from shared.events.entities import EntitySnapshot, Group
from tests.integration.network_support.support import OTHER, STAFF, Support
from tests.support.tokens import bearer

GIVER = bearer(OTHER)  # of Sorvenia
CONTENT: dict[str, Any] = {
    "kind": "expert",
    "provider": None,
    "title": "Two experts for civil registration",
    "text": "They come for two weeks each.",
    "language": "en",
    "languages": ["en", "fr"],
    "places": ["region_africa"],
    "objectives": ["objective-4"],
    "types": ["knowledge_exchange"],
    "pledge_id": None,
    "valid_from": "2024-08-01",
    "valid_until": "2025-07-31",
    "capacity": 2,
    "conflicts": "",
    "conflicts_with": [],
}


async def offered(support: Support, headers: dict[str, str] = STAFF, **changed: Any) -> dict[str, Any]:
    """By staff, or by Sorvenia."""
    wish = CONTENT | ({} if headers is STAFF else {"entity_id": "sorvenia"}) | changed
    answer = await support.post("/offers", wish, headers)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def step(
    support: Support, offer: dict[str, Any], name: str, headers: dict[str, str] = STAFF, body: object = None
) -> httpx.Response:
    return await support.post(f"/offers/{offer['offer_id']}/{name}", body, headers, seen=offer["revision"])


async def edited(
    support: Support, offer: dict[str, Any], headers: dict[str, str] = STAFF, **changed: Any
) -> httpx.Response:
    path, seen = f"/offers/{offer['offer_id']}", f'"{offer["revision"]}"'
    return await support.service.client.put(path, json=CONTENT | changed, headers=headers | {"If-Match": seen})


async def used(support: Support, offer: dict[str, Any]) -> int:
    found: int = (await support.get(f"/offers/{offer['offer_id']}", STAFF)).json()["used"]
    return found


async def hears_of_entity(support: Support, entity_id: str, *groups: str, country: str | None = None) -> None:
    """A record of gcm.entities."""
    snapshot = EntitySnapshot(
        entity_id=entity_id,
        name=entity_id.title(),
        kind="member_state",
        sequence=1,
        country=country,
        groups=[Group(code=code) for code in groups],
    )
    async with support.service.database.transaction() as session:
        await known_entities.learn(session, snapshot)


async def accepted(support: Support, pledge_id: UUID | None = None, **changed: Any) -> dict[str, Any]:
    """A request that staff have accepted."""
    pledge_id = pledge_id or uuid7()
    await support.hears(pledge_id, **{"main_objectives": ["objective-4"], "objectives": ["objective-4"], **changed})
    request = await support.opened(pledge_id)
    for name in ("acknowledge", "triage", "accept"):
        path = f"/requests/{request['request_id']}/{name}"
        answer = await support.post(path, headers=STAFF, seen=request["revision"])
        assert answer.status_code == 200, answer.text
        request = answer.json()
    return request


async def propose(support: Support, request: dict[str, Any], offer: dict[str, Any], **more: Any) -> httpx.Response:
    wish = {"offer_id": offer["offer_id"], **more}
    return await support.post(f"/requests/{request['request_id']}/proposals", wish, STAFF)


async def in_matching(support: Support, *offers: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """A request for which these offers are proposed."""
    request = await accepted(support, **changed)
    for offer in offers:
        answer = await propose(support, request, offer)
        assert answer.status_code == 201, answer.text
    return await support.read(request)


async def match(support: Support, request: dict[str, Any], *offers: dict[str, Any], **more: Any) -> httpx.Response:
    wish = {"offer_ids": [offer["offer_id"] for offer in offers], "reply": "Two experts can come.", **more}
    return await support.post(f"/requests/{request['request_id']}/match", wish, STAFF, seen=request["revision"])


async def matched(support: Support, *offers: dict[str, Any]) -> dict[str, Any]:
    """A request to which these are matched."""
    answer = await match(support, await in_matching(support, *offers), *offers)
    assert answer.status_code == 200, answer.text
    request: dict[str, Any] = answer.json()
    return request


async def matches(support: Support, request: dict[str, Any], headers: dict[str, str] = STAFF) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await support.get(f"/requests/{request['request_id']}/matches", headers)).json()[
        "items"
    ]
    return found


async def release(
    support: Support, request: dict[str, Any], match_id: str, reason: str = "They cannot travel."
) -> httpx.Response:
    path = f"/requests/{request['request_id']}/matches/{match_id}/release"
    return await support.post(path, {"reason": reason}, STAFF, seen=request["revision"])
