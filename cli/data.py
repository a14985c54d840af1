"""gcm migrate, topics: what a release does to databases and to the cluster of topics."""

import os
from typing import Annotated

import typer

from deploy.local.refusal import Refused
from deploy.local.state import State

SERVICES = ("pledges", "network_support", "notifications")


def register(app: typer.Typer) -> None:
    app.command()(migrate)
    app.command()(topics)


def migrate(services: Annotated[list[str] | None, typer.Argument(help="All, if none is named.")] = None) -> None:
    """Bring the databases to the newest schema; may be repeated, and several may run at once.

    The owner's address comes from GCM_OWNER_DATABASE_URL, for one service, otherwise from the local stack.
    """
    from importlib import import_module

    for service in services or SERVICES:
        if service not in SERVICES:
            raise Refused(f"There is no service “{service}”: {', '.join(SERVICES)}.")
        url = _owner_url(service, services)
        import_module(f"services.{service}.__main__").migrate(url)
        print(f"{service}: at the newest schema")


def _owner_url(service: str, named: list[str] | None) -> str:
    if url := os.environ.get("GCM_OWNER_DATABASE_URL"):
        if not named or len(named) > 1:
            raise Refused("GCM_OWNER_DATABASE_URL is the address of one database: name the one service that it is for.")
        return url
    databases = State().stack().get("databases", {})
    if service not in databases:
        raise Refused("No database is known: set GCM_OWNER_DATABASE_URL, or start a local stack with `make up`.")
    return str(databases[service]["owner_url"])


def topics() -> None:
    """Make the topics as deploy/topics.yaml wants them, at GCM_KAFKA_BOOTSTRAP or in the local stack."""
    import asyncio

    from deploy.topics import topics
    from shared.messaging.kafka import apply_topics

    bootstrap = os.environ.get("GCM_KAFKA_BOOTSTRAP") or State().stack().get("addresses", {}).get("kafka")
    if not bootstrap:
        raise Refused("No cluster is known: set GCM_KAFKA_BOOTSTRAP, or start a local stack with `make up`.")
    for line in asyncio.run(apply_topics(bootstrap, topics())) or ["Nothing to change."]:
        print(line)
