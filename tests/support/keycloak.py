"""The real Keycloak for tests, as `parts.py` has the other real parts."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import pytest

from deploy import databases
from deploy.keycloak.check import REALM
from deploy.local import keycloak as keycloak_part
from deploy.local.http_probe import answers
from deploy.local.personas import write_realm_users
from deploy.local.ports import choose
from deploy.local.tokens import token
from deploy.local.watcher import Watcher
from tests.support import containers
from tests.support.parts import PASSWORD, Parts, Postgres, in_containers


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
async def keycloak(parts: Parts, postgres: Postgres) -> AsyncIterator[Keycloak]:
    """On the `postgres` that runs, unless it is a container, which brings tables of its own."""
    assert parts.postgres is postgres
    server = _container_keycloak(parts.folder) if in_containers() else await keycloak_of(parts)
    try:
        await asyncio.to_thread(server.start)
        yield server
    finally:
        await asyncio.to_thread(server.remove if isinstance(server, containers.Part) else server.kill)
