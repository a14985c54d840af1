"""docker-compose.yml brought up by itself: a project of its own, on free ports, with secrets of its own."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import httpx
from dotenv import dotenv_values

from deploy.local.ports import choose
from deploy.local.tokens import token
from tests.support.openapi import example
from tests.support.stack import Inbox, Person, eventually

ROOT = Path(__file__).parents[2]
STARTS_WITHIN = 600.0  # seconds: a first build fetches packages
PORTS = ("KEYCLOAK", "PLEDGES_API", "NETWORK_SUPPORT_API", "NOTIFICATIONS_API", "PORTAL", "MAIL")


@dataclass
class Compose:
    """GCM_TEST_COMPOSE is the command, unless it is `docker compose`."""

    env_file: Path
    http: httpx.Client

    def __call__(self, *words: str) -> str:
        command = shlex.split(os.environ.get("GCM_TEST_COMPOSE", "docker compose"))
        options = ("--project-name", "gcm-test", "--env-file", str(self.env_file), "--profile", "trial")
        done = subprocess.run(  # noqa: S603 - the container engine's own
            [*command, *options, *words], cwd=ROOT, capture_output=True, text=True, timeout=STARTS_WITHIN, check=False
        )
        assert done.returncode == 0, done.stderr[-5000:]
        return done.stdout

    @cached_property
    def values(self) -> dict[str, str]:
        return {name: value or "" for name, value in dotenv_values(self.env_file).items()}

    def port(self, name: str) -> int:
        return int(self.values[f"GCM_PORT_{name}"])

    @cached_property
    def urls(self) -> dict[str, str]:
        names = ("pledges", "network_support", "notifications")
        return {name: f"http://127.0.0.1:{self.port(f'{name.upper()}_API')}" for name in names}

    @property
    def portal(self) -> str:
        """By the name that its cookies and the realm know."""
        return f"http://localhost:{self.port('PORTAL')}"

    @cached_property
    def inbox(self) -> Inbox:
        return Inbox(f"http://127.0.0.1:{self.port('MAIL')}", self.http)

    @cached_property
    def anyone(self) -> Person:
        return Person("anyone", "", self.urls, self.http)

    def person(self, name: str) -> Person:
        signed_in = token(self.port("KEYCLOAK"), name, self.values["GCM_DEMO_PASSWORD"])
        return Person(name, signed_in, self.urls, self.http)

    def example(self, service: str, method: str, path: str) -> dict[str, object]:
        document = self.http.get(f"{self.urls[service]}/openapi.json").raise_for_status().json()
        return example(document, method, path)

    def ready(self) -> bool:
        """Every interface, and the demonstration, which comes last."""
        try:
            well = all(self.http.get(f"{url}/readyz").is_success for url in (*self.urls.values(), self.portal))
            return well and len(self.anyone.get("pledges", "/pledges", limit=100).json()["items"]) > 30
        except (httpx.TransportError, ValueError):
            return False


def secrets(*options: str) -> str:
    """What `gcm secrets` prints."""
    words = [sys.executable, "-m", "cli.main", "secrets", *options]
    return subprocess.run(words, check=True, capture_output=True, text=True, cwd=ROOT).stdout  # noqa: S603 - our own


@contextmanager
def composed(folder: Path) -> Iterator[Compose]:
    """Built, up and ready; with all its data gone after the block."""
    ports = dict(zip(PORTS, choose(len(PORTS)), strict=True))
    env_file = folder / "env"
    addresses = {"GCM_SIGN_IN_URL": ports["KEYCLOAK"], "GCM_PORTAL_URL": ports["PORTAL"]}
    kept = [line for line in secrets().splitlines() if line.partition("=")[0] not in addresses]
    kept += [f"{name}=http://localhost:{port}" for name, port in addresses.items()]
    env_file.write_text("\n".join([*kept, *(f"GCM_PORT_{name}={port}" for name, port in ports.items())]))
    with httpx.Client(timeout=30) as http:
        compose = Compose(env_file, http)
        try:
            compose("build")
            compose("up", "--detach")
            eventually(compose.ready, within=STARTS_WITHIN)
            yield compose
        finally:
            compose("down", "--volumes")
