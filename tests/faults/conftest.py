"""Parts of these tests' own: they are killed here, and other tests must not notice."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from deploy.topics import topics
from services.pledges.__main__ import migrate
from shared.messaging import kafka
from tests.faults.service import Pledges
from tests.messaging.service import things
from tests.messaging.stage import Stage
from tests.support.parts import Parts


@pytest.fixture(scope="package")
def mortal() -> Iterator[Parts]:
    with Parts.here() as parts:
        parts.postgres.start()
        parts.kafka.start()
        yield parts


@pytest.fixture
async def stage(mortal: Parts, tmp_path: Path) -> AsyncIterator[Stage]:
    stage = await Stage.open(mortal.postgres, mortal.kafka, tmp_path)
    yield stage
    await stage.close()
    things.undeclare()


@pytest.fixture
async def pledges(mortal: Parts, tmp_path: Path) -> AsyncIterator[Pledges]:
    await kafka.apply_topics(mortal.kafka.bootstrap, topics())
    urls = await mortal.postgres.database("pledges")
    await asyncio.to_thread(migrate, urls.owner_url)
    pledges = Pledges(mortal, urls, tmp_path)
    yield pledges
    for child in pledges.children:
        child.kill()
