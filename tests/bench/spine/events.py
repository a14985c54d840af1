"""Published pledges of 3.2 KB, as the relay finds them in the outbox."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from shared.events.examples import EXAMPLES
from shared.events.pledges import PledgeEvent
from shared.telemetry import new_traceparent
from tests.bench.spine.submission import words

TYPE, TOPIC = "pledge.published.v1", "gcm.pledges"
SIZE = 3200  # bytes of JSON
KINDS = 64  # different texts


def event(pledge_id: UUID, seed: int) -> PledgeEvent:
    """The example of the contract, of another pledge and with a longer text."""
    example = EXAMPLES[TYPE]
    assert isinstance(example, PledgeEvent)
    bare = example.pledge.model_copy(update={"pledge_id": pledge_id, "description": ""})
    missing = SIZE - len(example.model_copy(update={"pledge": bare}).model_dump_json())
    return example.model_copy(update={"pledge": bare.model_copy(update={"description": words(missing, seed % KINDS)})})


def rows(count: int) -> list[dict[str, Any]]:
    """So many rows of the outbox, each of another pledge."""
    payloads = [event(uuid7(), seed).model_dump_json() for seed in range(KINDS)]
    now = datetime.now(UTC)
    return [
        {
            "event_id": uuid7(),
            "topic": TOPIC,
            "type": TYPE,
            "key": str(uuid7()),
            "payload": payloads[number % KINDS],
            "traceparent": new_traceparent(),
            "created_at": now,
        }
        for number in range(count)
    ]
