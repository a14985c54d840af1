"""Staff are told once of each entity with open pledges that has no focal point any more, however that came about."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.pledges.entities.leads import Watching
from tests.integration.pledges.conftest import Desk
from tests.support.api import Service, once
from tests.support.entities import ADMIN, end, give


async def told(pledges: Service) -> list[str]:
    """After one look: the entities that were told of, all that there ever were."""
    await Watching(pledges.database, pledges.clock).once()
    return [row.key for row in await pledges.outbox() if row.type == "membership.lead_left.v1"]


@pytest.fixture
async def amina(desk: Desk) -> dict[str, Any]:
    """The membership of Veridia's only focal point."""
    path = "/entities/veridia/memberships"
    items = (await desk.service.client.get(path, headers=ADMIN)).json()["items"]
    found: dict[str, Any] = next(one for one in items if one["person_id"] == "amina")
    return found | {"entity_id": "veridia"}


async def test_an_entity_whose_last_focal_point_left_is_told_of_once(desk: Desk, amina: dict[str, Any]) -> None:
    await desk.published()
    assert await told(desk.service) == []
    await end(desk.service, amina)
    assert await told(desk.service) == ["veridia"]
    assert await told(desk.service) == ["veridia"]


async def test_it_is_told_of_again_when_the_next_one_leaves_too(desk: Desk, amina: dict[str, Any]) -> None:
    await desk.published()
    await end(desk.service, amina)
    await told(desk.service)
    successor = await give(desk.service, "dario")
    assert await told(desk.service) == ["veridia"]
    await end(desk.service, successor)
    assert await told(desk.service) == ["veridia", "veridia"]


async def test_a_place_that_ends_by_itself_is_noticed_on_its_day(desk: Desk, amina: dict[str, Any]) -> None:
    await desk.published()
    await give(desk.service, "dario", until="2024-10-01T00:00:00Z")
    await end(desk.service, amina)
    assert await told(desk.service) == []
    desk.service.set_clock(datetime(2024, 10, 1, tzinfo=UTC))
    assert await told(desk.service) == ["veridia"]


async def test_a_successor_who_is_planned_is_enough(desk: Desk, amina: dict[str, Any]) -> None:
    await desk.published()
    await give(desk.service, "dario", since="2024-12-01T00:00:00Z")
    await end(desk.service, amina)
    assert await told(desk.service) == []


async def test_an_erased_focal_point_has_left(desk: Desk) -> None:
    await desk.published()
    assert (await desk.service.client.delete("/people/amina", headers=ADMIN)).status_code == 202
    assert await told(desk.service) == ["veridia"]


async def test_who_has_no_open_pledge_or_never_had_a_focal_point_is_not_meant(
    desk: Desk, amina: dict[str, Any]
) -> None:
    await end(desk.service, amina)
    assert await told(desk.service) == []
    body = {"entity_id": "sorvenia", "kind": "member_state", "names": {"en": "Sorvenia"}, "fictional": True}
    await desk.service.client.post("/entities", json=body, headers=once(ADMIN))
    assert await told(desk.service) == []
