"""Entities and milestones written afresh for those who read the topics from today's schema on."""

import asyncio

from services.pledges.entities.republish import PUBLIC_ENTITIES
from services.pledges.reviews.republish import PUBLIC_MILESTONES
from shared.messaging.republish import Republisher, Snapshot
from shared.reference import catalogue
from tests.support.api import Service
from tests.support.entities import VERIDIA, add_entity
from tests.support.tokens import bearer


async def afresh(pledges: Service, republisher: Republisher, limit: int = 50) -> list[Snapshot]:
    moment = pledges.clock.moment()
    found: list[Snapshot] = []
    while True:
        async with pledges.database.transaction() as session:
            page = await republisher.snapshots(session, found[-1].key if found else None, limit, moment)
        if not page:
            return found
        found += page


async def someone_waits(pledges: Service) -> None:
    waiting = "select pid from pg_locks where not granted"
    while not await pledges.rows(waiting):  # noqa: ASYNC110 - PostgreSQL tells nobody that somebody waits
        await asyncio.sleep(0.01)


async def test_every_entity_once_with_its_next_sequence(pledges: Service) -> None:
    await add_entity(pledges)
    found = await afresh(pledges, PUBLIC_ENTITIES)
    keys = [snapshot.key for snapshot in found]
    assert keys == sorted(keys)
    assert len(set(keys)) == 196
    [veridia] = [snapshot.data.model_dump(mode="json") for snapshot in found if snapshot.key == "veridia"]
    assert veridia["entity"] | {"sequence": 2, "names": VERIDIA["names"]} == veridia["entity"]
    assert veridia["change"] | {"action": "republished", "by": "system"} == veridia["change"]
    [row] = await pledges.rows("select sequence, revision from entity where entity_id = 'veridia'")
    assert tuple(row.values()) == (2, 1)


async def test_every_milestone_once_with_its_next_sequence(pledges: Service) -> None:
    found = await afresh(pledges, PUBLIC_MILESTONES, limit=5)
    assert [snapshot.key for snapshot in found] == sorted(catalogue.MILESTONES)
    assert {snapshot.type for snapshot in found} == {"milestone.republished.v1"}
    [row] = await pledges.rows("select distinct sequence, revision from milestone")
    assert tuple(row.values()) == (2, 1)


async def test_a_change_made_meanwhile_comes_after(pledges: Service) -> None:
    await add_entity(pledges)
    body = {name: value for name, value in VERIDIA.items() if name != "entity_id"} | {"aliases": []}
    headers = bearer("ada", "admin") | {"If-Match": '"1"'}
    moment = pledges.clock.moment()
    async with pledges.database.transaction() as session:
        await PUBLIC_ENTITIES.snapshots(session, None, 300, moment)
        change = asyncio.create_task(pledges.client.put("/entities/veridia", json=body, headers=headers))
        await someone_waits(pledges)
    assert (await change).status_code == 200
    [told] = [told for told in await pledges.outbox() if told.data["change"]["action"] == "changed"]
    assert told.data["entity"]["sequence"] == 3
