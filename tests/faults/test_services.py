"""The same with a real service: `python -m services.pledges relay` killed and frozen; `gcm replay`, `gcm republish`."""

import asyncio
import uuid

from shared.events.registry import REVIEWS, SUPPORT
from shared.messaging import kafka
from tests.faults.service import Pledges
from tests.messaging.stage import ended, eventually, read_all


async def test_relays_killed_and_frozen_under_load_lose_nothing_and_keep_the_order(pledges: Pledges) -> None:
    first = pledges.start("relay")
    enough = asyncio.Event()
    writing = asyncio.create_task(pledges.write(enough))
    await _more_is_published(pledges)
    second = pledges.start("relay")
    first.kill()
    await _more_is_published(pledges)  # only the second can have done it
    second.pause()
    third = pledges.start("relay")
    await _more_is_published(pledges)
    second.resume()
    await eventually(lambda: ended(second))
    await _more_is_published(pledges)
    enough.set()
    written = await writing
    await eventually(pledges.published)
    assert second.poll() != 0
    assert third.poll() is None
    assert await pledges.relayed() == written


async def _more_is_published(pledges: Pledges) -> None:
    """Returns when all is published that there is now, within the time that a successor may take."""
    last = await pledges.value("select max(id) from outbox")
    query = f"select count(*) from outbox where published_at is null and id <= {last}"  # noqa: S608 - a number

    async def done() -> bool:
        return last is not None and await pledges.value(query) == 0

    await eventually(done, within=30)


async def test_gcm_replay_runs_the_dead_letters_of_a_real_service(pledges: Pledges) -> None:
    producer = kafka.producer(pledges.parts.kafka.bootstrap)
    await producer.start()
    event_id = str(uuid.uuid4())
    headers = {"ce_id": event_id, "ce_type": "support.rejoiced.v1", "ce_source": "network_support"}
    encoded = [(name, value.encode()) for name, value in headers.items()]
    await producer.send_and_wait(SUPPORT, key=b"r", value=b"{}", headers=encoded)
    await producer.stop()
    pledges.start("consumer")
    await eventually(lambda: _letter(pledges))
    shown = await asyncio.to_thread(pledges.gcm, "replay", "pledges", "--dry-run")
    assert f"{event_id}  support.rejoiced.v1" in shown
    assert "would be run" in shown
    assert "was: unknown event type support.rejoiced.v1" in shown
    again = await asyncio.to_thread(pledges.gcm, "replay", "pledges", "--id", event_id)
    assert "a dead letter again: unknown event type" in again
    shown = await asyncio.to_thread(pledges.gcm, "replay", "pledges", "--limit", "1")
    assert "1 dead letters" in shown


async def _letter(pledges: Pledges) -> bool:
    return bool(await read_all(pledges.parts.kafka.bootstrap, "gcm.dead-letters.pledges"))


async def test_gcm_republish_writes_the_public_snapshots_of_a_real_service_afresh(pledges: Pledges) -> None:
    before = await pledges.value("select count(*) from outbox")
    shown = await asyncio.to_thread(pledges.gcm, "republish", "pledges", REVIEWS)
    milestones = await pledges.value("select count(*) from outbox where type = 'milestone.republished.v1'")
    assert milestones
    assert f"{REVIEWS}: {milestones} snapshots are in the outbox" in shown
    assert await pledges.value("select count(*) from outbox") == before + milestones  # type: ignore[operator]
