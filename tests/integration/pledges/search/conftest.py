"""Four pledges that differ in everything that lists are filtered by."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from services.pledges.registry.content import EXAMPLE
from services.pledges.search import index
from tests.integration.pledges.conftest import AMINA, KOFI, Desk
from tests.integration.pledges.registry.test_support import hear
from tests.support.entities import STAFF, made

LATER = datetime(2024, 10, 20, 12, 0, tzinfo=UTC)
ALPHA: dict[str, Any] = {
    "title": "Alpha",
    "kind": "matching",
    "objectives": ["objective-7", "objective-23"],
    "main_objectives": ["objective-7"],
    "principles": ["gender-responsive"],
    "commitments": ["52"],
    "forms": ["financial"],
    "levels": ["local"],
    "places": [{"country": "PER"}],
    "sdg_targets": ["8.8"],
    "frameworks": ["paris"],
    "language": "es",
    "translations": [{"language": "pt", "title": "Alfa", "description": ""}],
    "period": {"start": "2026-03", "end": "2027"},
    "partner_entities": ["kalmora"],
    "review_cycle": "2026",
}


@dataclass(frozen=True)
class Four:
    """Before, Alpha (values of its own), Beta (another entity's, closed) and Gamma (later, reported, asked)."""

    desk: Desk
    ids: dict[str, str]

    async def listed(self, query: str) -> list[str]:
        page = await made(self.desk.get(f"/pledges?{query}"))
        return [item["title"] for item in page["items"]]

    async def counted(self, query: str) -> dict[str, dict[str, int]]:
        found = await made(self.desk.get(f"/pledges/facets?{query}"))
        facets = {name: {one["code"]: one["count"] for one in values} for name, values in found["facets"].items()}
        return facets | {"total": {"": found["total"]}}


async def fold(desk: Desk) -> None:
    """All that is changed comes into the bits."""
    async with desk.service.database.transaction() as session:
        while await index.fold(session):
            pass


@pytest.fixture(params=["folded", "fresh"])
async def four(desk: Desk, request: pytest.FixtureRequest) -> Four:
    before = await desk.published(title="Before", period={"start": "2025", "end": "2026"})
    alpha = await desk.published(**ALPHA, matches=before)
    beta = await _of_kalmora(desk)
    if request.param == "folded":
        await fold(desk)  # and what comes now changes what is folded
    path = f"/pledges/{beta}"
    etag = (await desk.get(f"{path}/working-copy", KOFI)).headers["etag"]
    await made(desk.post(f"{path}/close", {"reason": "ended"}, STAFF, etag))
    desk.service.set_clock(LATER)
    gamma = await desk.published(title="Gamma", period={"start": "2023", "end": "2024-11"})
    report = {"status": "in_progress", "summary": "Well.", "values": [], "barriers": []}
    await made(desk.post(f"/pledges/{gamma}/updates", report, AMINA))
    await hear(desk, gamma, "requested", 1)
    if request.param == "folded":
        await fold(desk)
        assert await desk.service.rows("select 1 from search_change") == []
    return Four(desk, {"Before": before, "Alpha": alpha, "Beta": beta, "Gamma": gamma})


async def _of_kalmora(desk: Desk) -> str:
    body = EXAMPLE | {"entity_id": "kalmora", "title": "Beta", "language": "fr", "translations": [], "submit": True}
    made_by_kofi = await desk.post("/pledges", body, KOFI)
    pledge_id = made_by_kofi.json()["pledge_id"]
    await made(desk.post(f"/pledges/{pledge_id}/publish", who=STAFF, seen=made_by_kofi.headers["etag"]))
    return str(pledge_id)
