"""Kafka's protocol stays behind this module; its client library ships no types, so it hands out Any where it must.

The settings were found by breaking things: docs/adr on the relay has the figures.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError, TopicAlreadyExistsError, for_code
from aiokafka.partitioner import murmur2

__all__ = [
    "KafkaError",
    "MovedOn",
    "Partition",
    "Record",
    "Topic",
    "apply_topics",
    "follower",
    "lag",
    "producer",
    "reader",
    "transactional_producer",
]

Partition = TopicPartition
MovedOn = (CommitFailedError, IllegalStateError)  # a commit for a partition that another member has by now
CREATED_WITHIN = 10.0  # seconds
SET_BY_TOPIC = 1  # Kafka's code for a topic's own setting, as opposed to a broker's default


class Record(Protocol):
    """One record as read. Nothing of it has been decoded."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...  # milliseconds since 1970
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> tuple[tuple[str, bytes], ...]: ...


@dataclass(frozen=True)
class Topic:
    """A topic as deploy/topics.yaml wants it. How often it is replicated is the cluster's default."""

    name: str
    partitions: int
    config: Mapping[str, str] = field(default_factory=dict)


def transactional_producer(bootstrap: str, transactional_id: str) -> Any:
    """One that fences every earlier producer of the same id when it starts.

    The transaction timeout is longer than a batch may take, and Kafka's answer to a request is awaited for less.
    """
    return AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        transactional_id=transactional_id,
        acks="all",
        transaction_timeout_ms=20_000,
        request_timeout_ms=5_000,
        retry_backoff_ms=100,
        max_batch_size=256 * 1024,
        linger_ms=0,
    )


class Message(NamedTuple):
    """A record to be sent; without a value it is a tombstone."""

    topic: str
    key: bytes
    value: bytes | None
    headers: list[tuple[str, bytes]]


async def send_all(to: Any, messages: Iterable[Message]) -> list[Any]:
    """Hands the messages to the producer, in their order for each key. What comes back must be awaited, each of it.

    The batches are built here, not by the producer: a third less work for a record.
    """
    sent: list[Any] = []
    open_: dict[TopicPartition, Any] = {}
    counts = {}
    for topic, key, value, headers in messages:
        if topic not in counts:
            counts[topic] = len(await to.partitions_for(topic))
        at = TopicPartition(topic, _hash(key) % counts[topic])
        batch = open_.get(at)
        if batch is None or batch.append(key=key, value=value, timestamp=None, headers=headers) is None:
            if batch is not None:
                sent.append(await to.send_batch(batch, topic, partition=at.partition))
            batch = open_[at] = to.create_batch()
            batch.append(key=key, value=value, timestamp=None, headers=headers)
    sent += [await to.send_batch(batch, at.topic, partition=at.partition) for at, batch in open_.items()]
    return sent


@lru_cache(maxsize=10_000)
def _hash(key: bytes) -> int:
    """As every Kafka client places keys; in Python a fifth of the work for a record, so it is remembered."""
    return int(murmur2(key)) & 0x7FFFFFFF


def producer(bootstrap: str) -> Any:
    """For single records outside the outbox: dead letters."""
    return AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True, acks="all", request_timeout_ms=5_000)


class _Revoked(ConsumerRebalanceListener):  # type: ignore[misc]
    def __init__(self, revoked: Callable[[], Awaitable[None]]) -> None:
        self._revoked = revoked

    async def on_partitions_revoked(self, revoked: object) -> None:  # noqa: ARG002
        await self._revoked()

    def on_partitions_assigned(self, assigned: object) -> None: ...


def follower(bootstrap: str, group: str, topic: str, revoked: Callable[[], Awaitable[None]]) -> Any:
    """A member of a group that commits by hand and begins at the beginning. `revoked` must not raise: Kafka's client
    would only log it.

    The others wait for `revoked` up to the rebalance timeout, so it is longer than the longest try of a handler; a
    handler that is retried for longer than the poll interval would lose its place in the group.
    """
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=group,
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=10_000,
        heartbeat_interval_ms=3_000,
        rebalance_timeout_ms=60_000,
        max_poll_interval_ms=600_000,
        retry_backoff_ms=250,
        fetch_max_bytes=8 * 1024 * 1024,
    )
    consumer.subscribe([topic], listener=_Revoked(revoked))
    return consumer


