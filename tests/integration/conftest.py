"""Services on a real PostgreSQL: one cluster a run, one database a test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.api import Service, Services, services
from tests.support.databases import Databases
from tests.support.parts import Postgres


@pytest.fixture(scope="session")
async def databases(postgres: Postgres) -> Databases:
    return Databases(postgres)


@pytest.fixture
async def service(databases: Databases, tmp_path: Path) -> AsyncIterator[Services]:
    async with services(databases, tmp_path) as make:
        yield make


@pytest.fixture
async def pledges(service: Services) -> Service:
    return await service("pledges")
