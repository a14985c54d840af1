"""Topics as they are wanted, and how far a group is behind."""

import asyncio

import pytest

from shared.messaging.kafka import Lag, Topic, apply_topics, lag
from tests.messaging.stage import Stage, eventually
from tests.support.parts import Kafka


async def test_topics_are_made_changed_and_left_alone(kafka: Kafka) -> None:
    name = "test.wanted"
    compact = {"cleanup.policy": "compact"}
    assert await apply_topics(kafka.bootstrap, [Topic(name, 2, compact)]) == [f"{name}: created with 2 partitions"]
    assert await apply_topics(kafka.bootstrap, [Topic(name, 2, compact)]) == []
    changed = [f"{name}: 3 partitions instead of 2", f"{name}: changed cleanup.policy, retention.ms"]
    delete = {"cleanup.policy": "delete", "retention.ms": "1000"}
    assert await apply_topics(kafka.bootstrap, [Topic(name, 3, delete)]) == changed
    assert await apply_topics(kafka.bootstrap, [Topic(name, 3, {})]) == [changed[1]]
    with pytest.raises(ValueError, match="has 3 partitions, more than the 1 wanted"):
        await apply_topics(kafka.bootstrap, [Topic(name, 1)])


async def test_lag_counts_records_and_seconds_and_is_nothing_at_rest(stage: Stage) -> None:
    group = f"{stage.service}.copy"
    stage.start("relay")
    await stage.write(["a", "b", "c", "d"], times=5)
    await stage.published()
    behind = await lag(stage.kafka.bootstrap, group, stage.topic)
    assert sum(each.records for each in behind.values()) >= 20
    assert 0 < max(each.seconds for each in behind.values()) < 60
    consumer = stage.start("consumer", subscriptions="copy")

    async def nothing() -> bool:
        """Also of the markers that transactions leave."""
        return set((await lag(stage.kafka.bootstrap, group, stage.topic)).values()) == {Lag(0, 0.0)}

    await eventually(nothing)
    await asyncio.to_thread(consumer.stop)
    assert await nothing()
