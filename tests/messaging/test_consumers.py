"""What consumers promise, with processes that really join, leave and die."""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from functools import partial

from deploy.local.child import Child
from shared.messaging.dead_letter import topic_of
from shared.messaging.projections import rebuild
from tests.messaging.service import things
from tests.messaging.stage import Stage, eventually, free_port, ready


async def test_members_join_and_leave_while_handlers_run(stage: Stage) -> None:
    """Bursts over all partitions keep several of them in a member's hands; handlers are slow enough to be met there."""
    stage.start("relay")
    stage.start("consumer", subscriptions="copy", handler_seconds="0.02")
    keys = [f"thing-{number}" for number in range(60)]
    writing = asyncio.create_task(_bursts(stage, keys))
    for _ in range(5):
        member = stage.start("consumer", subscriptions="copy", handler_seconds="0.02")
        await eventually(partial(_has_handled, stage, member))
        await asyncio.to_thread(member.stop)
    writing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await writing
    await eventually(lambda: _all_handled(stage), within=60)
    twice = await stage.rows("select key, sequence from handled group by key, sequence having count(*) > 1")
    assert twice == []


async def _bursts(stage: Stage, keys: list[str]) -> None:
    while True:
        await stage.write(keys, times=1)
        await eventually(lambda: _nearly_all_handled(stage), within=60)


async def _has_handled(stage: Stage, child: Child) -> bool:
    return await stage.count(f"handled where process = {child.pid}") >= 20


async def _nearly_all_handled(stage: Stage) -> bool:
    return await stage.count("outbox") - await stage.count("handled") < 40


async def _all_handled(stage: Stage) -> bool:
    distinct = "(select distinct key, sequence from handled) as once"
    return await stage.count("outbox") == await stage.count(distinct)


async def test_killed_while_handling_nothing_is_lost_and_no_effect_doubled(stage: Stage) -> None:
    stage.start("relay")
    consumer = stage.start("consumer", handler_seconds="0.01")
    writing = asyncio.create_task(stage.write([f"thing-{number}" for number in range(20)], times=10))
    await eventually(lambda: _some_copied(stage))
    consumer.kill()
    stage.start("consumer")
    await writing
    await stage.settled(within=60)  # Kafka waits 10 s for the dead member
    assert await stage.count("mail") == 200


async def _some_copied(stage: Stage) -> bool:
    return await stage.count("handled") > 10


async def test_a_projection_rebuilt_while_it_runs_equals_the_one_that_lived_through_it(stage: Stage) -> None:
    stage.start("relay")
    stage.start("consumer")
    await stage.write([f"thing-{number}" for number in range(10)], times=5)
    await stage.settled()
    lived = await stage.rows("select * from copy order by key")
    mails = await stage.rows("select * from mail order by id")
    writing = asyncio.create_task(stage.write(["written-meanwhile"], times=20))
    async with stage.database.transaction() as session:
        await rebuild(session, things.COPY)
    await writing
    await stage.settled()
    assert await stage.rows("select * from copy where key <> 'written-meanwhile' order by key") == lived
    assert await stage.rows("select * from mail where key <> 'written-meanwhile' order by id") == mails
    # it was really read again, all of it
    assert await stage.count("handled where key <> 'written-meanwhile'") == 100


async def test_an_effect_leaves_alone_what_was_before_its_start(stage: Stage) -> None:
    before = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    await stage.send(b"old", b'{"sequence": 1, "text": "x"}', ce_time=before)
    await stage.send(b"new", b'{"sequence": 1, "text": "x"}')
    stage.start("consumer")
    await eventually(lambda: stage.rows("select true from mail where key = 'new'"))
    await eventually(lambda: stage.rows("select true from copy where key = 'old'"))
    assert await stage.rows("select key from mail") == [("new",)]


async def test_an_effect_has_its_own_unique_key_for_when_the_inbox_has_forgotten(stage: Stage) -> None:
    good = b'{"sequence": 1, "text": "x"}'
    event_id = await stage.send(b"a", good)
    stage.start("consumer")
    await eventually(lambda: stage.count("mail"))
    await stage.rows("delete from inbox")
    await stage.send(b"a", good, ce_id=str(event_id))
    await eventually(lambda: stage.count("inbox"))
    assert await stage.count("mail") == 1


async def test_an_unknown_major_version_stops_its_partition_and_readiness_and_waits_to_be_understood(
    stage: Stage,
) -> None:
    port = free_port()
    old = stage.start("consumer", health=str(port))
    await eventually(lambda: _is_ready(port))
    await stage.send(b"a", b'{"sequence": 1, "text": "x"}')
    await stage.send(b"a", b'{"sequence": 2, "text": "of the future"}', ce_type=things.CHANGED_V2)
    await stage.send(b"a", b'{"sequence": 3, "text": "behind it"}')
    for number in range(20):
        await stage.send(f"other-{number}".encode(), b'{"sequence": 1, "text": "x"}')
    places = {record.key.decode(): record.partition for record in await stage.records() if record.key}
    elsewhere = {key for key, partition in places.items() if partition != places["a"]}
    await eventually(lambda: _is_stopped(port))
    await eventually(lambda: _has_copied(stage, elsewhere))
    assert await stage.rows("select sequence from copy where key = 'a'") == [(1,)]
    await asyncio.to_thread(old.stop)
    stage.start("consumer", understands_v2="1")
    await eventually(lambda: stage.rows("select true from copy where key = 'a' and sequence = 3"))
    assert await stage.rows("select sequence from handled where key = 'a' order by id") == [(1,), (2,), (3,)]
    assert await stage.records(topic_of(stage.service)) == []


async def _is_ready(port: int) -> bool:
    status, _ = await ready(port)
    return status == 200


async def _is_stopped(port: int) -> bool:
    _, problems = await ready(port)
    return "thing.changed.v2" in problems.get("copy", "") and "thing.changed.v2" in problems.get("mail", "")


async def _has_copied(stage: Stage, keys: set[str]) -> bool:
    return keys <= {key for [key] in await stage.rows("select key from copy")}
