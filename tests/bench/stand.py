"""What a measurement stands on: a PostgreSQL that syncs to the disk, services' databases, their processes, tokens."""

import asyncio
import contextlib
import importlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Self

import jwt

from deploy.local.child import Child, Command
from deploy.local.http_probe import answers
from deploy.local.ports import choose
from deploy.topics import topics
from shared.messaging.kafka import apply_topics
from tests.support import tokens
from tests.support.parts import LocalParts, Urls

ROOT = Path(__file__).parents[2]


@contextmanager
def durable_parts(*, kafka: bool = False, **settings: str) -> Iterator[LocalParts]:
    """PostgreSQL as a stack has it, where the tests' one does without fsync; with `kafka` also that, and its topics.

    `settings` are more of PostgreSQL's.
    """
    with LocalParts.here() as parts:
        parts.postgres.settings = settings
        parts.postgres.start()
        if kafka:
            parts.kafka.start()
            asyncio.run(apply_topics(parts.kafka.bootstrap, topics()))
        yield parts


def migrated(parts: LocalParts, service: str) -> Urls:
    """A database of the service, as its role `migrate` leaves it."""
    urls = asyncio.run(parts.postgres.database(service))
    importlib.import_module(f"services.{service}.__main__").migrate(urls.owner_url)
    return urls


@contextmanager
def process(parts: LocalParts, name: str, *argv: str, **environment: str) -> Iterator[Child]:
    """`python -m …` with the settings of a service, ended with the block."""
    settings = {
        "GCM_ENVIRONMENT": "test",
        "GCM_KAFKA_BOOTSTRAP": parts.kafka.bootstrap,
        "GCM_OIDC_ISSUER": tokens.ISSUER,
        "GCM_ATTACHMENTS_URL": (parts.folder / "attachments").as_uri(),
        "GCM_LINK_KEYS": "local-measurement-seals-no-real-link",  # pragma: allowlist secret
        "GCM_REPLY_KEYS": "local-measurement-makes-no-real-address",  # pragma: allowlist secret
        "GCM_LOG_LEVEL": "WARNING",
        **environment,
    }
    child = Child(Command(name, (sys.executable, "-m", *argv), parts.folder / f"{name}.log", settings), cwd=ROOT)
    try:
        yield child
    finally:
        child.stop()


@contextmanager
def serving(parts: LocalParts, service: str, database: str, keys: str) -> Iterator[tuple[Child, int]]:
    """The service's interface with `select 1` beside it, and its port. `keys`: of identity_provider."""
    [port] = choose(1)
    settings = {
        "GCM_DATABASE_URL": database,
        "GCM_OIDC_JWKS_URL": keys,
        "GCM_PLEDGES_URL": "http://127.0.0.1:1",
        "GCM_HTTP_PORT": str(port),
    }
    with process(parts, service, "tests.bench.select_one", service, **settings) as child:
        wait_for(child, port)
        yield child, port


def wait_for(child: Child, port: int, page: str = "/readyz") -> None:
    """Until it says there that it is ready."""
    child.wait_until(lambda: answers(port, page), within=30, every=0.05)


class Bare:
    """A program of ours, `python -m …`, that answers each line with a line; an empty one ends it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    @classmethod
    @contextmanager
    def running(cls, *argv: str) -> Iterator[Self]:
        with subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", *argv], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                yield cls(process)
                process.communicate(timeout=20)
            finally:
                process.kill()

    def ask(self, line: str) -> str:
        """Its answer. Raises RuntimeError when it ended instead."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        if not (answer := self._process.stdout.readline()):
            raise RuntimeError(f"{self._process.args!r} ended")
        return answer


@contextmanager
def identity_provider() -> Iterator[str]:
    """The address of a key set with the key of `tests.support.tokens`, as a service finds the provider's."""
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(tokens.key().public_key()))
    document = json.dumps({"keys": [{**public, "kid": tokens.KEY_ID, "use": "sig"}]}).encode()

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(document)

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Keys)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with contextlib.closing(server.socket):
        yield f"http://127.0.0.1:{server.server_port}/certs"
        server.shutdown()