def reader(bootstrap: str, group: str | None = None) -> Any:
    """Reads what it is assigned by hand; with a group it can commit, but is no member of it."""
    return AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=group,
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_bytes=8 * 1024 * 1024,
    )


async def apply_topics(bootstrap: str, topics: Iterable[Topic]) -> list[str]:
    """Makes the cluster's topics as wanted and says what it changed, a line each. Topics that nobody names stay.

    Raises ValueError when a topic has more partitions than wanted: they cannot be taken away.
    """
    async with _admin(bootstrap) as admin:
        return [line for topic in topics for line in await _apply(admin, topic)]


@asynccontextmanager
async def _admin(bootstrap: str) -> AsyncIterator[Any]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=10_000)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def _apply(admin: Any, topic: Topic) -> list[str]:
    [found] = await admin.describe_topics([topic.name])
    if found["error_code"]:
        await _create(admin, topic)
        return [f"{topic.name}: created with {topic.partitions} partitions"]
    return [*await _add_partitions(admin, topic, len(found["partitions"])), *await _configure(admin, topic)]


async def _create(admin: Any, topic: Topic) -> None:
    # -1 is the cluster's own default, which the client takes only together with an assignment, here an empty one
    new = NewTopic(topic.name, topic.partitions, -1, replica_assignments={}, topic_configs=dict(topic.config))
    answer = await admin.create_topics([new])
    for name, code, message in answer.topic_errors:
        if code not in (0, TopicAlreadyExistsError.errno):
            raise for_code(code)(f"{name}: {message}")
    async with asyncio.timeout(CREATED_WITHIN):
        while (await admin.describe_topics([topic.name]))[0]["error_code"]:  # noqa: ASYNC110 - nobody else would tell us
            await asyncio.sleep(0.02)  # the broker learns of it a moment after the controller


async def _add_partitions(admin: Any, topic: Topic, present: int) -> list[str]:
    if present > topic.partitions:
        raise ValueError(f"{topic.name} has {present} partitions, more than the {topic.partitions} wanted")
    if present == topic.partitions:
        return []
    await admin.create_partitions({topic.name: NewPartitions(topic.partitions)})
    return [f"{topic.name}: {topic.partitions} partitions instead of {present}"]


async def _configure(admin: Any, topic: Topic) -> list[str]:
    [answer] = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name)])
    entries = answer.resources[0][4]
    present = {entry[0]: entry[1] for entry in entries if entry[3] == SET_BY_TOPIC}
    if present == dict(topic.config):
        return []
    answers = await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name, dict(topic.config))])
    for code, message, *_ in answers[0].resources:
        if code:
            raise for_code(code)(f"{topic.name}: {message}")
    names = sorted(name for name, _ in {*present.items()} ^ {*topic.config.items()})
    return [f"{topic.name}: changed {', '.join(dict.fromkeys(names))}"]


class Lag(NamedTuple):
    """How far a group is behind in one partition: records, and the age of the oldest of them."""

    records: int
    seconds: float


async def lag(bootstrap: str, group: str, topic: str) -> dict[int, Lag]:
    """By partition. Reads one record in each that is behind."""
    partitions = await partitions_of(bootstrap, topic)
    consumer = reader(bootstrap, group)
    await consumer.start()
    try:
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        return {at.partition: await _lag(consumer, at, ends[at]) for at in partitions}
    finally:
        await consumer.stop()


async def partitions_of(bootstrap: str, topic: str) -> list[TopicPartition]:
    """Raises KafkaError when there is no such topic."""
    async with _admin(bootstrap) as admin:
        [found] = await admin.describe_topics([topic])
    if found["error_code"]:
        raise for_code(found["error_code"])(topic)
    return sorted(TopicPartition(topic, each["partition"]) for each in found["partitions"])


async def _lag(consumer: Any, at: TopicPartition, end: int) -> Lag:
    position = await consumer.committed(at) or 0
    if position >= end:
        return Lag(0, 0.0)
    consumer.seek(at, position)
    found = await consumer.getmany(at, timeout_ms=2000, max_records=1)
    if not found:  # only markers of transactions are left
        return Lag(0, 0.0)
    [[record]] = found.values()
    return Lag(end - record.offset, max(0.0, time.time() - record.timestamp / 1000))


async def close(client: Any, within: float = 5.0) -> None:
    """Ends a producer or consumer. While Kafka is away it would wait for ever: then its connections just end."""
    try:
        async with asyncio.timeout(within):
            await client.stop()
    except (TimeoutError, KafkaError):
        pass
