"""Real parts for tests, each started once a run on first use, in a folder and on ports of its own.

They have nothing to do with a stack of `make up`. `start`, `stop` and `kill` block: in an async test use
`await asyncio.to_thread(kafka.kill)`.
"""

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import asyncpg
import pytest

from deploy.keycloak.check import REALM
from deploy.local import databases
from deploy.local import kafka as kafka_part
from deploy.local import keycloak as keycloak_part
from deploy.local import postgres as postgres_part
from deploy.local.personas import write_realm_users
from deploy.local.ports import choose
from deploy.local.tokens import token
from deploy.local.watcher import Watcher

PASSWORD = "local-test-password"  # pragma: allowlist secret


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


class Keycloak(keycloak_part.Keycloak):
    """The realm that is shipped, with the personas of the demonstration."""

    def token(self, persona: str) -> str:
        """An access token of a persona ("amina", "noor"…), good for five minutes."""
        return token(self.port, persona, PASSWORD)

    @property
    def portal_url(self) -> str:
        """Where the realm expects the portal; the port is free."""
        return self.environment["GCM_PORTAL_URL"]


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


REALM_VALUES = {
    "GCM_SERVICE_CLIENT_SECRET": PASSWORD,
    "GCM_PORTAL_CLIENT_SECRET": PASSWORD,
    "GCM_PORTAL_URL": "http://localhost:8080",
    "GCM_PORTAL_INTERNAL_URL": "http://127.0.0.1:8080",
    "GCM_DEMO_LOGIN": "true",
    "GCM_DEMO_PASSWORD": PASSWORD,
}


async def keycloak_of(parts: Parts) -> Keycloak:
    """Not started yet, with a database of its own; `parts.postgres` has to run."""
    port, management_port, portal_port = choose(3)
    portal = {
        "GCM_PORTAL_URL": f"http://localhost:{portal_port}",
        "GCM_PORTAL_INTERNAL_URL": f"http://127.0.0.1:{portal_port}",
    }
    await databases.create(parts.postgres.url(), {"keycloak": {"keycloak": PASSWORD}})
    users = write_realm_users(parts.folder / "gcm-users-0.json")
    return Keycloak(
        distribution=keycloak_part.install(Watcher()),
        home=parts.folder / "keycloak",
        port=port,
        management_port=management_port,
        database=f"127.0.0.1:{parts.postgres.port}/keycloak",
        database_role="keycloak",
        database_password=PASSWORD,
        admin_password=PASSWORD,
        log=parts.folder / "keycloak.log",
        environment=REALM_VALUES | portal,
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
    assert postgres.ready()
    server = await keycloak_of(parts)
    await asyncio.to_thread(server.start)
    yield server
    await asyncio.to_thread(server.kill)
