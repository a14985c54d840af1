"""A bare producer with the relay's settings and batches: `python -m tests.bench.spine.bare_producer BOOTSTRAP ROWS`.

For each line that it reads it sends so many records: for `batches` built as the relay builds them, for `records` each
handed to the client's own send(). It answers with the records a second between the commits of the first and of the
last transaction.
"""

import asyncio
import sys
import time
from collections.abc import Sequence
from typing import Any

import uvloop

from shared.messaging import kafka
from shared.messaging.kafka import Message
from shared.messaging.relay import message
from shared.messaging.unpublished import ROWS
from shared.process import freeze
from tests.bench.spine.events import rows


async def main(bootstrap: str, count: int) -> None:
    messages = [message("bench", row) for row in rows(count)]
    producer = kafka.transactional_producer(bootstrap, "bench")
    await producer.start()
    freeze()
    while how := (await asyncio.to_thread(sys.stdin.readline)).strip():
        sys.stdout.write(f"{await _all(producer, messages, how)}\n")
        sys.stdout.flush()
    await producer.stop()


async def _all(producer: Any, messages: Sequence[Message], how: str) -> float:
    committed = []
    for begin in range(0, len(messages), ROWS):
        await _transaction(producer, messages[begin : begin + ROWS], how)
        committed.append(time.perf_counter())
    return (len(messages) - ROWS) / (committed[-1] - committed[0])


async def _transaction(producer: Any, batch: Sequence[Message], how: str) -> None:
    await producer.begin_transaction()
    sent = await (kafka.send_all(producer, batch) if how == "batches" else _each(producer, batch))
    await asyncio.gather(*sent)
    await producer.commit_transaction()


async def _each(producer: Any, batch: Sequence[Message]) -> list[Any]:
    return [await producer.send(one.topic, key=one.key, value=one.value, headers=one.headers) for one in batch]


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2])))
