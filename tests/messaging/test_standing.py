"""How a service's messages stand: what waits, and for how long."""

import asyncio
from dataclasses import replace

from shared.clock import Clock
from shared.messaging.kafka import Lag
from shared.messaging.standing import Standing, standing
from tests.messaging.service import things
from tests.messaging.stage import Stage, eventually


async def test_what_waits_is_told_and_nothing_at_rest(stage: Stage) -> None:
    async def now() -> Standing:
        subscriptions = [replace(one, topic=stage.topic) for one in things.SUBSCRIPTIONS]
        return await standing(stage.service, stage.database, stage.kafka.bootstrap, subscriptions, Clock())

    rest = Standing(0.0, {"copy": Lag(0, 0.0), "mail": Lag(0, 0.0)}, 0)
    assert await now() == rest
    await stage.change("a")
    await asyncio.sleep(0.1)  # its age is what is measured
    assert 0.1 <= (await now()).oldest_unpublished < 60
    stage.start("relay")
    await stage.published()
    found = await now()
    assert found.oldest_unpublished == 0.0
    assert all(lag.records >= 1 and 0 < lag.seconds < 60 for lag in found.lags.values())
    stage.start("consumer")

    async def at_rest() -> bool:
        return await now() == rest

    await eventually(at_rest)
    await stage.change("a", "refused")
    await stage.letters(1)
    assert (await now()).dead_letters == 1
