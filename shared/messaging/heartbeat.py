"""A daily record in every partition of the public topics.

A tombstone erases only when something more is written to its partition: the segment that is being written is never
compacted, and a new one begins only with a record. The heartbeat also keeps the transactional id from expiring.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from shared.events.common import Heartbeat
from shared.events.registry import HEARTBEAT, HEARTBEAT_KEY

EVERY = timedelta(days=1)


class Heartbeats:
    """At the first call, then daily: one record a partition, all in one transaction of their own."""

    def __init__(self, service: str, topics: Sequence[str]) -> None:
        self._service = service
        self._topics = topics
        self._due: datetime | None = None

    async def tend(self, producer: Any, now: datetime) -> None:
        if not self._topics or (self._due and now < self._due):
            return
        self._due = now + EVERY
        await producer.begin_transaction()
        for topic in self._topics:
            for partition in await producer.partitions_for(topic):
                await (await producer.send(topic, partition=partition, **self._record(now)))
        await producer.commit_transaction()

    def _record(self, now: datetime) -> dict[str, Any]:
        headers = {
            "ce_specversion": "1.0",
            "ce_id": str(uuid4()),
            "ce_source": self._service,
            "ce_type": HEARTBEAT,
            "ce_time": now.isoformat(),
            "content-type": "application/json",
        }
        encoded = [(name, value.encode()) for name, value in headers.items()]
        return {"key": HEARTBEAT_KEY.encode(), "value": Heartbeat().model_dump_json().encode(), "headers": encoded}
