"""CloudEvents 1.0 in Kafka's binary mode: attributes in `ce_*` headers, the data as JSON in the value."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Data(BaseModel):
    """What an event carries. Producers forbid unknown fields; consumers ignore them (registry.read)."""

    model_config = ConfigDict(extra="forbid", frozen=True)


D_co = TypeVar("D_co", bound=Data, covariant=True)


@dataclass(frozen=True)
class Event(Generic[D_co]):
    """One fact. `id` is made with the outbox row, so that every delivery of the fact has the same.

    `key` is the aggregate's id: the order of events holds per key. `time` is system time, UTC.
    """

    id: UUID
    type: str  # "pledge.published.v1"
    source: str  # "pledges"
    key: str
    time: datetime
    data: D_co
    traceparent: str | None = None
