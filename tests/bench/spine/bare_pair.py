"""A bare producer and a bare consumer in one process: `python -m tests.bench.spine.bare_pair BOOTSTRAP`.

With the relay's producer and a worker's consumer, and the same event as the measured step. For each line "COUNT EVERY"
it sends so many records, one a transaction, one every so many seconds, and answers with the milliseconds from before
each transaction to the record in the consumer's hand, as a JSON list.
"""

import asyncio
import json
import sys
import time
from datetime import UTC, datetime
from typing import Any

import uvloop
from uuid_utils.compat import uuid7

from shared.events.examples import EXAMPLES
from shared.messaging import kafka
from shared.messaging.kafka import Message, Topic
from shared.messaging.relay import message
from shared.process import freeze
from shared.telemetry import new_traceparent

TYPE, TOPIC = "pledge.submitted.v1", "bench"
PARTITIONS = 6  # as the step's own topic has
WITHIN = 30.0  # seconds for the last record


async def main(bootstrap: str) -> None:
    await kafka.apply_topics(bootstrap, [Topic(TOPIC, PARTITIONS)])
    producer = kafka.transactional_producer(bootstrap, "bench-pair")
    consumer = kafka.follower(bootstrap, "bench-pair", TOPIC, _nothing)
    await producer.start()
    await consumer.start()
    freeze()
    while line := (await asyncio.to_thread(sys.stdin.readline)).split():
        taken = await _round(producer, consumer, int(line[0]), float(line[1]))
        sys.stdout.write(json.dumps(taken) + "\n")
        sys.stdout.flush()
    await kafka.close(producer)
    await kafka.close(consumer)


async def _nothing() -> None: ...


async def _round(producer: Any, consumer: Any, count: int, every: float) -> list[float]:
    sent: dict[bytes, float] = {}
    received = asyncio.create_task(_received(consumer, count))
    begun = time.perf_counter()
    for number in range(count):
        await asyncio.sleep(begun + number * every - time.perf_counter())
        one = _message()
        sent[one.key] = time.perf_counter()
        await _transaction(producer, one)
    came = await asyncio.wait_for(received, WITHIN)
    return [1000 * (came[key] - at) for key, at in sent.items()]


def _message() -> Message:
    row = {
        "event_id": uuid7(),
        "topic": TOPIC,
        "type": TYPE,
        "key": str(uuid7()),
        "payload": EXAMPLES[TYPE].model_dump_json(),
        "traceparent": new_traceparent(),
        "created_at": datetime.now(UTC),
    }
    return message("bench", row)


async def _transaction(producer: Any, one: Message) -> None:
    await producer.begin_transaction()
    for acknowledged in await kafka.send_all(producer, [one]):
        await acknowledged
    await producer.commit_transaction()


async def _received(consumer: Any, count: int) -> dict[bytes, float]:
    came: dict[bytes, float] = {}
    while len(came) < count:
        for records in (await consumer.getmany(timeout_ms=1000)).values():
            came |= dict.fromkeys((record.key for record in records), time.perf_counter())
    return came


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
