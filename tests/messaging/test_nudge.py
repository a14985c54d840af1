"""The nudge: soon, seldom, and never in the way."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from shared.messaging.nudge import CHANNEL, Nudge
from tests.messaging.stage import eventually
from tests.support.parts import Postgres, Urls


@pytest.fixture
async def urls(postgres: Postgres) -> Urls:
    return await postgres.database("things")


@pytest.fixture
async def heard(urls: Urls) -> AsyncIterator[list[int]]:
    """Who has notified, by process id."""
    found: list[int] = []
    connection = await asyncpg.connect(urls.owner_url)
    await connection.add_listener(CHANNEL, lambda _, process, *__: found.append(process))
    yield found
    await connection.close()


async def test_many_calls_become_few_notifications(urls: Urls, heard: list[int]) -> None:
    nudge = Nudge(urls.app_url)
    nudge()  # before the start: it is not lost
    await nudge.start()
    await eventually(lambda: _heard(heard))
    for _ in range(1000):
        nudge()
    before = len(heard)
    await eventually(lambda: _heard(heard, before + 1))
    assert len(heard) <= before + 2
    await nudge.stop()


async def test_it_reconnects(urls: Urls, heard: list[int]) -> None:
    nudge = Nudge(urls.app_url)
    await nudge.start()
    nudge()
    await eventually(lambda: _heard(heard))
    connection = await asyncpg.connect(urls.app_url)
    await connection.execute("select pg_terminate_backend($1)", heard[0])
    await connection.close()

    async def another() -> bool:
        nudge()
        return heard[-1] != heard[0]

    await eventually(another)
    await nudge.stop()


async def test_without_a_database_nobody_notices() -> None:
    nudge = Nudge("postgresql://nobody@127.0.0.1:1/nothing")
    await nudge.start()
    nudge()
    await asyncio.sleep(0)
    await nudge.stop()


async def _heard(found: list[int], number: int = 1) -> bool:
    return len(found) >= number
