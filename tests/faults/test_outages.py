"""Kafka and PostgreSQL go away under running processes and come back."""

import asyncio
import time
from functools import partial

from deploy.local.child import Child
from tests.messaging.stage import Stage, ended, eventually
from tests.support.parts import Parts

KEYS = [f"thing-{number}" for number in range(10)]
AWAY = 20.0  # seconds


class Supervised:
    """Starts a process anew when it ends, as the supervisor of every installation does."""

    def __init__(self, stage: Stage, role: str) -> None:
        self.starts = 0
        self._stage, self._role = stage, role
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            self.child: Child = self._stage.start(self._role)
            self.starts += 1
            await eventually(partial(ended, self.child), within=300)

    def stop(self) -> None:
        self._task.cancel()


async def test_kafka_away_writes_are_accepted_and_everything_is_delivered_after(stage: Stage, mortal: Parts) -> None:
    relay, consumer = Supervised(stage, "relay"), Supervised(stage, "consumer")
    await stage.write(KEYS, times=3)
    await stage.settled()
    await asyncio.to_thread(mortal.kafka.kill)
    end = time.monotonic() + AWAY
    while time.monotonic() < end:
        begun = time.monotonic()
        await stage.write(KEYS, times=1, writers=2)
        assert time.monotonic() - begun < 2  # nobody who writes waits for Kafka
        await asyncio.sleep(0.2)  # the writers' pace
    await asyncio.to_thread(mortal.kafka.start)
    await stage.settled(within=60)
    relay.stop()
    consumer.stop()
    assert consumer.starts == 1


async def test_postgresql_restarted_under_consumers_they_recover_alone(stage: Stage, mortal: Parts) -> None:
    relay, consumer = Supervised(stage, "relay"), Supervised(stage, "consumer")
    writing = asyncio.create_task(_write_on(stage))
    await eventually(lambda: _handled(stage, 30))
    for _ in range(2):
        before = await stage.count("handled")
        await asyncio.to_thread(mortal.postgres.kill)
        await asyncio.to_thread(mortal.postgres.start)
        await eventually(lambda: _handled(stage, before + 30), within=30)  # noqa: B023 - awaited before the next round
    writing.cancel()
    await asyncio.wait({writing})
    await stage.settled(within=60)
    relay.stop()
    consumer.stop()
    assert consumer.starts == 1


async def _write_on(stage: Stage) -> None:
    """As people do: again, when something did not work."""
    while True:
        try:
            await stage.write(KEYS, times=1, writers=2)
        except Exception:  # noqa: BLE001 - PostgreSQL is killed under it
            await asyncio.sleep(0.1)


async def _handled(stage: Stage, number: int) -> bool:
    try:
        return await stage.count("handled") >= number
    except Exception:  # noqa: BLE001 - likewise
        return False
