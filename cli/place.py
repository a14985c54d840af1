"""Where a service's data and events are, for commands that work on them past its API."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.services import Service
from deploy import stack_file
from shared.refusal import Refused

if TYPE_CHECKING:
    from shared.clock import Clock
    from shared.db import Database


@dataclass(frozen=True)
class Place:
    """`handlers` is the service's module of that name."""

    service: Service
    database: "Database"
    bootstrap: str
    clock: "Clock"
    handlers: Any


@asynccontextmanager
async def opened(service: Service) -> AsyncIterator[Place]:
    """From GCM_DATABASE_URL, GCM_KAFKA_BOOTSTRAP and GCM_CLOCK_FILE, otherwise from the local stack."""
    from shared.clock import Clock
    from shared.db import Database

    url, bootstrap, clock_file = _addresses(service)
    database = Database(url, application="gcm", pool=2)
    try:
        handlers = import_module(f"services.{service}.handlers")
        yield Place(service, database, bootstrap, Clock(clock_file), handlers)
    finally:
        await database.close()


def _addresses(service: Service) -> tuple[str, str, Path | None]:
    url, bootstrap = os.environ.get("GCM_DATABASE_URL"), os.environ.get("GCM_KAFKA_BOOTSTRAP")
    file = os.environ.get("GCM_CLOCK_FILE")
    if url and bootstrap:
        return url, bootstrap, Path(file) if file else None
    if url or bootstrap:
        raise Refused("Set both GCM_DATABASE_URL (the service's own role) and GCM_KAFKA_BOOTSTRAP, or neither.")
    stack = stack_file.stack()
    if "databases" not in stack or "addresses" not in stack:
        raise Refused("Nothing is known of the service: set GCM_DATABASE_URL and GCM_KAFKA_BOOTSTRAP, or `make up`.")
    return stack["databases"][service]["app_url"], stack["addresses"]["kafka"], Path(stack["clock_file"])
