"""A stage for each test."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.messaging.service import things
from tests.messaging.stage import Stage
from tests.support.parts import Kafka, Postgres


@pytest.fixture
async def stage(postgres: Postgres, kafka: Kafka, tmp_path: Path) -> AsyncIterator[Stage]:
    stage = await Stage.open(postgres, kafka, tmp_path)
    yield stage
    await stage.close()


@pytest.fixture(autouse=True)
def _undeclared() -> Iterator[None]:
    """The contracts' own tests must not meet the types of these."""
    yield
    things.undeclare()
