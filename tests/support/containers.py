"""The parts of tests from testcontainers (GCM_TEST_PARTS=docker): official images, each on a free port of 127.0.0.1.

`kill` is SIGKILL to the container's first process, and `start` starts the same container again, with its data.
"""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from testcontainers.core.container import DockerContainer

from deploy.local.kafka import PROPERTIES
from deploy.local.keycloak import THEMES
from deploy.local.postgres import FAST_AND_LOOSE, SETTINGS

READY_WITHIN = 300.0  # seconds, after the image has been pulled: Keycloak first builds itself, and then its tables
OF_THIS_MACHINE = ("listen_addresses", "unix_socket_directories")


@dataclass
class Part(ABC):
    """A container that may be started again."""

    container: DockerContainer
    port: int
    begun: bool = False

    @abstractmethod
    async def ready(self) -> bool:
        """Raises or is false until the part serves."""

    def start(self) -> None:
        """Returns when it is ready; raises TimeoutError with its last words when it is not in time."""
        if self.begun:
            self.container.get_wrapped_container().start()
        else:
            self.container.start()
        self.begun = True
        end = time.monotonic() + READY_WITHIN
        while not asyncio.run(self._well()):
            if time.monotonic() > end:
                raise TimeoutError(b"\n".join(self.container.get_logs()).decode()[-3000:])
            time.sleep(0.2)

    async def _well(self) -> bool:
        try:
            return await asyncio.wait_for(self.ready(), 5)
        except Exception:  # noqa: BLE001 - whatever it is, it is not ready
            return False

    def stop(self) -> None:
        if self.begun:
            self.container.get_wrapped_container().stop()

    def kill(self) -> None:
        if self.begun and self.container.get_wrapped_container().status != "exited":
            self.container.get_wrapped_container().kill()

    def remove(self) -> None:
        if self.begun:
            self.container.stop()


def _published(container: DockerContainer, inner: int, outer: int) -> DockerContainer:
    """To this machine only."""
    container.ports[f"{inner}/tcp"] = ("127.0.0.1", outer)  # type: ignore[assignment] # the engine takes both
    return container


def postgres(port: int, password: str) -> DockerContainer:
    settings = {name: value for name, value in {**SETTINGS, **FAST_AND_LOOSE}.items() if name not in OF_THIS_MACHINE}
    words = " ".join(f"-c {name}={value}" for name, value in settings.items())
    container = (
        DockerContainer("postgres:18.3").with_env("POSTGRES_PASSWORD", password).with_command(f"postgres {words}")
    )
    return _published(container, 5432, port)


def kafka(port: int) -> DockerContainer:
    """With the settings of the local stack. Two listeners: a broker's calls to itself do not know the outer port."""
    container = _published(DockerContainer("apache/kafka:4.3.1"), 9092, port)
    for name, value in _broker(port).items():
        container = container.with_env(f"KAFKA_{name.upper().replace('.', '_')}", value)
    return container.with_env("KAFKA_HEAP_OPTS", "-Xms64m -Xmx256m")


def _broker(port: int) -> dict[str, str]:
    lines = [line.partition("=") for line in PROPERTIES.read_text().splitlines() if line and not line.startswith("#")]
    kept = {name: value for name, _, value in lines if "$" not in value}
    return kept | {
        "listeners": "OUTER://:9092,INNER://:19092,CONTROLLER://:9093",
        "advertised.listeners": f"OUTER://127.0.0.1:{port},INNER://localhost:19092",
        "listener.security.protocol.map": "OUTER:PLAINTEXT,INNER:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "INNER",
        "controller.quorum.voters": "1@localhost:9093",
        "log.dirs": "/var/lib/kafka/data",
    }


def keycloak(
    port: int, management_port: int, imports: list[Path], environment: Mapping[str, str], admin_password: str
) -> DockerContainer:
    """On the host's network, since at the end of a session it calls the portal, which listens on this machine only."""
    words = (
        f"start-dev --import-realm --cache=local --log-level=warn --health-enabled=true"
        f" --http-host=127.0.0.1 --http-port={port} --hostname=http://localhost:{port}"
        f" --http-management-host=127.0.0.1 --http-management-port={management_port}"
    )
    container = DockerContainer("quay.io/keycloak/keycloak:26.7.0").with_command(words)
    for file in imports:
        container = container.with_volume_mapping(str(file), f"/opt/keycloak/data/import/{file.name}", "ro")
    container = container.with_volume_mapping(str(THEMES / "gcm"), "/opt/keycloak/themes/gcm", "ro")
    admin = {"KC_BOOTSTRAP_ADMIN_USERNAME": "admin", "KC_BOOTSTRAP_ADMIN_PASSWORD": admin_password}
    for name, value in {**environment, **admin}.items():
        container = container.with_env(name, value)
    return container.with_kwargs(network_mode="host", user="root")
