"""Real parts for tests, each started once a run on first use, in a folder and on ports of its own.

They are our own processes; with GCM_TEST_PARTS=docker they come from containers; GCM_TEST_POSTGRES and GCM_TEST_KAFKA
name ones that run already and win over both. They have nothing to do with a stack of `make up`. `start`, `stop` and
`kill` block: in an async test use `await asyncio.to_thread(kafka.kill)`.
"""

import asyncio
import itertools
import os
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self
from urllib.parse import urlsplit

import asyncpg
import pytest

from deploy import databases
from deploy.keycloak.check import REALM
from deploy.local import kafka as kafka_part
from deploy.local import keycloak as keycloak_part
from deploy.local import postgres as postgres_part
from deploy.local.http_probe import answers
from deploy.local.personas import write_realm_users
from deploy.local.ports import choose
from deploy.local.postgres import SUPERUSER
from deploy.local.tokens import token
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


class Keycloak(Protocol):
    """The realm that is shipped, with the personas of the demonstration."""

    @property
    def issuer(self) -> str: ...

    @property
    def address(self) -> str:
        """For machines."""

    @property
    def portal_url(self) -> str:
        """Where the realm expects the portal; the port is free."""

    def token(self, persona: str) -> str:
        """An access token of a persona ("amina", "noor"…), good for five minutes."""


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


REALM_VALUES = {
    "GCM_SERVICE_CLIENT_SECRET": PASSWORD,
    "GCM_PORTAL_CLIENT_SECRET": PASSWORD,
    "GCM_PORTAL_URL": "http://localhost:8080",
    "GCM_PORTAL_INTERNAL_URL": "http://127.0.0.1:8080",
    "GCM_DEMO_LOGIN": "true",
    "GCM_DEMO_PASSWORD": PASSWORD,
}


class LocalKeycloak(keycloak_part.Keycloak):
    """As our own process, with its tables in the tests' PostgreSQL."""

    def token(self, persona: str) -> str:
        return token(self.port, persona, PASSWORD)

    @property
    def portal_url(self) -> str:
        return self.environment["GCM_PORTAL_URL"]


@dataclass
class ContainerKeycloak(containers.Part):
    """With tables of its own."""

    management_port: int = field(kw_only=True)
    portal_url: str = field(kw_only=True)

    @property
    def issuer(self) -> str:
        return f"http://localhost:{self.port}/realms/gcm"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def token(self, persona: str) -> str:
        return token(self.port, persona, PASSWORD)

    async def ready(self) -> bool:
        return await asyncio.to_thread(answers, self.management_port, "/health/ready")


def _realm_values(portal_port: int) -> dict[str, str]:
    portal = (f"http://localhost:{portal_port}", f"http://127.0.0.1:{portal_port}")
    return REALM_VALUES | dict(zip(("GCM_PORTAL_URL", "GCM_PORTAL_INTERNAL_URL"), portal, strict=True))


def _container_keycloak(folder: Path) -> ContainerKeycloak:
    port, management_port, portal_port = choose(3)
    values = _realm_values(portal_port)
    imports = [REALM, write_realm_users(folder / "gcm-users-0.json")]
    container = containers.keycloak(port, management_port, imports, values, PASSWORD)
    return ContainerKeycloak(container, port, management_port=management_port, portal_url=values["GCM_PORTAL_URL"])


async def keycloak_of(parts: Parts) -> LocalKeycloak:
    """Not started yet, with a database of its own; `parts.postgres` has to run."""
    port, management_port, portal_port = choose(3)
    await databases.create(parts.postgres.url(), {"keycloak": {"keycloak": PASSWORD}})
    users = write_realm_users(parts.folder / "gcm-users-0.json")
    return LocalKeycloak(
        distribution=keycloak_part.install(Watcher()),
        home=parts.folder / "keycloak",
        port=port,
        management_port=management_port,
        database=f"{urlsplit(parts.postgres.url()).netloc.rpartition('@')[2]}/keycloak",
        database_role="keycloak",
        database_password=PASSWORD,
        admin_password=PASSWORD,
        log=parts.folder / "keycloak.log",
        environment=_realm_values(portal_port),
        imports=(REALM, users),
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


@pytest.fixture(scope="session")
async def keycloak(parts: Parts, postgres: Postgres) -> AsyncIterator[Keycloak]:
    """On the `postgres` that runs, unless it is a container, which brings tables of its own."""
    assert parts.postgres is postgres
    server = _container_keycloak(parts.folder) if in_containers() else await keycloak_of(parts)
    try:
        await asyncio.to_thread(server.start)
        yield server
    finally:
        await asyncio.to_thread(server.remove if isinstance(server, containers.Part) else server.kill)
