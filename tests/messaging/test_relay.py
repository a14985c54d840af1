"""What the relay promises, against real Kafka and PostgreSQL, with relays that are really killed and frozen."""

import asyncio
import itertools
import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from shared.messaging import outbox
from shared.messaging.kafka import Record
from tests.messaging.stage import Stage, ended, eventually, frozen
from tests.support.parts import Kafka, Postgres

MOMENTS = ("elected", "idle", "before read", "read", "sent", "half acked", "acked", "committing", "committed")
TAKES_OVER = 30.0  # seconds
WRITTEN = {key: list(range(1, 11)) for key in "abc"}


def sequences(records: Sequence[Record]) -> dict[str, list[int]]:
    """By key, in the order of the topic."""
    found: dict[str, list[int]] = {}
    for record in records:
        if record.key and record.value:
            found.setdefault(record.key.decode(), []).append(json.loads(record.value)["sequence"])
    return found


def first_sights(numbers: Sequence[int]) -> list[int]:
    return list(dict.fromkeys(numbers))


async def test_order_holds_for_each_key_under_concurrent_writers(stage: Stage) -> None:
    stage.start("relay")
    keys = [f"thing-{number}" for number in range(10)]
    await stage.write(keys, times=60, writers=8)
    await stage.published()
    assert sequences(await stage.records()) == {key: list(range(1, 61)) for key in keys}


@pytest.mark.parametrize("moment", ["acked", "committed"])
async def test_killed_between_acknowledgement_and_mark(stage: Stage, moment: str) -> None:
    await stage.write(WRITTEN, times=10)
    relay = stage.start("relay", signal=f"SIGKILL {moment}")
    stage.start("consumer")
    await eventually(lambda: ended(relay))
    assert await stage.count("outbox where published_at is null") == 30
    stage.start("relay")
    await stage.settled()
    seen = sequences(await stage.records())
    assert {key: first_sights(numbers) for key, numbers in seen.items()} == WRITTEN
    assert sum(map(len, seen.values())) == (60 if moment == "committed" else 30)
    assert await stage.count("mail") == 30


async def test_frozen_at_any_moment_the_successor_takes_over_and_the_thawed_one_writes_nothing(
    postgres: Postgres, kafka: Kafka, tmp_path: Path
) -> None:
    """All moments side by side: each waits for PostgreSQL's idle limit."""
    stages = [await Stage.open(postgres, kafka, tmp_path) for _ in MOMENTS]
    try:
        async with asyncio.TaskGroup() as group:
            for stage, moment in zip(stages, MOMENTS, strict=True):
                group.create_task(_freeze(stage, moment), name=moment)
    finally:
        for stage in stages:
            await stage.close()


async def _freeze(stage: Stage, moment: str) -> None:
    if moment != "idle":
        await stage.write(WRITTEN, times=10)
    relay = stage.start("relay", signal=f"SIGSTOP {moment}")
    await eventually(lambda: frozen(relay))
    if moment == "idle":
        await stage.write(WRITTEN, times=10)
    successor = stage.start("relay")
    await stage.published(within=TAKES_OVER)
    before = [(record.partition, record.offset) for record in await stage.records()]
    relay.resume()
    await eventually(lambda: ended(relay), within=10)
    assert relay.poll() != 0, moment
    await stage.change("d")  # something after it, so that a late write would show
    await stage.published()
    records = await stage.records()
    late = {(record.partition, record.offset) for record in records} - set(before)
    assert len(late) == 1, moment
    assert successor.poll() is None, moment
    seen = sequences(records)
    assert {key: first_sights(numbers) for key, numbers in seen.items()} == {**WRITTEN, "d": [1]}, moment
    # only what was committed and not marked comes twice, and it comes whole
    doubled = Counter(itertools.chain.from_iterable(map(Counter.values, map(Counter, seen.values()))))
    once, twice = Counter({1: 31}), Counter({2: 30, 1: 1})
    assert doubled in {"committed": [twice], "committing": [once, twice]}.get(moment, [once]), moment


async def test_events_of_the_largest_size_pass_and_a_batch_is_bounded_by_bytes(stage: Stage) -> None:
    words = "x" * (outbox.LARGEST_EVENT - 100)
    for number in range(12):  # more than the bytes of one batch
        await stage.change(f"large-{number}", words)
    stage.start("relay")
    stage.start("consumer")
    await stage.settled()
    assert len(await stage.records()) == 12


async def test_the_relay_forgets_what_is_old(stage: Stage) -> None:
    days = {"outbox": 8, "idempotency": 8, "inbox": 46}
    for age in (timedelta(), timedelta(days=1)):
        await _old_rows(stage, days, younger_by=age)
    stage.start("relay")

    async def only_the_younger() -> bool:
        return [await stage.count(table) for table in days] == [1, 1, 1]

    await eventually(only_the_younger)


async def _old_rows(stage: Stage, days: dict[str, int], younger_by: timedelta) -> None:
    at = {table: datetime.now(UTC) - timedelta(days=number) + 2 * younger_by for table, number in days.items()}
    await stage.rows(
        "insert into outbox (event_id, topic, key, created_at, published_at) values ($1, 't', 'k', $2, $2)",
        *(uuid4(), at["outbox"]),
    )
    await stage.rows("insert into inbox values ('mail', $1, $2)", uuid4(), at["inbox"])
    await stage.rows("insert into idempotency values ('p', $1, '', 201, '', '', $2)", str(uuid4()), at["idempotency"])
