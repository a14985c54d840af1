"""Parts of these tests' own: they are killed here, and other tests must not notice."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

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
