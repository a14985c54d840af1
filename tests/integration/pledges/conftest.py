"""Veridia with its people, and another State, at the pledges service."""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from services.pledges.registry.content import EXAMPLE
from tests.support.api import Service, once
from tests.support.entities import STAFF, add_entity, give
from tests.support.tokens import bearer

AMINA, VERA, KOFI = bearer("amina"), bearer("vera"), bearer("kofi")


def revision(answer: httpx.Response) -> str:
    """The part of an ETag that an edit changes."""
    return answer.headers["etag"].strip('"').partition("-")[0]


@dataclass(frozen=True)
class Desk:
    """Short words for what people do with pledges."""

    service: Service

    async def get(self, path: str, who: dict[str, str] | None = None) -> httpx.Response:
        return await self.service.client.get(path, headers=who)

    async def post(self, path: str, body: object = None, who: dict[str, str] = AMINA, seen: str = "") -> httpx.Response:
        headers = once(who) | ({"If-Match": seen} if seen else {})
        return await self.service.client.post(path, json=body, headers=headers)

    async def put(self, path: str, body: object, who: dict[str, str] = AMINA, seen: str = "") -> httpx.Response:
        return await self.service.client.put(path, json=body, headers=who | ({"If-Match": seen} if seen else {}))

    async def patch(self, path: str, body: object, who: dict[str, str] = AMINA, seen: str = "") -> httpx.Response:
        return await self.service.client.patch(path, json=body, headers=who | ({"If-Match": seen} if seen else {}))

    async def create(self, **changed: Any) -> httpx.Response:
        return await self.post("/pledges", EXAMPLE | {"entity_id": "veridia"} | changed)

    async def published(self, **changed: Any) -> str:
        """The id of a new published pledge."""
        made = await self.create(submit=True, **changed)
        path = f"/pledges/{made.json()['pledge_id']}"
        done = await self.post(f"{path}/publish", who=STAFF, seen=made.headers["etag"])
        assert done.status_code == 200, done.text
        return str(made.json()["pledge_id"])

    async def etag(self, pledge_id: str) -> str:
        return (await self.get(f"/pledges/{pledge_id}/working-copy", AMINA)).headers["etag"]

    async def counts(self) -> dict[str, int]:
        """Rows that a write would leave."""
        tables = ("pledge", "pledge_history", "public_pledge", "public_history", "pledge_version", "progress_update")
        found = {}
        for table in (*tables, "outbox", "idempotency"):
            [row] = await self.service.rows(f"select count(*) as n from {table}")  # noqa: S608 - the names above
            found[table] = row["n"]
        return found


@pytest.fixture
async def desk(pledges: Service) -> Desk:
    await add_entity(pledges)
    await add_entity(pledges, entity_id="kalmora", names={"en": "Kalmora"}, aliases=[])
    await give(pledges, "amina")
    await give(pledges, "vera", "viewer")
    await give(pledges, "kofi", entity_id="kalmora")
    return Desk(pledges)
