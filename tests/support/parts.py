"""Real parts for tests, each started once a run on first use, in a folder and on ports of its own.

They have nothing to do with a stack of `make up`. `start`, `stop` and `kill` block: in an async test use
`await asyncio.to_thread(kafka.kill)`.
"""

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import asyncpg
import pytest

from deploy.local import databases
from deploy.local import kafka as kafka_part
from deploy.local import postgres as postgres_part
from deploy.local.ports import choose
from deploy.local.watcher import Watcher

PASSWORD = "local-test"


@dataclass(frozen=True)
class Urls:
    """A fresh database of one service."""

    owner_url: str
    app_url: str
    name: str


@dataclass
class Postgres(postgres_part.Postgres):
    """PostgreSQL without fsync: survives `kill`, not a power cut."""

    numbers: Iterator[int] = field(default_factory=itertools.count)

    async def database(self, service: str, *, template: str = "template0") -> Urls:
        """A new database for `service`: its roles are `<service>_owner` and `<service>`, as everywhere.

        `template`: the name of a database (not connected to by anyone now) to copy, for instance one that was migrated.
        """
        name = f"{service}_{next(self.numbers)}"
        owner = f"{service}_owner"
        connection = await asyncpg.connect(self.url())
        try:
            await databases.close_common_databases(connection)
            await databases.create_roles(connection, {owner: PASSWORD, service: PASSWORD})
            await databases.create_database(connection, name, owner, service, template=template)
        finally:
            await connection.close()
        return Urls(self.url(name, owner, PASSWORD), self.url(name, service, PASSWORD), name)


Kafka = kafka_part.Kafka


@dataclass
class Parts:
    """Real parts without pytest, for measurements: `with Parts.here() as parts: parts.postgres.start()`."""

    postgres: Postgres
    kafka: Kafka
    folder: Path

    @classmethod
    def here(cls) -> "Parts":
        folder = Path(tempfile.mkdtemp(prefix="gcm-parts-"))
        folder.chmod(0o755)  # PostgreSQL runs as another user when we are root
        return cls(_postgres(folder), _kafka(folder), folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kafka.kill()
        self.postgres.kill()
        shutil.rmtree(self.folder)


def _postgres(folder: Path) -> Postgres:
    [port] = choose(1)
    return Postgres(
        programs=postgres_part.install(Watcher()),
        data=folder / "postgres",
        port=port,
        password=PASSWORD,
        log=folder / "postgres.log",
        settings=postgres_part.FAST_AND_LOOSE,
    )


def _kafka(folder: Path) -> Kafka:
    port, controller_port = choose(2)
    return Kafka(
        classpath=kafka_part.install(Watcher()),
        home=folder / "kafka",
        port=port,
        controller_port=controller_port,
        log=folder / "kafka.log",
    )


@pytest.fixture(scope="session")
def parts() -> Iterator[Parts]:
    """None is running yet: take `postgres` or `kafka` below."""
    with Parts.here() as parts:
        yield parts


@pytest.fixture(scope="session")
def postgres(parts: Parts) -> Postgres:
    parts.postgres.start()
    return parts.postgres


@pytest.fixture(scope="session")
def kafka(parts: Parts) -> Kafka:
    parts.kafka.start()
    return parts.kafka
