"""A tombstone empties the projections, and after compaction nothing of the key is left in the topic."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from shared.messaging import outbox
from shared.messaging.projections import rebuild
from tests.messaging.service import things
from tests.messaging.stage import Stage, eventually
from tests.support.parts import Kafka, Postgres

COMPACTS_SOON = {
    "cleanup.policy": "compact",
    "min.cleanable.dirty.ratio": "0.01",
    "min.compaction.lag.ms": "0",
    "max.compaction.lag.ms": "1000",
    "delete.retention.ms": "1000",
    "segment.ms": "1000",
}


async def test_a_tombstone_empties_the_projection_and_compaction_the_topic(
    postgres: Postgres, kafka: Kafka, tmp_path: Path
) -> None:
    stage = await Stage.open(postgres, kafka, tmp_path, partitions=1, config=COMPACTS_SOON)
    try:
        await _erase(stage)
    finally:
        await stage.close()


async def _erase(stage: Stage) -> None:
    relay = stage.start("relay")
    stage.start("consumer")
    await stage.change("person", "to be forgotten")
    await stage.change("other", "stays")
    await stage.settled()
    async with stage.database.transaction() as session:
        await outbox.add_tombstone(session, stage.topic, "person", datetime.now(UTC))
    stage.nudge()
    await eventually(lambda: _copies(stage, {"other"}))

    await stage.published()
    await asyncio.to_thread(relay.stop)
    await eventually(lambda: _gone_after_a_heartbeat(stage), within=60)
    # whoever begins anew now sees the latest of every key that is left, and nothing of the one that is not
    async with stage.database.transaction() as session:
        await rebuild(session, things.COPY)
    await eventually(lambda: _copies(stage, {"other"}))
    assert await stage.count("mail where key = 'person'") == 1


async def _copies(stage: Stage, keys: set[str]) -> bool:
    return {key for [key] in await stage.rows("select key from copy")} == keys


async def _gone_after_a_heartbeat(stage: Stage) -> bool:
    """A day in the life of a relay: its heartbeat lets the cleaner at what was the open segment."""
    last = max(record.offset for record in await stage.records())
    relay = stage.start("relay", heartbeats="1")
    await eventually(lambda: _beyond(stage, last))
    await asyncio.to_thread(relay.stop)
    keys = {record.key for record in await stage.records()}
    assert b"other" in keys
    return b"person" not in keys


async def _beyond(stage: Stage, offset: int) -> bool:
    return max(record.offset for record in await stage.records()) > offset
