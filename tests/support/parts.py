"""Real parts for tests, each started once a run on first use, in a folder and on ports of its own.

They are our own processes; with GCM_TEST_PARTS=docker they come from containers; GCM_TEST_POSTGRES and GCM_TEST_KAFKA
name ones that run already and win over both. They have nothing to do with a stack of `make up`. `start`, `stop` and
`kill` block: in an async test use `await asyncio.to_thread(kafka.kill)`.
"""

import itertools
import os
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self
from urllib.parse import urlsplit

import asyncpg
import pytest

from deploy import databases
from deploy.local import kafka as kafka_part
from deploy.local import postgres as postgres_part
from deploy.local.ports import choose
from deploy.local.postgres import SUPERUSER
from deploy.local.watcher import Watcher
from shared.messaging.kafka import apply_topics
from tests.support import containers

PASSWORD = "local-test-password"  # pragma: allowlist secret


@dataclass(frozen=True)
class Urls:
    """A fresh database of one service."""

    owner_url: str
    app_url: str
    name: str


class Postgres(ABC):
    """A cluster, as tests see it wherever it runs."""

    _numbers = itertools.count()

    @abstractmethod
    def url(self, database: str = "postgres", role: str = SUPERUSER, password: str | None = None) -> str:
        """The superuser's, unless another role is named."""

    @abstractmethod
    def start(self) -> None: ...

    @abstractmethod
    def stop(self) -> None: ...

    @abstractmethod
    def kill(self) -> None: ...

    async def database(self, service: str, *, template: str = "template0") -> Urls:
        """A new database for `service`: its roles are `<service>_owner` and `<service>`, as everywhere.

        `template`: the name of a database (not connected to by anyone now) to copy, for instance one that was migrated.
        """
        name = f"{service}_{next(self._numbers)}"
        owner = f"{service}_owner"
        connection = await asyncpg.connect(self.url())
        try:
            await databases.close_common_databases(connection)
            await databases.create_roles(connection, {owner: PASSWORD, service: PASSWORD})
            await databases.create_database(connection, name, owner, service, template=template)
        finally:
            await connection.close()
        return Urls(self.url(name, owner, PASSWORD), self.url(name, service, PASSWORD), name)


class Kafka(Protocol):
    """A broker, as tests see it wherever it runs."""

    @property
    def bootstrap(self) -> str: ...

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def kill(self) -> None: ...


class LocalPostgres(postgres_part.Postgres, Postgres):
    """Without fsync: survives `kill`, not a power cut."""


class ContainerPostgres(containers.Part, Postgres):
    def url(self, database: str = "postgres", role: str = SUPERUSER, password: str | None = None) -> str:
        return f"postgresql://{role}:{password or PASSWORD}@127.0.0.1:{self.port}/{database}"

    async def ready(self) -> bool:
        await (await asyncpg.connect(self.url())).close()
        return True


class ContainerKafka(containers.Part):
    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def ready(self) -> bool:
        await apply_topics(self.bootstrap, [])
        return True


class Elsewhere:
    """Neither started nor ended by us: a test that would do so is skipped."""

    def start(self) -> None:
        """It runs."""

    def stop(self) -> None:
        pytest.skip("this part is at an address of the environment: nobody stops it for a test")

    kill = stop


class GivenPostgres(Elsewhere, Postgres):
    """At GCM_TEST_POSTGRES, which is a superuser's address."""

    def url(self, database: str = "postgres", role: str = SUPERUSER, password: str | None = None) -> str:
        given = urlsplit(os.environ["GCM_TEST_POSTGRES"])
        place = f"{given.hostname}:{given.port or 5432}"
        who = f"{role}:{password}" if password else f"{given.username}:{given.password}"
        return f"postgresql://{who}@{place}/{database}"


class GivenKafka(Elsewhere):
    @property
    def bootstrap(self) -> str:
        return os.environ["GCM_TEST_KAFKA"]


@dataclass
class Parts:
    """Real parts without pytest: `with Parts.here() as parts: parts.postgres.start()`."""

    postgres: Postgres
    kafka: Kafka
    folder: Path

    @classmethod
    def here(cls) -> "Parts":
        """Each at its address in the environment, otherwise from a container if GCM_TEST_PARTS says so, else local."""
        folder = _folder()
        return Parts(_postgres(folder), _kafka(folder), folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for part in (self.kafka, self.postgres):
            if isinstance(part, containers.Part):
                part.remove()
            elif not isinstance(part, Elsewhere):
                part.kill()
        shutil.rmtree(self.folder)


@dataclass
class LocalParts(Parts):
    """As our own processes, for measurements, which ask the processes themselves."""

    postgres: LocalPostgres

    @classmethod
    def here(cls) -> "LocalParts":
        folder = _folder()
        return LocalParts(_local_postgres(folder), _local_kafka(folder), folder)


def in_containers() -> bool:
    return os.environ.get("GCM_TEST_PARTS") == "docker"


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="gcm-parts-"))
    folder.chmod(0o755)  # PostgreSQL runs as another user when we are root
    return folder


def _postgres(folder: Path) -> Postgres:
    if "GCM_TEST_POSTGRES" in os.environ:
        return GivenPostgres()
    [port] = choose(1)
    return ContainerPostgres(containers.postgres(port, PASSWORD), port) if in_containers() else _local_postgres(folder)


def _kafka(folder: Path) -> Kafka:
    if "GCM_TEST_KAFKA" in os.environ:
        return GivenKafka()
    [port] = choose(1)
    return ContainerKafka(containers.kafka(port), port) if in_containers() else _local_kafka(folder)


def _local_postgres(folder: Path) -> LocalPostgres:
    [port] = choose(1)
    return LocalPostgres(
        programs=postgres_part.install(Watcher()),
        data=folder / "postgres",
        port=port,
        password=PASSWORD,
        log=folder / "postgres.log",
        settings=postgres_part.FAST_AND_LOOSE,
    )


def _local_kafka(folder: Path) -> kafka_part.Kafka:
    port, controller_port = choose(2)
    return kafka_part.Kafka(
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
