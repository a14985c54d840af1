"""Snapshots written afresh, and the record that keeps quiet topics alive."""

import json

import jsonschema

from cli.asyncapi import asyncapi
from shared.clock import Clock
from shared.events.registry import HEARTBEAT
from shared.messaging.kafka import Record
from shared.messaging.republish import republish
from tests.messaging.service import things
from tests.messaging.stage import Stage, eventually


async def test_every_snapshot_is_written_afresh_and_projections_follow(stage: Stage) -> None:
    stage.start("relay")
    stage.start("consumer")
    keys = [f"thing-{number:03}" for number in range(250)]
    await stage.write(keys, times=1)
    await stage.settled()
    mails = await stage.count("mail")
    things.declare(stage.topic)
    numbers = [number async for number in republish(things.REPUBLISHERS[0], stage.database, Clock())]
    assert numbers == [100, 200, 250]
    await stage.published()
    await eventually(lambda: _all_at(stage, 2))
    assert await stage.count("mail") == mails
    types = [dict(record.headers)["ce_type"].decode() for record in await stage.records()]
    assert types.count(things.REPUBLISHED) == 250


async def _all_at(stage: Stage, sequence: int) -> bool:
    return await stage.rows("select distinct sequence from copy") == [(sequence,)]


async def test_a_relay_writes_a_heartbeat_to_every_partition_and_consumers_pass_it_over(stage: Stage) -> None:
    stage.start("relay", heartbeats="1")
    stage.start("consumer")

    async def everywhere() -> bool:
        return sorted(record.partition for record in await _heartbeats(stage)) == list(range(6))

    await eventually(everywhere)
    described = asyncapi()["components"]["messages"][HEARTBEAT]
    for record in await _heartbeats(stage):
        jsonschema.validate({name: value.decode() for name, value in record.headers}, described["headers"])
        jsonschema.validate(json.loads(record.value or b""), described["payload"])
        assert (record.key or b"").decode() == described["bindings"]["kafka"]["key"]["const"]
    await stage.change("a")
    await stage.settled()


async def _heartbeats(stage: Stage) -> list[Record]:
    return [record for record in await stage.records() if dict(record.headers)["ce_type"].decode() == HEARTBEAT]


async def test_records_carry_cloudevents_attributes(stage: Stage) -> None:
    stage.start("relay")
    await stage.change("a")
    await stage.published()
    [record] = await stage.records()
    headers = {name: value.decode() for name, value in record.headers}
    [[event_id, created_at]] = await stage.rows("select event_id::text, created_at from outbox")
    assert record.key == b"a"
    assert record.value == b'{"sequence":1,"text":"as it is"}'
    assert headers == {
        "ce_specversion": "1.0",
        "ce_id": event_id,
        "ce_source": stage.service,
        "ce_type": things.CHANGED,
        "ce_time": created_at.isoformat(),
        "ce_subject": "a",
        "ce_dataschema": f"urn:gcm:schema:{things.CHANGED}",
        "content-type": "application/json",
    }
