"""Against the real pledges service: what it says of a caller is understood, and believed for less than a minute."""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from uuid_utils.compat import uuid7

from services.network_support.memberships import KEPT, Memberships
from tests.integration.network_support.support import ADMIN, wish
from tests.support.api import Service, Services, once
from tests.support.tokens import bearer

CAROL = bearer("carol")


@dataclass
class Both:
    pledges: Service
    support: Service
    time: float = 1000.0

    async def asks(self) -> int:
        body = wish(uuid7())
        return (await self.support.client.post("/requests", json=body, headers=once(CAROL))).status_code

    async def gives(self, role: str) -> dict[str, Any]:
        body = {"person_id": "carol", "role": role, "since": None, "until": None}
        answer = await self.pledges.client.post("/entities/veridia/memberships", json=body, headers=once(ADMIN))
        assert answer.status_code == 201, answer.text
        given: dict[str, Any] = answer.json()
        return given

    async def ends(self, membership: dict[str, Any]) -> None:
        path = f"/entities/veridia/memberships/{membership['membership_id']}/end"
        assert (await self.pledges.client.post(path, headers=once(ADMIN))).status_code == 200


VERIDIA = {"entity_id": "veridia", "kind": "member_state", "names": {"en": "Veridia"}, "fictional": True}


@pytest.fixture
async def both(service: Services, pledges: Service) -> Both:
    assert (await pledges.client.post("/entities", json=VERIDIA, headers=once(ADMIN))).status_code == 201
    http = httpx.AsyncClient(transport=httpx.ASGITransport(pledges.app))
    both = Both(pledges, await service("network_support", http=http))
    both.support.app.state.memberships = Memberships("http://pledges", http, now=lambda: both.time)
    return both


async def test_a_focal_point_asks_until_the_membership_ends(both: Both) -> None:
    assert await both.asks() == 403
    both.time += KEPT
    membership = await both.gives("focal_point")
    assert await both.asks() == 201
    await both.ends(membership)
    both.time += KEPT
    assert await both.asks() == 403


async def test_a_viewer_does_not_ask(both: Both) -> None:
    await both.gives("viewer")
    assert await both.asks() == 403
    listed = await both.support.client.get("/me/requests", headers=CAROL)
    assert (listed.status_code, listed.json()["items"]) == (200, [])
